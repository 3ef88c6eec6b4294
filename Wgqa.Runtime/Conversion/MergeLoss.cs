using Wgqa.Attention;

namespace Wgqa.Conversion;

/// <summary>
/// What replacing each head by the mean of its group loses: Σ ‖W_i − mean‖²_C over all heads as a part of Σ ‖W_i‖²_C, from 0 (the heads of each group
/// are equal) to 1. C is the block's <see cref="AttentionProjections.InputCovariance"/>, or without one the identity.
/// </summary>
/// <param name="Key">The part of the key projection lost.</param>
/// <param name="Value">The part of the value projection lost.</param>
public sealed record MergeLoss(double Key, double Value)
{
    /// <summary>The loss of merging a block's heads by <paramref name="maps"/>, without turning them first (see <see cref="HeadAlignment"/>).</summary>
    /// <param name="source">Multi-head projections, which stay the caller's.</param>
    /// <param name="maps">Which heads are merged into one key head, and which into one value head.</param>
    /// <exception cref="UserException">The projections do not have the maps' heads, or hold a number that is not finite.</exception>
    public static MergeLoss Of(AttentionProjections source, HeadMaps maps)
    {
        using var keys = HeadGram.Of(source.Key, source.InputCovariance, maps.Key.Heads);
        using var values = HeadGram.Of(source.Value, source.InputCovariance, maps.Value.Heads);
        return new(Part(keys, maps.Key), Part(values, maps.Value));
    }

    private static double Part(HeadGram gram, HeadMap map) =>
        gram.Energy == 0 ? 0 : Math.Clamp(1 - (HeadPartition.Kept(gram.Similarities(), map.GroupOf) / gram.Energy), 0, 1);
}
