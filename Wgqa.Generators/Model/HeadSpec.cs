namespace Wgqa.Generators.Model;

/// <summary>How h query heads share G key/value heads, s = h/G to each; null where the model decides.</summary>
internal sealed record HeadSpec
{
    private HeadSpec(int? heads, int? groups, int? groupSize) => (Heads, Groups, GroupSize) = (heads, groups, groupSize);

    /// <summary>Query heads h.</summary>
    public int? Heads { get; }

    /// <summary>Key/value heads G.</summary>
    public int? Groups { get; }

    /// <summary>Query heads per key/value head, s.</summary>
    public int? GroupSize { get; }

    /// <summary>
    /// What was written, and what follows from it, so that two ways to say one thing are one value: with h, either of G
    /// and s gives the other; with neither, every query head has a key/value head of its own.
    /// </summary>
    public static HeadSpec From(int? heads, int? groups, int? groupSize)
    {
        var size = groupSize ?? (groups is null ? 1 : heads / groups);
        return new(heads, groups ?? heads / size, size);
    }
}
