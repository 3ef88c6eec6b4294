using System.Collections.Concurrent;
using Wgqa.Kernels;
using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>The arithmetic that every grouped attention shares, whatever wrote its key and value projections.</summary>
public static class GroupedAttention
{
    // Made once: a decoding step is too short to make maps in each of its blocks.
    private static readonly ConcurrentDictionary<(int Heads, int Groups), HeadMaps> Neighbours = new();

    /// <summary>The heads of a projection: [b, s, g·d] as [b, g, s, d], a view the caller disposes.</summary>
    public static Tensor SplitHeads(Tensor projected, int groups)
    {
        using var scope = NewDisposeScope();
        return projected
            .view(projected.size(0), projected.size(1), groups, projected.size(2) / groups)   // (b, s, g, d)
            .transpose(1, 2)                                                                  // (b, g, s, d)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Projects and splits: [b, s, m] with a weight [g·d, m] as [b, g, s, d], the caller's to dispose.</summary>
    public static Tensor Project(Tensor source, Tensor weight, int groups)
    {
        using var projected = LinearMap.Apply(source, weight);        // (b, s, g·d)
        return SplitHeads(projected, groups);                         // (b, g, s, d)
    }

    /// <summary><see cref="Attend(Tensor, Tensor, Tensor, Tensor?, HeadMaps, Dropout)"/> with each key/value head serving h/g consecutive query heads.</summary>
    /// <param name="q">[b, t, h·d].</param>
    /// <param name="k">[b, g, s, d].</param>
    /// <param name="v">[b, g, s, d].</param>
    /// <param name="bias">Added to the scores, broadcastable to [b, h, t, s]; or null.</param>
    /// <param name="heads">Query heads h.</param>
    /// <param name="dropout">Applied to the attention probabilities.</param>
    /// <returns>[b, t, h·d], the caller's to dispose.</returns>
    public static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? bias, int heads, Dropout dropout) =>
        Attend(q, k, v, bias, Neighbours.GetOrAdd((heads, (int)k.size(1)), static of => HeadMaps.Same(HeadMap.Contiguous(of.Heads, of.Groups))), dropout);

