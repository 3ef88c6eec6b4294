using Wgqa.Attention;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Conversion;

/// <summary>
/// Reordering the heads of a multi-head model without changing what it computes: rows of Q, K and V, columns of O, and in
/// self-attention the columns of the relative position bias, which all blocks of a stack share.
/// </summary>
public static class HeadPermutation
{
    /// <summary>The same block with head i being what head <paramref name="order"/>[i] was: new tensors, the caller's to dispose.</summary>
    /// <param name="source">Multi-head projections.</param>
    /// <param name="order">[h] int64, a permutation of 0 … h − 1.</param>
    public static AttentionProjections Apply(AttentionProjections source, Tensor order)
    {
        using var frozen = no_grad();
        return new(Rows(source.Query, order), Rows(source.Key, order), Rows(source.Value, order), Columns(source.Output, order))
        {
            InputCovariance = source.InputCovariance?.alias(),
        };
    }

    /// <summary>Draws new orders and applies them in place: one for each stack's self-attention, one for each block's cross-attention.</summary>
    /// <param name="model">A multi-head model.</param>
    /// <param name="random">The generator drawn from; null is the global one.</param>
    /// <exception cref="UserException">The model's key/value heads are grouped.</exception>
    public static void Shuffle(T5 model, Generator? random = null)
    {
        if (model.Config.Grouping is { } grouping)
        {
            throw new UserException($"only multi-head models can have their heads reordered, and this one has {grouping.KeyValueHeads}.");
        }

        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var stacks = new Dictionary<Sites, Tensor>();
        foreach (var (site, _, _, attention) in model.Attentions)
        {
            if (site == Sites.DecoderCross || !stacks.TryGetValue(site, out var order))
            {
                order = stacks[site] = randperm(model.Config.Heads, ScalarType.Int64, generator: random).to(model.parameters().First().device);
            }

            using var before = attention.Fold();
            using var after = Apply(before, order);
            ((GroupedQueryAttention)attention).LoadGrouped(after);
            if (attention.PositionBias is { } bias)
            {
                var weight = bias.get_parameter("weight")!;
                weight.copy_(weight.index_select(1, order));    // (buckets, h)
            }
        }
    }

    private static Tensor Rows(Tensor weight, Tensor order)
    {
        using var scope = NewDisposeScope();
        return weight.view(order.size(0), -1, weight.size(1))   // (h, d, m)
            .index_select(0, order).view(weight.shape)          // (h·d, m)
            .MoveToOuterDisposeScope();
    }

    private static Tensor Columns(Tensor weight, Tensor order)
    {
        using var scope = NewDisposeScope();
        return weight.view(weight.size(0), order.size(0), -1)   // (m, h, d)
            .index_select(1, order).view(weight.shape)          // (m, h·d)
            .MoveToOuterDisposeScope();
    }
}
