namespace Wgqa.Experiments.Reports.Charts;

/// <summary>Parts that all charts are drawn from. Colours and line styles are the page's style sheet's; shapes tell variants apart without them.</summary>
internal static class Drawing
{
    /// <summary>A chart: it scales with its place, and has a title and a description for those who do not see it.</summary>
    /// <param name="id">A name of its own in the page.</param>
    /// <param name="cssClass">A class for the style sheet.</param>
    /// <param name="width">Width in pixels, at which text has its size.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="description">What is to be seen in it.</param>
    /// <param name="content">Its parts.</param>
    public static Markup Svg(string id, string cssClass, double width, double height, string title, string description, IEnumerable<Markup> content) => Markup.Of(
        $"""
        <svg id="{id}" class="chart {cssClass}" viewBox="0 0 {width} {height}" style="max-width:{width}px" role="img" aria-labelledby="{id}-t {id}-d" xmlns="http://www.w3.org/2000/svg">
        <title id="{id}-t">{title}</title><desc id="{id}-d">{description}</desc>
        {content}
        </svg>

        """);

    /// <summary>A straight line.</summary>
    public static Markup Line(double x1, double y1, double x2, double y2, string cssClass) =>
        Markup.Of($"""<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" class="{cssClass}"/>""");

    /// <summary>A line through points.</summary>
    public static Markup Polyline(IEnumerable<(double X, double Y)> points, string cssClass) =>
        Markup.Of($"""<polyline points="{points.Select(point => Markup.Of($"{point.X:0.#},{point.Y:0.#} "))}" class="{cssClass}"/>""");

    /// <summary>A filled area.</summary>
    public static Markup Polygon(IEnumerable<(double X, double Y)> points, string cssClass) =>
        Markup.Of($"""<polygon points="{points.Select(point => Markup.Of($"{point.X:0.#},{point.Y:0.#} "))}" class="{cssClass}"/>""");

    /// <summary>Parts of which only what lies in a rectangle is seen.</summary>
    public static Markup Clipped(string id, double left, double top, double right, double bottom, IEnumerable<Markup> content) => Markup.Of(
        $"""<clipPath id="{id}"><rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"/></clipPath><g clip-path="url(#{id})">{content}</g>""");

    /// <summary>Words; <paramref name="anchor"/> is start, middle or end.</summary>
    public static Markup Text(double x, double y, string text, string anchor = "start", string cssClass = "") =>
        Markup.Of($"""<text x="{x}" y="{y}" text-anchor="{anchor}" class="{cssClass}">{text}</text>""");

    /// <summary>Words that run upwards.</summary>
    public static Markup Upwards(double x, double y, string text) =>
        Markup.Of($"""<text transform="translate({x} {y}) rotate(-90)" text-anchor="middle" class="axis">{text}</text>""");

    /// <summary>A variant's mark: a circle, square, diamond, triangle, cross or plus by its sort; hollow or filled.</summary>
    public static Markup Marker(VariantKind kind, double x, double y, double r, bool filled, string? tip = null)
    {
        var classes = $"mark {kind.CssClass()}{(filled ? " filled" : "")}";
        var title = tip is null ? Markup.None : Markup.Of($"<title>{tip}</title>");
        var (d, s) = (r * 1.25, r * 0.9);
        return kind switch
        {
            VariantKind.MultiHead => Markup.Of($"""<circle cx="{x}" cy="{y}" r="{r}" class="{classes}">{title}</circle>"""),
            VariantKind.Merged => Path($"M{x - s} {y - s}h{2 * s}v{2 * s}h{-2 * s}z"),
            VariantKind.Fair => Path($"M{x} {y - d}L{x + d} {y}L{x} {y + d}L{x - d} {y}z"),
            VariantKind.Weighted => Path($"M{x} {y - d}L{x + d} {y + s}H{x - d}z"),
            VariantKind.RandomInit => Path($"M{x - s} {y - s}L{x + s} {y + s}M{x + s} {y - s}L{x - s} {y + s}"),
            _ => Path($"M{x - d} {y}H{x + d}M{x} {y - d}V{y + d}"),
        };

        Markup Path(FormattableString path) => Markup.Of(
            $"""<path d="{path.ToString(System.Globalization.CultureInfo.InvariantCulture)}" class="{classes}">{title}</path>""");
    }

    /// <summary>Room that text needs, in pixels, at the charts' size of letters.</summary>
    public static double WidthOf(string text) => 8.6 * text.Length;

    /// <summary>
    /// Places for labels that lie as near as possible (in least squares) to where they should be and no nearer to each other than <paramref name="gap"/>.
    /// </summary>
    /// <param name="wanted">In ascending order.</param>
    /// <param name="gap">The least distance.</param>
    /// <param name="low">No place is below this.</param>
    /// <param name="high">Nor above this, where all fit.</param>
    public static double[] Spread(IReadOnlyList<double> wanted, double gap, double low, double high)
    {
        // With i·gap taken off, places need only be ascending: pooling neighbours that are not does that best.
        var pools = new List<(double Sum, int Count)>();
        for (var i = 0; i < wanted.Count; i++)
        {
            pools.Add((wanted[i] - (i * gap), 1));
            while (pools.Count > 1 && pools[^2].Sum / pools[^2].Count > pools[^1].Sum / pools[^1].Count)
            {
                pools[^2] = (pools[^2].Sum + pools[^1].Sum, pools[^2].Count + pools[^1].Count);
                pools.RemoveAt(pools.Count - 1);
            }
        }

        var most = high - ((wanted.Count - 1) * gap);
        return [.. pools.SelectMany(pool => Enumerable.Repeat(Math.Max(low, Math.Min(most, pool.Sum / pool.Count)), pool.Count)).Select((place, i) => place + (i * gap))];
    }
}