    /// <summary>
    /// softmax(q·kᵀ + bias)·v with each query head served by the key head and the value head that its maps name, and no key or
    /// value ever repeated: the query heads of a group become rows of one matrix product. Scores are not scaled by 1/√d (T5).
    /// </summary>
    /// <param name="q">[b, t, h·d].</param>
    /// <param name="k">[b, Gk, s, d].</param>
    /// <param name="v">[b, Gv, s, d].</param>
    /// <param name="bias">Added to the scores, broadcastable to [b, h, t, s]; or null.</param>
    /// <param name="maps">h query heads over Gk key heads and Gv value heads.</param>
    /// <param name="dropout">Applied to the attention probabilities.</param>
    /// <returns>[b, t, h·d], the caller's to dispose.</returns>
    public static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? bias, HeadMaps maps, Dropout dropout) => Attend(q, k, v, bias, null, maps, dropout);

    /// <summary>As above, with the padding of each row of the batch apart from a bias that all rows share: their sum is not made where a kernel adds both.</summary>
    /// <param name="q">[b, t, h·d].</param>
    /// <param name="k">[b, Gk, s, d].</param>
    /// <param name="v">[b, Gv, s, d].</param>
    /// <param name="bias">Added to the scores, broadcastable to [b, h, t, s]; or null.</param>
    /// <param name="padding">[b, 1, 1, s], likewise; or null.</param>
    /// <param name="maps">h query heads over Gk key heads and Gv value heads.</param>
    /// <param name="dropout">Applied to the attention probabilities.</param>
    /// <returns>[b, t, h·d], the caller's to dispose.</returns>
    internal static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? bias, Tensor? padding, HeadMaps maps, Dropout dropout)
    {
        // What computes all of it at once comes first: our kernels, for training and for decoding, then libtorch's. Operators take the rest.
        if (maps.ArePlain && dropout.KernelProbability is { } probability && NativeKernels.Attend(q, k, v, bias, padding, maps.Key.Heads, probability) is { } fused)
        {
            return fused;
        }

        if (!dropout.training && DecodingKernels.Attend(q, k, v, bias, maps) is { } few)
        {
            return few;
        }

        using var scope = NewDisposeScope();
        bias = bias is null || padding is null ? bias ?? padding : bias.Plus(padding);
        if (maps.ArePlain && dropout.KernelProbability is { } dropped && FusedAttention.Attend(q, k, v, bias, maps.Key.Heads, dropped) is { } attended)
        {
            return attended.MoveToOuterDisposeScope();
        }

        var (b, t, width, h) = (q.size(0), q.size(1), q.size(2), maps.Key.Heads);
        var (key, value) = (maps.Key, maps.Value);

        // Heads lie by key group for the scores and by value group for the rest; where these differ, the scores or their softmax move.
        var rows = key.ByGroup.Apply(q.view(b, t, h, width / h).transpose(1, 2), 1);          // (b, h, t, d)
        var scores = Multiply(rows, k.transpose(2, 3), key);                                  // (b, h, t, s)
        var order = key.ByGroup;
        if (value.IsContiguous)
        {
            (scores, order) = (Move(scores, order, value.ByGroup), value.ByGroup);            // before the bias: no need to move that too
        }

        var placed = bias is null || bias.dim() < 3 || bias.size(-3) == 1 ? bias : order.Apply(bias, bias.dim() - 3);
        var probabilities = Move(Probabilities(scores, placed, dropout), order, value.ByGroup);   // (b, h, t, s)
        var y = Multiply(probabilities, v, value);                                            // (b, h, t, d)
        return value.ByHead.Apply(y.transpose(1, 2), 2).reshape(b, t, width)                  // (b, t, h·d)
            .MoveToOuterDisposeScope();
    }

    /// <summary>dropout(softmax(scores + bias)) over the keys, in the scores' element type.</summary>
    /// <param name="scores">[b, h, t, s].</param>
    /// <param name="bias">Broadcastable to the scores; or null.</param>
    /// <param name="dropout">Applied to the probabilities.</param>
    /// <returns>[b, h, t, s], the caller's to dispose.</returns>
    internal static Tensor Probabilities(Tensor scores, Tensor? bias, Dropout dropout)
    {
        using var scope = NewDisposeScope();
        // The softmax of 16-bit types is in float32, as in Hugging Face; float64 keeps its own.
        var precision = scores.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var biased = bias is null ? scores : scores.Plus(bias);
        return dropout.forward(biased.softmax(-1, precision).to_type(scores.dtype)).MoveToOuterDisposeScope();
    }

    private static Tensor Move(Tensor perHead, HeadOrder from, HeadOrder to) =>
        from == to || (from.IsIdentity && to.IsIdentity) ? perHead : from.To(to).Apply(perHead, 1);

    /// <summary>
    /// Each head's matrix times its group's, heads lying by group: (b, h, t, x) and (b, G, x, y) give (b, h, t, y). Equal groups in one batched
    /// product; others in one product each, which reads keys and values where they lie (several at once would first be copied together).
    /// </summary>
    private static Tensor Multiply(Tensor perHead, Tensor perGroup, HeadMap map)
    {
        var (b, h, t, x) = (perHead.size(0), perHead.size(1), perHead.size(2), perHead.size(3));
        if (map.IsEven)
        {
            return perHead.reshape(b, map.Groups, h / map.Groups * t, x).matmul(perGroup)   // (b, g, n·t, y)
                .view(b, h, t, -1);                                                         // (b, h, t, y)
        }

        var products = perHead.split(map.HeadsOfGroups, 1).Zip(perGroup.unbind(1))
            .Where(static each => each.First.size(1) > 0)
            .Select(each => each.First.reshape(b, -1, x).matmul(each.Second)                // (b, n·t, y)
                .view(b, each.First.size(1), t, -1));                                       // (b, n, t, y)
        return cat([.. products], 1);                                                       // (b, h, t, y)
    }
}
