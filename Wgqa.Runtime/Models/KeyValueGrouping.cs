using Wgqa.Attention;

namespace Wgqa.Models;

/// <summary>
/// How a saved model's key/value heads are grouped: the <c>wgqa</c> section that this project adds to config.json. Either every
/// grouped block has the same number of equal groups of neighbours, or each has head maps of its own.
/// </summary>
public sealed record KeyValueGrouping
{
    /// <summary>The same at every block: G groups of neighbours, for keys and values.</summary>
    /// <param name="variant">The declared variant's name; null for plain grouped-query attention.</param>
    /// <param name="groups">Key/value heads G.</param>
    /// <param name="sites">The attention sites that are grouped.</param>
    public KeyValueGrouping(string? variant, int groups, Sites sites) => (Variant, Groups, Sites) = (variant, groups, sites);

    /// <summary>By head maps, one pair for each block at the sites; kept as a number where that says the same.</summary>
    /// <param name="variant">The declared variant's name; null for plain grouped-query attention.</param>
    /// <param name="sites">The attention sites that are grouped.</param>
    /// <param name="maps">The head maps by the block's registered name.</param>
    public KeyValueGrouping(string? variant, Sites sites, IReadOnlyDictionary<string, HeadMaps> maps)
    {
        if (maps.FirstOrDefault(block => block.Value.Key.Sizes.Contains(0) || block.Value.Value.Sizes.Contains(0)) is { Key: { } empty })
        {
            throw new ArgumentException($"a group of {empty} has no head, and no saved model may hold heads that serve nothing", nameof(maps));
        }

        (Variant, Sites, Maps) = (variant, sites, maps);
        if (maps.Values.Select(each => each.ArePlain ? each.Key.Groups : 0).Distinct().ToArray() is [> 0 and var groups])
        {
            (Groups, Maps) = (groups, null);
        }
    }

    /// <summary>The declared variant's name; null once it is folded to plain grouped-query attention.</summary>
    public string? Variant { get; init; }

    /// <summary>The attention sites that are grouped; the others are multi-head.</summary>
    public Sites Sites { get; }

    /// <summary>Key/value heads G at the sites; null where <see cref="Maps"/> says it.</summary>
    public int? Groups { get; }

    /// <summary>The head maps by the block's registered name; null where <see cref="Groups"/> says it.</summary>
    public IReadOnlyDictionary<string, HeadMaps>? Maps { get; }

    /// <summary>Whether head maps that the variant makes while running have been made permanent.</summary>
    public bool Frozen { get; init; }

    /// <summary>Whether nothing learned is left beside the projections.</summary>
    public bool Folded => Variant is null;

    /// <summary>How many key/value heads there are, in words, such as <c>6 key/value heads</c>.</summary>
    public string KeyValueHeads
    {
        get
        {
            var counts = Maps?.Values.Select(maps => (Key: maps.Key.Groups, Value: maps.Value.Groups)).Distinct().ToArray() ?? [(Groups!.Value, Groups.Value)];
            return counts is not [var (key, value)] ? "key/value heads whose number differs from block to block"
                : key == value ? $"{key} key/value {(key == 1 ? "head" : "heads")}"
                : $"{key} key and {value} value heads";
        }
    }

    /// <summary>The head maps of one block at the sites.</summary>
    /// <param name="block">The block's registered name.</param>
    /// <param name="heads">Query heads h.</param>
    /// <exception cref="UserException">There are none, or the groups do not divide the heads.</exception>
    public HeadMaps MapsOf(string block, int heads) =>
        Maps is null ? HeadMaps.Same(HeadMap.Contiguous(heads, Groups!.Value))
        : Maps.TryGetValue(block, out var maps) ? maps
        : throw new UserException($"the configuration has no head maps for {block}.");

    /// <inheritdoc/>
    public bool Equals(KeyValueGrouping? other) =>
        other is not null && (Variant, Sites, Groups, Frozen) == (other.Variant, other.Sites, other.Groups, other.Frozen)
        && Maps?.Count == other.Maps?.Count && (Maps?.All(entry => other.Maps!.TryGetValue(entry.Key, out var maps) && maps == entry.Value) ?? true);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Variant, Sites, Groups, Frozen, Maps?.Count);
}
