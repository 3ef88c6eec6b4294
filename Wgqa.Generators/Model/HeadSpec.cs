namespace Wgqa.Generators.Model;

/// <summary>How h query heads share G key (or value) heads, s to each; null where the model decides, or where s differs from group to group.</summary>
internal sealed record HeadSpec
{
    private HeadSpec(int? heads, int? groups, int? groupSize) => (Heads, Groups, GroupSize) = (heads, groups, groupSize);

    /// <summary>Query heads h.</summary>
    public int? Heads { get; }

    /// <summary>Key (or value) heads G.</summary>
    public int? Groups { get; }

    /// <summary>Query heads per key (or value) head, s.</summary>
    public int? GroupSize { get; }

    /// <summary>Whether every query head has a head of its own.</summary>
    public bool IsMultiHead => GroupSize == 1;

    /// <summary>
    /// What was written, and what follows from it, so that two ways to say one thing are one value: with h, either of G
    /// and s gives the other; with neither, every query head has a key/value head of its own.
    /// </summary>
    public static HeadSpec From(int? heads, int? groups, int? groupSize)
    {
        var size = groupSize ?? (groups is null ? 1 : heads / groups);
        return new(heads, groups ?? heads / size, size);
    }

    /// <summary>G groups whose sizes differ by at most one: equal where G divides h.</summary>
    public static HeadSpec Nearly(int? heads, int? groups, int? groupSize) => heads % groups is > 0 ? new(heads, groups, null) : From(heads, groups, groupSize);

    /// <summary>Any number of groups.</summary>
    public static HeadSpec Unknown(int? heads) => new(heads, null, null);

    /// <summary>G groups of sizes of their own.</summary>
    public static HeadSpec Written(int heads, int groups) => new(heads, groups, null);
}
