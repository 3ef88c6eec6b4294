using TorchSharp;
using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Sweeps;

/// <summary>How far one block's merged key (or value) projection lies from mean pooling: a point of the WGQA paper's Figure 2.</summary>
internal sealed record MergedWeights
{
    /// <summary>Where the block stands.</summary>
    public required Sites Site { get; init; }

    /// <summary>Its place in the stack, from 0.</summary>
    public required int Layer { get; init; }

    /// <summary><c>key</c> or <c>value</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// The mean of |W − P| over all G·d·m elements, W being the trained model's merged projection and P the mean of the same trained heads in each
    /// group: what learned merge weights have changed, and nothing else. 0 where heads are merged by their mean while training; null where no heads are left to pool
    /// (merged once, at conversion).
    /// </summary>
    public double? MeanAbsoluteDifference { get; init; }

    /// <summary>The same for each of the G merged heads.</summary>
    public IReadOnlyList<double>? PerHead { get; init; }

    /// <summary>
    /// The mean of |W − P₀|, P₀ being the mean of the multi-head checkpoint's heads in each group: what all of fine-tuning has changed, for variants without merge
    /// weights too. Null where the checkpoint's heads were rotated before they were merged.
    /// </summary>
    public double? FromCheckpoint { get; init; }

    /// <summary>The same for each of the G merged heads.</summary>
    public IReadOnlyList<double>? FromCheckpointPerHead { get; init; }

    /// <summary>The mean of |W|: the scale of both differences.</summary>
    public required double MeanAbsoluteWeight { get; init; }

    /// <summary>Measures every block that the model's variant replaces.</summary>
    /// <param name="trained">The fine-tuned variant, not folded.</param>
    /// <param name="multiHead">The model that it was converted from.</param>
    public static IReadOnlyList<MergedWeights> Measure(T5 trained, T5 multiHead)
    {
        using var frozen = no_grad();
        var sites = trained.Config.Grouping!.Sites;
        var (weights, before) = (trained.state_dict(), multiHead.state_dict());
        var rotated = trained.Variant?.Info.Alignment is not null;
        var measured = new List<MergedWeights>();
        foreach (var (site, layer, name, attention) in trained.Attentions.Where(block => sites.HasFlag(block.Site)))
        {
            foreach (var kind in new[] { "key", "value" })
            {
                using var scope = NewDisposeScope();
                var map = kind == "key" ? attention.Maps.Key : attention.Maps.Value;
                var merged = (kind == "key" ? attention.FoldKey() : attention.FoldValue()).cpu();   // (g·d, m)
                var heads = weights[$"{name}.{kind[0]}.weight"].cpu();                              // (h·d, m), or (g·d, m) where merged once
                var holdsHeads = heads.size(0) == (long)map.Heads * attention.Shape.HeadDim;
                var learned = holdsHeads ? Difference(merged, HeadPooling.Average(heads, map), map) : null;
                var drifted = rotated ? null : Difference(merged, HeadPooling.Average(before[$"{name}.{kind[0]}.weight"].cpu(), map), map);
                measured.Add(new()
                {
                    Site = site,
                    Layer = layer,
                    Kind = kind,
                    MeanAbsoluteDifference = learned?.Average(),
                    PerHead = learned,
                    FromCheckpoint = drifted?.Average(),
                    FromCheckpointPerHead = drifted,
                    MeanAbsoluteWeight = merged.abs().mean().ToDouble(),
                });
            }
        }

        return measured;
    }

    // The mean absolute difference of each merged head; heads are equally large, so their average is the projection's.
    private static double[] Difference(Tensor merged, Tensor pooled, HeadMap map)
    {
        using var scope = NewDisposeScope();
        var each = (merged - pooled).abs().to_type(ScalarType.Float64).view(map.Groups, -1).mean([1L]);   // (g)
        return each.data<double>().ToArray();
    }
}
