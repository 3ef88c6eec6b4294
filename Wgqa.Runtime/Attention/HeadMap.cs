using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// Which of G key (or value) heads serves each of h query heads. Groups may differ in size and need not be neighbours; only an
/// allocation made while running (<see cref="OfSizes"/>) may leave a group without a query head. A value: two maps with equal entries are equal.
/// </summary>
public sealed class HeadMap : IEquatable<HeadMap>
{
    private readonly int[] _groupOf;
    private readonly int[] _sizes;

    private HeadMap(int[] groupOf, int groups)
    {
        _groupOf = groupOf;
        _sizes = new int[groups];
        foreach (var group in groupOf)
        {
            _sizes[group]++;
        }

        // Stable: within a group, heads keep their order.
        int[] order = [.. Enumerable.Range(0, groupOf.Length).OrderBy(head => groupOf[head])];
        Order = order;
        ByGroup = new(order);
        ByHead = ByGroup.Inverse();
        IsEven = _sizes.All(size => size == _sizes[0]);
        HeadsOfGroups = [.. _sizes.Select(size => (long)size)];
        OrderedHeads = order;
        GroupStarts = new int[groups + 1];
        for (var group = 0; group < groups; group++)
        {
            GroupStarts[group + 1] = GroupStarts[group] + _sizes[group];
        }
    }

    /// <summary>Query heads h.</summary>
    public int Heads => _groupOf.Length;

    /// <summary>Key/value heads G.</summary>
    public int Groups => _sizes.Length;

    /// <summary>The group of each head: h numbers in [0, G).</summary>
    public IReadOnlyList<int> GroupOf => _groupOf;

    /// <summary>The number of heads of each group: G numbers that add up to h.</summary>
    public IReadOnlyList<int> Sizes => _sizes;

    /// <summary>The heads, group by group: a permutation of 0 … h − 1.</summary>
    public IReadOnlyList<int> Order { get; }

    /// <summary>Whether all groups have one size.</summary>
    public bool IsEven { get; }

    /// <summary>Whether each group's heads are neighbours and groups come in order.</summary>
    public bool IsContiguous => ByGroup.IsIdentity;

    /// <summary>Whether head i is served by head ⌊i·G/h⌋: what plain grouped-query attention does.</summary>
    public bool IsPlain => IsEven && IsContiguous;

    /// <summary>Brings heads from their own order into the order of their groups.</summary>
    internal HeadOrder ByGroup { get; }

    /// <summary>The way back from <see cref="ByGroup"/>.</summary>
    internal HeadOrder ByHead { get; }

    /// <summary><see cref="Sizes"/>, as splitting a tensor takes them.</summary>
    internal long[] HeadsOfGroups { get; }

    /// <summary><see cref="Order"/>, as a kernel takes it.</summary>
    internal int[] OrderedHeads { get; }

    /// <summary>Where each group's heads begin in <see cref="OrderedHeads"/>: G + 1 numbers, the last of them h.</summary>
    internal int[] GroupStarts { get; }

    /// <summary>G groups of neighbours: head i belongs to group ⌊i·G/h⌋.</summary>
    /// <exception cref="UserException"><paramref name="groups"/> does not divide <paramref name="heads"/>.</exception>
    public static HeadMap Contiguous(int heads, int groups)
    {
        RequireDivides(heads, groups);
        return new([.. Enumerable.Range(0, heads).Select(head => head / (heads / groups))], groups);
    }

    /// <summary>Groups of heads that are G apart: head i belongs to group i mod G.</summary>
    /// <exception cref="UserException"><paramref name="groups"/> does not divide <paramref name="heads"/>.</exception>
    public static HeadMap Strided(int heads, int groups)
    {
        RequireDivides(heads, groups);
        return new([.. Enumerable.Range(0, heads).Select(head => head % groups)], groups);
    }

    /// <summary>Groups of neighbours as equal as can be: their sizes differ by at most one, the larger first.</summary>
    /// <exception cref="UserException">There are more groups than heads, or none.</exception>
    public static HeadMap NearlyEven(int heads, int groups) => groups < 1 || groups > heads
        ? throw new UserException($"{heads} heads cannot fill {groups} groups.")
        : OfSizes(HeadApportionment.Even(heads, groups));

    /// <summary>A map by its entries.</summary>
    /// <param name="groupOf">The group of each head; every number from 0 to the largest occurs.</param>
    /// <exception cref="UserException">There is no head, a number is negative, or a group has no head.</exception>
    public static HeadMap Of(params int[] groupOf)
    {
        if (groupOf.Length == 0)
        {
            throw new UserException("a head map has at least 1 head.");
        }

        if (groupOf.Min() is var least and < 0)
        {
            throw new UserException($"a head map names the group {least}; groups are counted from 0.");
        }

        var groups = groupOf.Max() + 1;
        if (Enumerable.Range(0, groups).Except(groupOf).Select(group => (int?)group).FirstOrDefault() is { } empty)
        {
            throw new UserException($"a head map has the groups 0 to {groups - 1}, and no head belongs to group {empty}.");
        }

        return new([.. groupOf], groups);
    }

    /// <summary>Groups of neighbours with the given sizes, of which some may be 0.</summary>
    /// <exception cref="UserException">A size is negative, or all are 0.</exception>
    public static HeadMap OfSizes(params int[] sizes) =>
        sizes.Any(size => size < 0) || sizes.All(size => size == 0)
            ? throw new UserException($"groups of {string.Join(", ", sizes)} heads are no head map.")
            : new([.. sizes.SelectMany((size, group) => Enumerable.Repeat(group, size))], sizes.Length);

