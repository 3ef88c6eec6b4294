using MathNet.Numerics.Distributions;
using Wgqa.Experiments.Statistics;

namespace Wgqa.Experiments.Reports;

/// <summary>What a sweep shows, in sentences: the same in every form of the report.</summary>
internal static class Findings
{
    /// <summary>What there is to judge by.</summary>
    public static string Completeness(SweepAnalysis sweep)
    {
        var cells = sweep.Cells.ToList();
        var (finished, failed) = (cells.Count(cell => cell.Row is not null), cells.Count(cell => cell.Row is null && cell.Cell.Failure is not null));
        var asked = $"{sweep.Plan.Variants.Count} variants × {Seeds(sweep.Plan.Seeds.Count)}{(sweep.Tasks.Count > 1 ? $" × {sweep.Tasks.Count} tasks" : "")}";
        var open = cells.Count - finished - failed;
        return finished == cells.Count
            ? $"All {cells.Count} runs are finished: {asked}."
            : $"{finished} of {cells.Count} runs are finished ({asked}){(failed > 0 ? $", {failed} failed" : "")}{(open > 0 ? $", {open} {(open == 1 ? "is" : "are")} still to come" : "")}: what follows may change.";
    }

    /// <summary>One task's findings, the most important first.</summary>
    public static IReadOnlyList<string> Of(TaskAnalysis task)
    {
        var scored = task.Scored.ToList();
        if (scored.Count == 0)
        {
            return ["No run of this task has generated its texts yet."];
        }

        var best = scored.MaxBy(variant => variant.Score!.Mean)!;
        return
        [
            $"Best: {best.Name}, {best.Score!.ToText("0.00")} {task.Metric} on {Numbers.Count(task.Test.Count)} texts{(best.Score.Count > 1 ? $" (mean ± standard error of {best.Score.Count} seeds)" : " (one seed)")}.",
            .. Weighted(task),
            task.Ordering.Words,
            .. Front(task),
        ];
    }

    /// <summary>
    /// How large a difference the test over seeds could have found, in words: with few seeds and many comparisons, "not significant" says little. Null
    /// with one seed.
    /// </summary>
    public static string? Resolution(TaskAnalysis task)
    {
        // Random starts spread far more than the rest and would hide how fine the others can be told apart.
        var effects = task.Variants.Where(variant => variant is { Kind: not VariantKind.RandomInit, Effect.OverSeeds: not null }).Select(variant => variant.Effect!).ToList();
        if (effects.Count == 0)
        {
            return null;
        }

        var errors = effects.Select(effect => effect.OverSeeds!.StandardError).Order().ToList();
        var seeds = effects.Min(effect => effect.Seeds.Count);
        var needed = StudentT.InvCDF(0, 1, seeds - 1, 1 - (Verdict.Level / 2 / task.Comparisons)) * errors[errors.Count / 2];
        return $"With {Seeds(seeds)}, {task.Comparisons} comparison{(task.Comparisons == 1 ? "" : "s")} and the spread seen here (random starts left aside), a difference has to reach about {Numbers.Score(needed)} {task.Metric} to be called significant over seeds: smaller ones may be real.";
    }

    /// <summary>"3 seeds".</summary>
    public static string Seeds(int count) => count == 1 ? "1 seed" : $"{count} seeds";

    private static IEnumerable<string> Weighted(TaskAnalysis task)
    {
        var weighted = task.Variants.Where(variant => variant is { Kind: VariantKind.Weighted, Effect: not null }).ToList();
        if (weighted.Count == 0)
        {
            yield return "Nothing can be said of learned merge weights: no weighted variant and its fair baseline (all heads trained, merged by their mean) have both finished.";
            yield break;
        }

        var better = weighted.Where(variant => variant.Effect!.IsSignificant && variant.Effect.Mean > 0).ToList();
        var worse = weighted.Where(variant => variant.Effect!.IsSignificant && variant.Effect.Mean < 0).ToList();
        var range = $"differences {Numbers.Difference(weighted.Min(variant => variant.Effect!.Mean))} to {Numbers.Difference(weighted.Max(variant => variant.Effect!.Mean))} {task.Metric}";
        var over = weighted.Min(variant => variant.Effect!.Seeds.Count) is var seeds && weighted.All(variant => variant.Effect!.AdjustedOverSeeds is not null)
            ? $"n = {Seeds(seeds)}"
            : "over the test's texts, n = 1 seed";
        yield return better.Count + worse.Count == 0
            ? $"Learned merge weights: none of {weighted.Count} weighted variants differs significantly from the fair baseline ({range}; 0.05, {over})."
            : $"Learned merge weights: of {weighted.Count} weighted variants {better.Count} {(better.Count == 1 ? "is" : "are")} significantly better than the fair baseline{Names(better)} and {worse.Count} significantly worse{Names(worse)} ({range}; 0.05, {over}).";
    }

    private static IEnumerable<string> Front(TaskAnalysis task)
    {
        var front = task.Scored.Where(variant => variant.IsOnFront).OrderByDescending(variant => variant.CacheBytes).ToList();
        if (front.Count > 1)
        {
            yield return $"On the Pareto front of quality and cache: {string.Join(", ", front.Select(variant => $"{variant.Name} ({Numbers.Score(variant.Score!.Mean)} at {Numbers.Count(variant.CacheBytes!.Value)} bytes per token)"))}.";
        }
    }

    private static string Names(List<VariantResult> variants) => variants.Count == 0 ? "" : $" ({string.Join(", ", variants.Select(variant => variant.Name))})";
}
