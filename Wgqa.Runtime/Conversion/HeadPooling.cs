using Wgqa.Attention;
using static TorchSharp.torch;

namespace Wgqa.Conversion;

/// <summary>
/// Merging the heads of a projection [h·d, m] into [G·d, m], one for each group of a head map (GQA, section 2.1). A group
/// without heads becomes zero. Results are the caller's to dispose.
/// </summary>
public static class HeadPooling
{
    /// <summary>Each key/value head is the mean of its group.</summary>
    public static Tensor Average(Tensor weight, HeadMap map)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        return map.MeanOfGroups(Heads(weight, map)).flatten(0, 1)       // (g·d, m)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Each key/value head is the first of its group.</summary>
    public static Tensor FirstHead(Tensor weight, HeadMap map) => Pick(weight, map, new long[map.Groups]);

    /// <summary>Draws one member of each group uniformly. A head's key and value belong together: one draw serves both where they share a map.</summary>
    /// <param name="map">The groups.</param>
    /// <param name="random">The generator drawn from; null is the global one.</param>
    /// <returns>For each group the place of a head among its members, from 0; also 0 for a group without any.</returns>
    public static long[] DrawMembers(HeadMap map, Generator? random = null) =>
        [.. map.Sizes.Select(size =>
        {
            using var drawn = randint(0, Math.Max(size, 1), [1L], dtype: ScalarType.Int64, generator: random);
            return drawn.item<long>();
        })];

    /// <summary>One draw of members for the keys and one for the values: the same where both have the same map.</summary>
    /// <inheritdoc cref="DrawMembers(HeadMap, Generator?)"/>
    public static (long[] Key, long[] Value) DrawMembers(HeadMaps maps, Generator? random = null)
    {
        var key = DrawMembers(maps.Key, random);
        return (key, maps.Key.Equals(maps.Value) ? key : DrawMembers(maps.Value, random));
    }

    /// <summary>Each key/value head is one of its group.</summary>
    /// <param name="weight">[h·d, m].</param>
    /// <param name="map">The groups.</param>
    /// <param name="members">The place of each group's head among its members.</param>
    public static Tensor Pick(Tensor weight, HeadMap map, long[] members)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var heads = Heads(weight, map);                                 // (h, d, m)
        return cat([.. members.Select((member, group) => map.Members(group) is { Count: > 0 } of ? heads[of[(int)member]] : zeros_like(heads[0]))], 0)
            .MoveToOuterDisposeScope();                                 // (g·d, m)
    }

    private static Tensor Heads(Tensor weight, HeadMap map) => weight.size(0) % map.Heads == 0
        ? weight.view(map.Heads, -1, weight.size(1))                    // (h, d, m)
        : throw new UserException($"a projection of {weight.size(0)} rows cannot be split into {map.Heads} heads.");
}
