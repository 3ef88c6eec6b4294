namespace Wgqa.Experiments.Reports.Charts;

/// <summary>Quality against the cache's bytes per token. Variants that no other beats in both are filled and joined.</summary>
internal static class CacheChart
{
    private const double Gap = 14;

    /// <summary>Draws it; empty where nothing has a score.</summary>
    /// <param name="task">The task's results.</param>
    /// <param name="id">A name of its own in the page.</param>
    /// <param name="cssClass">wide or narrow.</param>
    /// <param name="width">Width in pixels.</param>
    public static Markup Draw(TaskAnalysis task, string id, string cssClass, double width)
    {
        var points = task.Scored.Where(variant => variant.CacheBytes is not null).ToList();
        if (points.Count == 0)
        {
            return Markup.None;
        }

        var clusters = points.GroupBy(point => point.CacheBytes!.Value).OrderBy(cluster => cluster.Key).ToList();
        var height = Math.Max(width < 500 ? 340 : 400, (clusters.Max(cluster => cluster.Count()) * Gap) + 100);
        var labelled = points.Max(point => Drawing.WidthOf(Label(point))) + 22;
        var (left, right, top, bottom) = (52.0, width - labelled, 14.0, height - 58);
        var x = clusters.Count == 1
            ? new Axis(clusters[0].Key / 2.0, clusters[0].Key * 2.0, left, right, IsLogarithmic: true)
            : new Axis(clusters[0].Key, clusters[^1].Key, left + 26, right - 4, IsLogarithmic: true);

        // Where labels of one cache size would run into the next one's marks, there is a number instead: the variant's place in the table.
        var numbered = clusters.Zip(clusters.Skip(1)).Any(pair => x.At(pair.Second.Key) - x.At(pair.First.Key) < pair.First.Max(point => Drawing.WidthOf(Label(point))) + 44);

        // Random starts that lie far below everything else would leave no room to tell the others apart: they are marked at the edge.
        var others = points.Where(point => point.Kind != VariantKind.RandomInit).ToList();
        var shown = others.Count > 0 ? others : points;
        var (low, high) = (shown.Min(Lower), shown.Max(Upper));
        var room = Math.Max(high - low, 0.5);
        var scale = points.Where(point => Lower(point) > low - (0.3 * room)).ToList();
        (low, high) = (Math.Min(low, scale.Min(Lower)), Math.Max(high, scale.Max(Upper)));
        var y = new Axis(low - (0.06 * room), high + (0.06 * room), bottom, top);

        var parts = new List<Markup>();
        foreach (var tick in y.Ticks(7))
        {
            parts.Add(Drawing.Line(left, y.At(tick), width - 6, y.At(tick), "grid"));
            parts.Add(Drawing.Text(left - 6, y.At(tick) + 4, Numbers.Measured(tick), "end"));
        }

        var end = double.NegativeInfinity;
        foreach (var cluster in clusters)
        {
            // A size too near to the one before stands a line lower.
            var half = Drawing.WidthOf(Numbers.Count(cluster.Key)) / 2;
            var drop = x.At(cluster.Key) - half < end ? 12 : 0;
            end = x.At(cluster.Key) + half + 4;
            parts.Add(Drawing.Line(x.At(cluster.Key), bottom, x.At(cluster.Key), bottom + 5 + drop, "tick"));
            parts.Add(Drawing.Text(x.At(cluster.Key), bottom + 18 + drop, Numbers.Count(cluster.Key), "middle"));
        }

        parts.Add(Drawing.Line(left, bottom, width - 6, bottom, "tick"));
        parts.Add(Drawing.Text((left + width) / 2, height - 8, "KV cache, bytes per token (log scale)", "middle", "axis"));
        parts.Add(Drawing.Upwards(13, (top + bottom) / 2, $"{task.Metric} (0–100)"));
        parts.Add(Front(points, x, y));
        foreach (var cluster in clusters)
        {
            parts.AddRange(Cluster(cluster, x.At(cluster.Key), y, numbered));
        }

        var best = string.Join(", ", points.Where(point => point.IsOnFront).Select(point => $"{point.Name} ({Numbers.Count(point.CacheBytes!.Value)} bytes, {Numbers.Score(point.Score!.Mean)})"));
        return Drawing.Svg(id, cssClass, width, height, $"{task.Metric} against KV-cache bytes per token", $"{points.Count} variants at {clusters.Count} cache sizes. On the Pareto front: {best}.", parts);
    }

    private static double Lower(VariantResult point) => point.Score!.Mean - (point.Score.StandardError ?? 0);

    private static double Upper(VariantResult point) => point.Score!.Mean + (point.Score.StandardError ?? 0);

    private static string Label(VariantResult point) => $"{point.Name} {Numbers.Score(point.Score!.Mean)}";

    private static Markup Front(List<VariantResult> points, Axis x, Axis y)
    {
        var front = points.Where(point => point.IsOnFront).GroupBy(point => point.CacheBytes!.Value).OrderBy(group => group.Key)
            .Select(group => (X: x.At(group.Key), Y: y.Within(group.First().Score!.Mean))).ToList();

        // Up to the next size, the smaller cache is the best there is.
        var steps = front.SelectMany((point, i) => i + 1 < front.Count ? [point, (front[i + 1].X, point.Y)] : new[] { point });
        return front.Count > 1 ? Drawing.Polyline(steps, "front") : Markup.None;
    }

    private static IEnumerable<Markup> Cluster(IEnumerable<VariantResult> cluster, double x, Axis y, bool numbered)
    {
        var points = cluster.OrderByDescending(point => point.Score!.Mean).ToList();
        var marks = points.Select(point => y.Within(point.Score!.Mean)).ToList();
        var labels = Drawing.Spread(marks, Gap, y.To + 6, y.From - 4);
        var placed = new List<(double X, double Y)>();
        for (var i = 0; i < points.Count; i++)
        {
            var (point, mark) = (points[i], marks[i]);

            // Marks that would cover each other stand side by side, to the left.
            var column = 0;
            while (placed.Any(other => Math.Abs(other.Y - mark) < 9 && Math.Abs(other.X - (x - (9 * column))) < 9))
            {
                column++;
            }

            var at = x - (9 * column);
            placed.Add((at, mark));
            var below = point.Score!.Mean < y.Low;
            if (point.Score.StandardError is { } error && !below)
            {
                yield return Drawing.Line(at, y.Within(point.Score.Mean - error), at, y.Within(point.Score.Mean + error), $"error {point.Kind.CssClass()}");
            }

            yield return Drawing.Line(at + 6, mark, x + 14, labels[i], "leader");
            yield return Drawing.Marker(point.Kind, at, mark, 4.5, point.IsOnFront, $"{point.Name}: {Numbers.Score(point.Score.Mean)}, {Numbers.Count(point.CacheBytes!.Value)} bytes per token");
            var text = (numbered ? $"{point.Number}" : Label(point)) + (below ? " ↓" : "");
            yield return Drawing.Text(x + 17, labels[i] + 4, text, "start", point.IsOnFront ? "best" : "");
        }
    }
}
