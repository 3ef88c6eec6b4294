using System.Text;
using Wgqa.Experiments.Reports.Charts;
using Wgqa.Experiments.Statistics;

namespace Wgqa.Experiments.Reports;

/// <summary>The report as Markdown: all of the page but its charts.</summary>
internal static class MarkdownReport
{
    /// <summary>The text.</summary>
    public static string Of(SweepAnalysis sweep)
    {
        var text = new StringBuilder($"# {HtmlReport.Title(sweep)}\n\n{Findings.Completeness(sweep)}\n");
        foreach (var task in sweep.Tasks)
        {
            Task(text, task);
        }

        text.Append("\n## What was run, and on what\n\n");
        Facts(text, Conditions.Of(sweep));
        foreach (var task in sweep.Tasks)
        {
            text.Append($"\nTask {task.Asked.Name}:\n\n");
            Facts(text, Conditions.Of(task.Asked));
        }

        foreach (var (environment, cells) in sweep.Environments)
        {
            text.Append($"\nEnvironment of {cells} run{(cells == 1 ? "" : "s")}:\n\n");
            Facts(text, Conditions.Of(environment));
        }

        foreach (var task in sweep.Tasks.Where(task => task.Variants.Any(variant => variant.Row is not null)))
        {
            text.Append($"\nCosts of {task.Asked.Name}:\n\n");
            Table(text, ["variant", "merge weights", "trained parameters", "training time per run", "final loss", "generated tokens/s", "fold: largest logit error", "fold: same texts"], ReportText.Costs(task));
        }

        text.Append("\n## How it is computed\n\n");
        Items(text, ReportText.Methods(sweep));
        return text.ToString();
    }

    private static void Task(StringBuilder text, TaskAnalysis task)
    {
        text.Append($"\n## {task.Asked.Name}: {task.Metric} on {Numbers.Count(task.Asked.TestPairs)} texts\n\n");
        Items(text, Findings.Of(task));
        var open = task.Cells.Where(cell => cell.Obstacle is not null).ToList();
        if (open.Count > 0)
        {
            text.Append("\nRuns without results:\n\n");
            Items(text, open.Select(cell => $"{cell.Cell.Variant}, seed {cell.Cell.Seed}: {cell.Obstacle}"));
        }

        if (task.Disagreements.Count > 0)
        {
            text.Append("\nScores that are not those of the texts beside them (tables show the texts'):\n\n");
            Items(text, task.Disagreements);
        }

        text.Append("\n### Scores\n\n");
        Table(
            text,
            ["variant", task.Metric, "seeds", "Δ fair", "p, seeds", "p, texts", "KV heads", "cache, bytes/token", "Pareto front", "verdict"],
            task.Variants.Select(variant => new[]
            {
                variant.Name,
                variant.Score?.ToText("0.00") ?? "–",
                $"{variant.Scores.Count}/{variant.Cells.Count}",
                variant.Effect is { } effect ? ReportText.WithError(effect) : "–",
                variant.Effect?.AdjustedOverSeeds is { } seeds ? Verdict.Shown(seeds) : "–",
                variant.Effect is { } tested ? Verdict.Shown(tested.AdjustedOverTexts) : "–",
                variant.Row is null ? "–" : variant.Groups is { } groups ? Numbers.Count(groups) : "mixed",
                variant.CacheBytes is { } bytes ? Numbers.Count(bytes) : "–",
                variant.IsOnFront ? "yes" : "",
                ReportText.VerdictOf(variant),
            }));
        text.Append($"\n{ReportText.PValues(task)}\n\n### The paper's ordering\n\n{task.Ordering.Words}\n\n");
        Table(
            text,
            ["link", "variants", "difference", "p, seeds", "p, texts", "verdict"],
            task.Ordering.Links.Select(link => new[]
            {
                $"{link.Better} ≥ {link.Worse}",
                ReportText.Members(link),
                link.Effect is { } effect ? ReportText.WithError(effect) : "–",
                link.Effect?.AdjustedOverSeeds is { } seeds ? Verdict.Shown(seeds) : "–",
                link.Effect is { } tested ? Verdict.Shown(tested.AdjustedOverTexts) : "–",
                link.Words,
            }));
        var distances = MergeDistances.Of(WeightChart.Learned(task), task.Variants);
        if (distances.Count > 0)
        {
            text.Append($"\n### What merge weights learned (the paper's Figure 2)\n\n{ReportText.WeightTest}\n\n");
            Table(
                text,
                ["variant", "kind", "heads", "mean difference", "of mean abs W", "t", "p", "from checkpoint", "fair baseline's"],
                distances.Select(row => new[]
                {
                    row.Variant,
                    row.Kind,
                    Numbers.Count(row.Heads),
                    Numbers.Measured(row.Mean),
                    $"{Numbers.Score(100 * row.Relative)} %",
                    row.Test is { } t ? Numbers.Measured(Math.Round(t.T, 1)) : "–",
                    row.Test is { } p ? Verdict.Shown(p.PValue) : "–",
                    row.FromCheckpoint is { } moved ? Numbers.Measured(moved) : "–",
                    row.FairFromCheckpoint is { } fair ? Numbers.Measured(fair) : "–",
                }));
        }

        var samples = SampleTexts.Of(task);
        if (samples.Count > 0)
        {
            text.Append($"\n### Sample outputs\n\n{ReportText.SampleCaption(task, samples.Count)}\n");
            foreach (var sample in samples)
            {
                text.Append($"\nText {sample.Number}\n\n");
                Table(
                    text,
                    ["from", "text"],
                    [["source", sample.Source], .. sample.References.Select(reference => new[] { "reference", reference }), .. sample.Outputs.Select(output => new[] { string.Join(", ", output.Variants), output.Text })]);
            }
        }
    }

    private static void Items(StringBuilder text, IEnumerable<string> items) => text.AppendJoin("", items.Select(item => $"* {item}\n"));

    private static void Facts(StringBuilder text, IReadOnlyList<(string Name, string Value)> facts) => Table(text, ["what", "value"], facts.Select(fact => new[] { fact.Name, fact.Value }));

    private static void Table(StringBuilder text, string[] headings, IEnumerable<string[]> rows)
    {
        var table = new TextTable(headings);
        foreach (var row in rows)
        {
            table.Add([.. row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" "))]);
        }

        text.Append(table);
    }
}
