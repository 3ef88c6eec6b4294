namespace Wgqa.Experiments.Reports.Charts;

/// <summary>
/// Figure 2 of the WGQA paper: how far learned merge weights have moved each merged key and value head from the mean of the same heads, layer by
/// layer. A point is one merged head of one seed.
/// </summary>
internal static class WeightChart
{
    private const double Width = 346;
    private const double Height = 196;

    /// <summary>A panel for each variant with learned merge weights; panels of one sort share their axis.</summary>
    /// <param name="task">The task's results.</param>
    /// <param name="id">The beginning of names of their own in the page.</param>
    public static IReadOnlyList<Markup> Draw(TaskAnalysis task, string id)
    {
        var panels = new List<Markup>();
        foreach (var sort in Learned(task).GroupBy(variant => variant.Kind))
        {
            var high = sort.Max(variant => variant.Blocks.SelectMany(block => block.PerHead ?? []).DefaultIfEmpty().Max());
            panels.AddRange(sort.Select(variant => Panel(variant, high > 0 ? 1.05 * high : 1, $"{id}-{variant.Number}")));
        }

        return panels;
    }

    /// <summary>The variants that the figure is about.</summary>
    public static IEnumerable<VariantResult> Learned(TaskAnalysis task) => task.Variants.Where(variant =>
        variant.Row?.ExtraParameters > 0 && variant.Blocks.Any(block => block.PerHead is not null));

    private static Markup Panel(VariantResult variant, double high, string id)
    {
        var blocks = variant.Blocks.Where(block => block.PerHead is not null).ToList();
        var places = blocks.Select(block => (block.Site, block.Layer)).Distinct().Order().ToList();
        var (left, right, top, bottom) = (60.0, Width - 6, 24.0, Height - 42);
        var y = new Axis(0, high, bottom, top);
        var slot = (right - left) / places.Count;
        var parts = new List<Markup>();
        foreach (var tick in y.Ticks(5))
        {
            parts.Add(Drawing.Line(left, y.At(tick), right, y.At(tick), "grid"));
            parts.Add(Drawing.Text(left - 4, y.At(tick) + 4, Numbers.Measured(tick), "end"));
        }

        parts.Add(Drawing.Line(left, bottom, right, bottom, "tick"));
        parts.Add(Drawing.Text(4, 14, variant.Name, "start", "best"));
        parts.Add(Drawing.Upwards(12, (top + bottom) / 2, "mean |difference|"));
        var every = (int)Math.Ceiling(16 / slot);
        for (var i = 0; i < places.Count; i++)
        {
            var (site, layer) = places[i];
            var middle = left + ((i + 0.5) * slot);
            if (i > 0 && places[i - 1].Site != site)
            {
                parts.Add(Drawing.Line(left + (i * slot), top, left + (i * slot), bottom + 16, "tick"));
            }

            if (layer % every == 0)
            {
                parts.Add(Drawing.Text(middle, bottom + 14, $"{layer + 1}", "middle"));
            }

            foreach (var (kind, side) in new[] { ("key", -1), ("value", 1) })
            {
                var heads = blocks.Where(block => block.Site == site && block.Layer == layer && block.Kind == kind).SelectMany(block => block.PerHead!).Order().ToList();
                if (heads.Count > 0)
                {
                    parts.AddRange(Heads(heads, kind, middle + (side * 0.22 * slot), 0.17 * slot, y));
                }
            }
        }

        foreach (var site in places.GroupBy(place => place.Site))
        {
            var first = places.FindIndex(place => place.Site == site.Key);
            parts.Add(Drawing.Text(left + ((first + (site.Count() / 2.0)) * slot), bottom + 32, $"{Words(site.Key)}, layer", "middle", "axis"));
        }

        var means = string.Join(", ", blocks.GroupBy(block => block.Kind).Select(kind => $"{kind.Key}s {Numbers.Measured(kind.Average(block => block.MeanAbsoluteDifference!.Value))}"));
        return Drawing.Svg(id, "panel", Width, Height, $"{variant.Name}: mean absolute difference from mean pooling by layer", $"Averages: {means}.", parts);
    }

    // A circle (key) or a square (value) for each head, and a bar at their median.
    private static IEnumerable<Markup> Heads(List<double> heads, string kind, double x, double half, Axis y)
    {
        foreach (var head in heads)
        {
            yield return kind == "key"
                ? Markup.Of($"""<circle cx="{x}" cy="{y.At(head)}" r="2.2" class="key"/>""")
                : Markup.Of($"""<rect x="{x - 2}" y="{y.At(head) - 2}" width="4" height="4" class="value"/>""");
        }

        var median = (heads[(heads.Count - 1) / 2] + heads[heads.Count / 2]) / 2;
        yield return Drawing.Line(x - half, y.At(median), x + half, y.At(median), "median");
    }

    private static string Words(Sites site) => site switch
    {
        Sites.DecoderSelf => "decoder self",
        Sites.DecoderCross => "decoder cross",
        Sites.Encoder => "encoder",
        _ => site.ToString(),
    };
}
