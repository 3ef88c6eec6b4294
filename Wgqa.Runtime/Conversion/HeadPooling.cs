using static TorchSharp.torch;

namespace Wgqa.Conversion;

/// <summary>
/// Merging the heads of a projection [h·d, m] into [G·d, m], group g taking heads g·h/G … (g+1)·h/G−1 (GQA, section 2.1).
/// Results are the caller's to dispose.
/// </summary>
public static class HeadPooling
{
    /// <summary>Each key/value head is the mean of its group.</summary>
    public static Tensor Average(Tensor weight, int heads, int groups)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        return Grouped(weight, heads, groups).mean([1L])                    // (g, d, m)
            .reshape(groups * weight.size(0) / heads, weight.size(1))       // (g·d, m)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Each key/value head is the first of its group.</summary>
    public static Tensor FirstHead(Tensor weight, int heads, int groups) => Pick(weight, heads, groups, new long[groups]);

    /// <summary>Draws one member of each group uniformly. One draw serves keys and values, which belong together.</summary>
    /// <param name="heads">Query heads h.</param>
    /// <param name="groups">Key/value heads G.</param>
    /// <param name="random">The generator drawn from; null is the global one.</param>
    /// <returns>For each group a number in [0, h/G).</returns>
    public static long[] DrawMembers(int heads, int groups, Generator? random = null)
    {
        using var drawn = randint(0, heads / groups, [groups], dtype: ScalarType.Int64, generator: random);
        return drawn.data<long>().ToArray();
    }

    /// <summary>Each key/value head is one of its group.</summary>
    /// <param name="weight">[h·d, m].</param>
    /// <param name="heads">Query heads h.</param>
    /// <param name="groups">Key/value heads G.</param>
    /// <param name="members">Which of each group's heads, in [0, h/G).</param>
    public static Tensor Pick(Tensor weight, int heads, int groups, long[] members)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var grouped = Grouped(weight, heads, groups);                                                     // (g, h/g, d, m)
        return cat([.. Enumerable.Range(0, groups).Select(g => grouped.select(0, g).select(0, members[g]))], 0)   // (g·d, m)
            .MoveToOuterDisposeScope();
    }

    private static Tensor Grouped(Tensor weight, int heads, int groups)
    {
        if (groups < 1 || heads % groups != 0)
        {
            throw new UserException($"{heads} heads cannot be split into {groups} equal groups.");
        }

        if (weight.size(0) % heads != 0)
        {
            throw new UserException($"a projection of {weight.size(0)} rows cannot be split into {heads} heads.");
        }

        return weight.view(groups, heads / groups, weight.size(0) / heads, weight.size(1));              // (g, h/g, d, m)
    }
}
