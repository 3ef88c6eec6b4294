using static TorchSharp.torch;

namespace Wgqa.Conversion;

/// <summary>The way back from grouped projections to multi-head ones.</summary>
public static class HeadRepetition
{
    /// <summary>
    /// Each of G key/value heads h/G times in a row: [G·d, m] as [h·d, m]. Query head i then meets the same keys and values as
    /// in the grouped block, where it is served by head ⌊i·G/h⌋. The caller disposes the result.
    /// </summary>
    public static Tensor Repeat(Tensor weight, int groups, int heads)
    {
        if (groups < 1 || heads % groups != 0)
        {
            throw new UserException($"{heads} heads cannot be split into {groups} equal groups.");
        }

        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var (d, m) = (weight.size(0) / groups, weight.size(1));
        return weight.view(groups, 1, d, m)                     // (g, 1, d, m)
            .expand(groups, heads / groups, d, m)               // (g, h/g, d, m)
            .reshape(heads * d, m)                              // (h·d, m)
            .MoveToOuterDisposeScope();
    }
}
