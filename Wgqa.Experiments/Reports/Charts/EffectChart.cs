namespace Wgqa.Experiments.Reports.Charts;

/// <summary>Each variant's difference from the fair baseline with its interval and each seed's value.</summary>
internal static class EffectChart
{
    private const double RowHeight = 24;

    /// <summary>Draws it; empty where nothing could be compared.</summary>
    /// <param name="task">The task's results.</param>
    /// <param name="id">A name of its own in the page.</param>
    /// <param name="cssClass">wide or narrow.</param>
    /// <param name="width">Width in pixels.</param>
    public static Markup Draw(TaskAnalysis task, string id, string cssClass, double width)
    {
        var rows = task.Variants.Where(variant => variant.Effect is not null).ToList();
        if (rows.Count == 0)
        {
            return Markup.None;
        }

        var isWide = width > 500;
        var (left, right) = (rows.Max(row => Drawing.WidthOf(row.Name)) + 24, width - (isWide ? 210 : 70));
        var (top, bottom) = (12.0, 12 + (rows.Count * RowHeight));
        var limit = Limit(rows);
        var x = new Axis(-limit, limit, left, right);
        var parts = new List<Markup>();
        foreach (var tick in x.Ticks(isWide ? 9 : 5))
        {
            parts.Add(Drawing.Line(x.At(tick), top, x.At(tick), bottom, Math.Abs(tick) < 1e-9 ? "zero" : "grid"));
            parts.Add(Drawing.Text(x.At(tick), bottom + 15, tick > 0 ? $"+{Numbers.Measured(tick)}" : Numbers.Measured(tick), "middle"));
        }

        parts.Add(Drawing.Text((left + right) / 2, bottom + 34, $"difference in {task.Metric} from the fair baseline", "middle", "axis"));
        for (var i = 0; i < rows.Count; i++)
        {
            parts.AddRange(Row(rows[i], x, left, right, top + ((i + 0.5) * RowHeight), isWide));
        }

        var significant = rows.Where(row => row.Effect!.IsSignificant).Select(row => $"{row.Name} ({Numbers.Difference(row.Effect!.Mean)})").ToList();
        return Drawing.Svg(
            id,
            cssClass,
            width,
            bottom + 42,
            $"Difference in {task.Metric} from the fair baseline",
            $"{rows.Count} variants. Significant at 0.05 after Holm's adjustment: {(significant.Count == 0 ? "none" : string.Join(", ", significant))}.",
            parts);
    }

    // Most rows in full; those far beyond the others are marked at the edge, with their number.
    private static double Limit(List<VariantResult> rows)
    {
        var effects = rows.Where(row => row.Kind != VariantKind.RandomInit).Select(row => row.Effect!).ToList();
        effects = effects.Count > 0 ? effects : [.. rows.Select(row => row.Effect!)];
        var typical = effects.Select(effect => Math.Abs(effect.Mean)).Order().ElementAt(effects.Count / 2);
        var near = effects.Where(effect => Math.Abs(effect.Mean) <= (6 * typical) + 0.5).ToList();
        var largest = near.Max(effect => effect.Differences.Max(Math.Abs));
        var interval = near.Max(effect => Math.Max(Math.Abs(effect.Interval.Low), Math.Abs(effect.Interval.High)));
        return 1.08 * Math.Max(0.1, Math.Min(interval, 3 * largest));
    }

    private static IEnumerable<Markup> Row(VariantResult row, Axis x, double left, double right, double y, bool isWide)
    {
        var effect = row.Effect!;
        var cssClass = row.Kind.CssClass();
        yield return Drawing.Text(left - 12, y + 4, row.Name, "end", effect.IsSignificant ? "best" : "");
        var text = Numbers.Difference(effect.Mean) + (effect.IsSignificant ? " *" : "");
        yield return Drawing.Text(right + 10, y + 4, isWide ? $"{text}  [{Numbers.Difference(effect.Interval.Low)}, {Numbers.Difference(effect.Interval.High)}]" : text, "start", effect.IsSignificant ? "best" : "");
        if (effect.Interval.High < x.Low || effect.Interval.Low > x.High)
        {
            var (edge, inward) = effect.Mean < 0 ? (left, 8) : (right, -8);
            yield return Drawing.Polyline([(edge + inward, y - 5), (edge, y), (edge + inward, y + 5)], $"error {cssClass}");
            yield break;
        }

        yield return Drawing.Line(x.Within(effect.Interval.Low), y, x.Within(effect.Interval.High), y, $"error {cssClass}");
        foreach (var (end, beyond, inward) in new[] { (left, effect.Interval.Low < x.Low, 5), (right, effect.Interval.High > x.High, -5) })
        {
            if (beyond)
            {
                yield return Drawing.Polyline([(end + inward, y - 4), (end, y), (end + inward, y + 4)], $"error {cssClass}");
            }
        }

        foreach (var difference in effect.Differences.Where(difference => Math.Abs(difference) <= x.High))
        {
            yield return Drawing.Line(x.At(difference), y - 6, x.At(difference), y + 6, "seed");
        }

        if (Math.Abs(effect.Mean) <= x.High)
        {
            yield return Drawing.Marker(row.Kind, x.At(effect.Mean), y, 4.5, effect.IsSignificant, $"{row.Name}: {Numbers.Difference(effect.Mean)}, {effect.Words}");
        }
    }
}
