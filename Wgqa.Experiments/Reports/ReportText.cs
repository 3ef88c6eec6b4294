using Wgqa.Experiments.Reports.Charts;
using Wgqa.Experiments.Statistics;

namespace Wgqa.Experiments.Reports;

/// <summary>Words and cells that the HTML page and the Markdown share.</summary>
internal static class ReportText
{
    public const string CacheCaption =
        "Each mark is a variant’s mean over seeds; vertical lines are ± one standard error. Filled marks are on the Pareto front: no other variant is at least as good with as small a cache. " +
        "The dashed line is the best that each cache size reaches. Variants marked ↓ lie below the axis, at the value beside their name. Where there is no room for names, numbers are those of the table.";

    public const string WeightCaption =
        "For each merged key and value head of each seed, the mean of |W − P| over the head’s weights: W is what the learned merge weights make of the trained heads, P the mean of the same heads. " +
        "Variants with the same start share their axis.";

    public const string WeightTest =
        "The paper’s test: Student’s t of the heads’ mean absolute differences against a mean of zero. An absolute difference is never negative, so any change at all rejects it: " +
        "the size beside the weights’ own says more. “From checkpoint” is how far the merged weights moved from the mean-pooled checkpoint in all, with merge weights and (last column) without.";

    /// <summary>A difference with its standard error.</summary>
    public static string WithError(Effect effect) => Numbers.Difference(effect.Mean) + (effect.StandardError is { } error ? $" ± {Numbers.Score(error)}" : "");

    /// <summary>A row's judgement.</summary>
    public static string VerdictOf(VariantResult variant) => (variant.Effect, variant.Kind) switch
    {
        ({ } effect, _) => effect.Words,
        (_, VariantKind.Fair) => "the fair baseline",
        (_, VariantKind.MultiHead) => "what all were converted from",
        _ when variant.Scores.Count == 0 => "no results yet",
        _ => "not compared: there is no finished fair baseline with as many key/value heads",
    };

    /// <summary>What stands behind the p-values of a table.</summary>
    public static string PValues(TaskAnalysis task)
    {
        if (task.Comparisons == 0)
        {
            return "Nothing is compared: the fair baselines FairGqa and FairMqa, or what they are compared with, have no finished runs.";
        }

        var resolution = Findings.Resolution(task);
        return $"“p, seeds” is a paired t-test over seeds, “p, texts” paired approximate randomisation over the test’s texts; both adjusted (Holm) for {task.Comparisons} comparison{(task.Comparisons == 1 ? "" : "s")}. "
            + (resolution ?? "With one seed there is no test over seeds: verdicts are about these trained models, not about training them again.");
    }

    /// <summary>What the chart of effects shows.</summary>
    public static string EffectCaption(TaskAnalysis task)
    {
        var overSeeds = task.Variants.Any(variant => variant.Effect?.OverSeeds is not null);
        return $"The fair baseline trains all heads and merges them by their mean (Weighting = None, Merge = Live), with as many key/value heads. Horizontal lines are 95 % confidence intervals, {(overSeeds ? "over seeds (Student’s t)" : "over texts (bootstrap)")}, before adjustment; "
            + $"{(overSeeds ? "short upright strokes are seeds; " : "")}filled marks and * are significant at 0.05 after Holm’s adjustment. An arrowhead says that a line or a value goes beyond the axis.";
    }

    /// <summary>What the panels of losses show.</summary>
    public static string LossCaption(TaskAnalysis task)
    {
        var seeds = task.Variants.Max(variant => variant.Curves.Count);
        var reference = LossChart.Reference(task) is { } variant ? $" Dashed, for comparison: {variant.Name}." : "";
        return $"Training loss (cross-entropy in nats per target token) against updates, all panels on the same axes{(seeds > 1 ? "; thin lines are seeds, the thick one their mean" : "")}.{reference} First losses far above the rest are cut off.";
    }

    /// <summary>Which texts are shown.</summary>
    public static string SampleCaption(TaskAnalysis task, int count) =>
        $"{count} of {Numbers.Count(task.Test.Count)} test texts, drawn at random and not chosen; outputs of seed {SampleTexts.Seed(task)}, variants with the same text together.";

    /// <summary>Which variants stood on either side of a link.</summary>
    public static string Members(PaperOrdering.Link link) =>
        $"{(link.BetterVariants.Count == 0 ? "none run" : string.Join(", ", link.BetterVariants))} against {(link.WorseVariants.Count == 0 ? "none run" : string.Join(", ", link.WorseVariants))}";

    /// <summary>Rows of what each variant cost.</summary>
    public static IEnumerable<string[]> Costs(TaskAnalysis task) =>
        from variant in task.Variants
        let row = variant.Row
        where row is not null
        let rows = variant.Cells.Select(cell => cell.Row).Where(each => each is not null).Select(each => each!).ToList()
        let seconds = variant.Curves.Where(curve => variant.Scores.Any(score => score.Seed == curve.Seed)).Select(curve => curve.Lines[^1].Seconds).DefaultIfEmpty(0).Average()
        select new[]
        {
            variant.Name,
            Numbers.Count(row.ExtraParameters),
            Numbers.Count(row.TrainableParameters),
            Numbers.Duration(TimeSpan.FromSeconds(seconds)),
            Numbers.Score(rows.Average(each => each.Loss)),
            Numbers.Count(rows.Average(each => each.TokensPerSecond)),
            rows.Max(each => each.FoldMaxError) is { } error ? Numbers.Measured(error) : "–",
            row.SameTexts is null ? "–" : $"{Numbers.Count(rows.Sum(each => each.SameTexts ?? 0))} of {Numbers.Count(rows.Sum(each => each.Texts))}",
        };

    /// <summary>The definitions, a sentence each.</summary>
    public static IReadOnlyList<string> Methods(SweepAnalysis sweep) =>
    [
        $"{string.Join("; ", sweep.Tasks.Select(task => task.Metric == "BLEU" ? $"{task.Asked.Name} is scored by corpus BLEU (sacrebleu’s 13a tokens and exponential smoothing)" : $"{task.Asked.Name} is scored by ROUGE-L F1 with stemming (rouge_score)").Distinct())}; every score is computed from the generated texts, those of the folded model where a variant folds.",
        "± is the standard error of the mean over seeds, s/√n with n − 1 in s.",
        "The fair baseline of a variant trains all heads and merges them by their mean in each forward (Weighting = None, Merge = Live): it has a weighted variant’s freedom but for the merge weights themselves. FairGqa stands against variants with as many key/value heads as it has, FairMqa against those with one.",
        "Over seeds: Student’s paired t-test, each seed’s difference being one observation. It says whether training again would show the same.",
        $"Over texts: paired approximate randomisation (Noreen; Riezler and Maxwell 2005), {Numbers.Count(sweep.Trials)} trials, two-sided, one added to both counts. A text’s outputs are exchanged under all seeds at once, since one text’s difficulty is no new evidence under a second seed. It says whether other texts would show the same of these models.",
        "A difference is called significant where it is so over seeds and over texts, both at 0.05 after Holm’s adjustment for all comparisons of the same table; with one seed, over texts alone, and the verdict says so.",
    ];
}
