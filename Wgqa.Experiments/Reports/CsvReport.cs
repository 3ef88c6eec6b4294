using System.Globalization;

namespace Wgqa.Experiments.Reports;

/// <summary>The report's numbers as CSV (RFC 4180), unrounded, for spreadsheets and plotting.</summary>
internal static class CsvReport
{
    /// <summary>A line for each task and variant: the table of scores.</summary>
    public static string Variants(SweepAnalysis sweep) => Csv(
        ["task", "variant", "kind", "metric", "seeds", "mean", "standard error", "kv heads", "cache bytes per token", "pareto front", "merge weights", "trained parameters",
            "fair baseline", "difference", "difference standard error", "interval low", "interval high", "p over seeds", "p over seeds (Holm)", "p over texts", "p over texts (Holm)", "bootstrap p over texts", "verdict"],
        sweep.Tasks.SelectMany(task => task.Variants.Select(variant => new object?[]
        {
            task.Asked.Name, variant.Name, variant.Kind.Words(), task.Metric, variant.Scores.Count, variant.Score?.Mean, variant.Score?.StandardError, variant.Groups, variant.CacheBytes,
            variant.IsOnFront ? "yes" : "no", variant.Row?.ExtraParameters, variant.Row?.TrainableParameters, variant.Effect?.Against, variant.Effect?.Mean, variant.Effect?.StandardError,
            variant.Effect?.Interval.Low, variant.Effect?.Interval.High, variant.Effect?.OverSeeds?.PValue, variant.Effect?.AdjustedOverSeeds, variant.Effect?.OverTexts,
            variant.Effect?.AdjustedOverTexts, variant.Effect?.Bootstrap.PValue, ReportText.VerdictOf(variant),
        })));

    /// <summary>A line for each cell, finished or not.</summary>
    public static string Cells(SweepAnalysis sweep) => Csv(
        ["task", "variant", "seed", "state", "metric", "score", "loss", "tokens per second", "fold max error", "same texts", "texts", "training seconds"],
        sweep.Tasks.SelectMany(task => task.Variants.SelectMany(variant => variant.Cells.Select(cell => new object?[]
        {
            task.Asked.Name, variant.Name, cell.Cell.Seed, cell.Obstacle ?? "finished", task.Metric,
            variant.Scores.Where(score => score.Seed == cell.Cell.Seed).Select(score => (double?)score.Score).FirstOrDefault(),
            cell.Row?.Loss, cell.Row?.TokensPerSecond, cell.Row?.FoldMaxError, cell.Row?.SameTexts, cell.Row?.Texts,
            variant.Curves.Where(curve => curve.Seed == cell.Cell.Seed).Select(curve => (double?)curve.Lines[^1].Seconds).FirstOrDefault(),
        }))));

    private static string Csv(string[] headings, IEnumerable<object?[]> rows) =>
        string.Concat(rows.Prepend(headings).Select(row => string.Join(',', row.Select(Field)) + "\r\n"));

    private static string Field(object? value)
    {
        var text = value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value?.ToString() ?? "";
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
