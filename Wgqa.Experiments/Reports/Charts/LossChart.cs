using Wgqa.Training;

namespace Wgqa.Experiments.Reports.Charts;

/// <summary>The training loss of one variant, over its seeds, on axes that all variants of the task share.</summary>
internal static class LossChart
{
    private const double Width = 200;
    private const double Height = 146;

    /// <summary>A panel for each variant that has begun.</summary>
    /// <param name="task">The task's results.</param>
    /// <param name="id">The beginning of names of their own in the page.</param>
    public static IReadOnlyList<Markup> Draw(TaskAnalysis task, string id)
    {
        var variants = task.Variants.Where(variant => variant.Curves.Count > 0).ToList();
        if (variants.Count == 0)
        {
            return [];
        }

        var steps = Math.Max(1, variants.Max(variant => variant.Curves.Max(curve => curve.Lines[^1].Step)));
        var (low, high) = Range(variants, steps);
        var x = new Axis(0, steps, 34, Width - 10);
        var y = new Axis(low, high, Height - 30, 22);
        var reference = Reference(task);
        var mean = reference is null ? [] : Mean(reference);
        return [.. variants.Select(variant => Panel(variant, reference, mean, x, y, $"{id}-{variant.Number}"))];
    }

    /// <summary>The variant whose curve every panel repeats; null where it has none.</summary>
    public static VariantResult? Reference(TaskAnalysis task) =>
        task.Variants.FirstOrDefault(variant => variant.Kind == VariantKind.MultiHead && variant.Curves.Count > 0);

    private static Markup Panel(VariantResult variant, VariantResult? reference, IReadOnlyList<(double Step, double Loss)> referenceMean, Axis x, Axis y, string id)
    {
        var mean = Mean(variant);
        var parts = new List<Markup>();
        foreach (var tick in y.Ticks(4))
        {
            parts.Add(Drawing.Line(x.From, y.At(tick), x.To, y.At(tick), "grid"));
            parts.Add(Drawing.Text(x.From - 4, y.At(tick) + 4, Numbers.Measured(tick), "end"));
        }

        parts.Add(Drawing.Line(x.From, y.From, x.To, y.From, "tick"));
        parts.Add(Drawing.Text(x.From, y.From + 13, "0", "middle"));
        parts.Add(Drawing.Text(x.To, y.From + 13, Numbers.Count(x.High), "end"));
        parts.Add(Drawing.Text((x.From + x.To) / 2, y.From + 25, "updates", "middle", "axis"));
        parts.Add(Drawing.Text(4, 13, variant.Name, "start", "best"));
        parts.Add(Drawing.Text(x.To, 13, mean.Count > 0 ? $"loss {Numbers.Measured(Math.Round(mean[^1].Loss, 2))}" : "no loss yet", "end"));
        var curves = new List<Markup>();
        if (referenceMean.Count > 1 && variant != reference)
        {
            curves.Add(Drawing.Polyline(Pixels(referenceMean, x, y), "reference"));
        }

        if (variant.Curves.Count > 1)
        {
            foreach (var (_, lines) in variant.Curves)
            {
                curves.Add(Drawing.Polyline(Pixels([.. lines.Select(line => ((double)line.Step, line.Loss))], x, y), $"each {variant.Kind.CssClass()}"));
            }
        }

        curves.Add(Drawing.Polyline(Pixels(mean, x, y), $"curve {variant.Kind.CssClass()}"));
        parts.Add(Drawing.Clipped($"{id}-clip", x.From, y.To, x.To + 1, y.From, curves));
        var description = mean.Count == 0 ? "Nothing logged yet." : $"{variant.Curves.Count} seed{(variant.Curves.Count == 1 ? "" : "s")}; the mean loss goes from {Numbers.Measured(Math.Round(mean[0].Loss, 2))} to {Numbers.Measured(Math.Round(mean[^1].Loss, 2))} at update {Numbers.Count(mean[^1].Step)}.";
        return Drawing.Svg(id, "panel", Width, Height, $"Training loss of {variant.Name}", description, parts);
    }

    private static IEnumerable<(double X, double Y)> Pixels(IReadOnlyList<(double Step, double Loss)> curve, Axis x, Axis y)
    {
        // More points than pixels only make the page larger.
        var every = Math.Max(1, curve.Count / 150);
        return curve.Where((point, i) => double.IsFinite(point.Loss) && (i % every == 0 || i == curve.Count - 1)).Select(point => (x.At(point.Step), y.At(point.Loss)));
    }

    // The mean over seeds at each step that all of them have logged.
    private static IReadOnlyList<(double Step, double Loss)> Mean(VariantResult variant)
    {
        var all = variant.Curves;
        return [.. all.SelectMany(curve => curve.Lines).GroupBy(line => line.Step).Where(group => group.Count() == all.Count)
            .OrderBy(group => group.Key).Select(group => ((double)group.Key, group.Average(line => line.Loss)))];
    }

    // Where the first losses are far above the rest, the axis ends below them, and curves come in from above.
    private static (double Low, double High) Range(List<VariantResult> variants, int steps)
    {
        static IEnumerable<MetricsLine> Lines(VariantResult variant) => variant.Curves.SelectMany(curve => curve.Lines);
        var all = variants.SelectMany(Lines).Where(line => double.IsFinite(line.Loss)).ToList();
        var low = all.Min(line => line.Loss);
        var settled = variants.Where(variant => variant.Kind != VariantKind.RandomInit).SelectMany(Lines).Where(line => line.Step >= steps / 12.0 && double.IsFinite(line.Loss)).ToList();
        var high = Math.Min(all.Max(line => line.Loss), settled.Count > 0 ? low + (1.6 * (settled.Max(line => line.Loss) - low)) : double.MaxValue);
        return high - low < 0.01 ? (low - 0.05, low + 0.05) : (low - (0.05 * (high - low)), high);
    }
}
