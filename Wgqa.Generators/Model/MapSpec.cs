namespace Wgqa.Generators.Model;

/// <summary>Where a head map comes from.</summary>
internal enum MapKind
{
    /// <summary>Groups of neighbours, all of one size.</summary>
    Contiguous,

    /// <summary>Head i belongs to group i mod G.</summary>
    Strided,

    /// <summary>Its entries are written.</summary>
    Written,

    /// <summary>It is found at conversion.</summary>
    Searched,
}

/// <summary>Which key (or value) head serves each query head.</summary>
internal sealed record MapSpec
{
    private MapSpec(HeadSpec heads, MapKind kind, EquatableArray<int> entries) => (Heads, Kind, Entries) = (heads, kind, entries);

    /// <summary>How many heads and groups.</summary>
    public HeadSpec Heads { get; }

    /// <summary>Where the map comes from.</summary>
    public MapKind Kind { get; }

    /// <summary>The group of each head, where they are written; else empty.</summary>
    public EquatableArray<int> Entries { get; }

    /// <summary>Groups of one size. One group, and a head for each query head, are contiguous however they are laid out.</summary>
    public static MapSpec LaidOut(HeadSpec heads, Layout layout) =>
        new(heads, layout == Layout.Strided && heads is not ({ Groups: 1 } or { IsMultiHead: true }) ? MapKind.Strided : MapKind.Contiguous, default);

    /// <summary>A written map; one that a layout describes is that layout.</summary>
    public static MapSpec Of(IReadOnlyList<int> entries)
    {
        var (h, g) = (entries.Count, entries.Max() + 1);
        return h % g == 0 && entries.Select((group, head) => group == head / (h / g)).All(same => same) ? LaidOut(HeadSpec.From(h, g, null), Layout.Contiguous)
            : h % g == 0 && entries.Select((group, head) => group == head % g).All(same => same) ? LaidOut(HeadSpec.From(h, g, null), Layout.Strided)
            : new(IsEven(entries) ? HeadSpec.From(h, g, null) : HeadSpec.Written(h, g), MapKind.Written, new(entries));
    }

    /// <summary>A map that conversion searches for.</summary>
    public static MapSpec Searched(HeadSpec heads) =>
        heads is { Groups: 1 } or { IsMultiHead: true } ? LaidOut(heads, Layout.Contiguous) : new(heads, MapKind.Searched, default);

    private static bool IsEven(IReadOnlyList<int> entries)
    {
        var sizes = entries.GroupBy(group => group).Select(group => group.Count()).Distinct();
        return sizes.Count() == 1;
    }
}