    /// <summary>The heads of one group, in order.</summary>
    public IReadOnlyList<int> Members(int group) => [.. Enumerable.Range(0, Heads).Where(head => _groupOf[head] == group)];

    /// <summary>Adds up the heads of each group: [h, …] as [G, …], differentiable, the caller's to dispose. A group without heads is zero.</summary>
    public Tensor SumGroups(Tensor perHead) => Reduce(perHead, static members => members.sum(1L));

    /// <summary>The mean of each group's heads: [h, …] as [G, …], differentiable, the caller's to dispose. A group without heads is zero.</summary>
    public Tensor MeanOfGroups(Tensor perHead) => Reduce(perHead, static members => members.mean([1L]));

    /// <summary>Gives each head what its group has: [G, …] as [h, …], differentiable, the caller's to dispose.</summary>
    public Tensor Repeat(Tensor perGroup)
    {
        using var scope = NewDisposeScope();
        return cat([.. _groupOf.Select(group => perGroup.narrow(0, group, 1))], 0).MoveToOuterDisposeScope();
    }

    /// <summary>1/n for each head, n being the size of its group: [h] float32, the weights with which a weighted sum is the mean. The caller disposes it.</summary>
    public Tensor MeanWeights() => tensor(_groupOf.Select(group => 1f / _sizes[group]).ToArray());

    /// <summary><see cref="MeanWeights()"/> for each of <paramref name="perHead"/> features of a head: [h, perHead] float32. The caller disposes it.</summary>
    public Tensor MeanWeights(long perHead)
    {
        using var weights = MeanWeights();
        using var column = weights.unsqueeze(1);     // (h, 1)
        return column.repeat(1, perHead);            // (h, perHead)
    }

    /// <summary>The matrix that takes the mean of each group: [G, h] float32, 1/n where the head is one of the group's n, else 0. The caller disposes it.</summary>
    public Tensor MeanMatrix()
    {
        using var weights = MeanWeights();
        using var diagonal = weights.diag();         // (h, h)
        return SumGroups(diagonal);                  // (g, h)
    }

    /// <inheritdoc/>
    public bool Equals(HeadMap? other) => other is not null && Groups == other.Groups && _groupOf.AsSpan().SequenceEqual(other._groupOf);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HeadMap);

    /// <inheritdoc/>
    public override int GetHashCode() => _groupOf.Aggregate(Groups, HashCode.Combine);

    /// <summary>The entries, as <c>[0, 0, 1, 1]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", _groupOf)}]";

    // Equal groups are reduced together, others one by one.
    private Tensor Reduce(Tensor perHead, Func<Tensor, Tensor> members)
    {
        using var scope = NewDisposeScope();
        var heads = ByGroup.Apply(perHead, 0);
        if (IsEven)
        {
            return members(heads.unflatten(0, Groups, Heads / Groups)).MoveToOuterDisposeScope();                            // (g, …)
        }

        var groups = heads.split(HeadsOfGroups).Select(of => of.size(0) > 0 ? members(of.unsqueeze(0)) : of.new_zeros([1, .. perHead.shape[1..]]));
        return cat([.. groups], 0).MoveToOuterDisposeScope();                                                                // (g, …)
    }

    private static void RequireDivides(int heads, int groups)
    {
        if (groups < 1 || heads < 1 || heads % groups != 0)
        {
            throw new UserException($"{heads} heads cannot be split into {groups} equal groups.");
        }
    }
}

/// <summary>Which key head and which value head serve each query head.</summary>
/// <param name="Key">h query heads over the key heads.</param>
/// <param name="Value">The same h query heads over the value heads.</param>
public sealed record HeadMaps(HeadMap Key, HeadMap Value)
{
    /// <summary>One map for keys and values.</summary>
    public static HeadMaps Same(HeadMap map) => new(map, map);

    /// <summary>Key and value heads together: what a cache holds per token, in heads.</summary>
    public long HeadsHeld => (long)Key.Groups + Value.Groups;

    /// <summary>These maps, where something else decided the same or nothing.</summary>
    /// <param name="other">What was decided elsewhere, or null.</param>
    /// <param name="variant">The variant that declares these.</param>
    /// <exception cref="UserException">The two differ.</exception>
    public HeadMaps Confirmed(HeadMaps? other, string variant) => other is null || other == this
        ? this
        : throw new UserException($"{variant} declares the head maps {Key} of keys and {Value} of values; this model has {other.Key} and {other.Value}.");

    /// <summary>What something else decided where the variant leaves the maps open; these, where nothing is.</summary>
    /// <param name="other">What was decided, or null.</param>
    /// <param name="variant">The variant that declares the numbers of heads and groups.</param>
    /// <exception cref="UserException">Its numbers of heads or groups are others.</exception>
    public HeadMaps Replaced(HeadMaps? other, string variant) => other is null ? this
        : (other.Key.Heads, other.Key.Groups, other.Value.Heads, other.Value.Groups) == (Key.Heads, Key.Groups, Value.Heads, Value.Groups) ? other
        : throw new UserException(
            $"{variant} has {Key.Groups} key heads and {Value.Groups} value heads for {Key.Heads} heads; these head maps have {other.Key.Groups} and {other.Value.Groups} for {other.Key.Heads}.");

    /// <summary>Whether keys and values share one map of equal neighbouring groups.</summary>
    public bool ArePlain => Key.IsPlain && Key.Equals(Value);
}
