using Wgqa.Attention;
using static TorchSharp.torch;

namespace Wgqa.Conversion;

/// <summary>The way back from grouped projections to multi-head ones.</summary>
public static class HeadRepetition
{
    /// <summary>
    /// Each of G key/value heads once for every query head that it serves: [G·d, m] as [h·d, m]. Query head i then meets the
    /// same keys and values as in the grouped block. The caller disposes the result.
    /// </summary>
    public static Tensor Repeat(Tensor weight, HeadMap map)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        return map.Repeat(weight.view(map.Groups, -1, weight.size(1)))  // (h, d, m)
            .flatten(0, 1)                                              // (h·d, m)
            .MoveToOuterDisposeScope();
    }
}
