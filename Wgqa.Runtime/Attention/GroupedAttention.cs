using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>The arithmetic that every grouped attention shares, whatever wrote its key and value projections.</summary>
public static class GroupedAttention
{
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
        using var projected = nn.functional.linear(source, weight);   // (b, s, g·d)
        return SplitHeads(projected, groups);                         // (b, g, s, d)
    }

    /// <summary>
    /// softmax(q·kᵀ + bias)·v with each key/value head serving h/g consecutive query heads, and no key or value ever
    /// repeated: the query heads of a group become rows of one matrix product. Scores are not scaled by 1/√d (T5).
    /// </summary>
    /// <param name="q">[b, t, h·d].</param>
    /// <param name="k">[b, g, s, d].</param>
    /// <param name="v">[b, g, s, d].</param>
    /// <param name="bias">Added to the scores, broadcastable to [b, h, t, s]; or null.</param>
    /// <param name="heads">Query heads h.</param>
    /// <param name="dropout">Applied to the attention probabilities.</param>
    /// <returns>[b, t, h·d], the caller's to dispose.</returns>
    public static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? bias, int heads, Dropout dropout)
    {
        using var scope = NewDisposeScope();
        var (b, t, width) = (q.size(0), q.size(1), q.size(2));
        var (g, s, d) = (k.size(1), k.size(2), k.size(3));
        var n = heads / g;

        var rows = q.view(b, t, g, n, d).permute(0, 2, 3, 1, 4).reshape(b, g, n * t, d);      // (b, g, n·t, d)
        var scores = rows.matmul(k.transpose(2, 3)).view(b, heads, t, s);                     // (b, h, t, s)
        var probabilities = Probabilities(scores, bias, dropout);                             // (b, h, t, s)
        return probabilities.view(b, g, n * t, s).matmul(v)                                   // (b, g, n·t, d)
            .view(b, heads, t, d).transpose(1, 2).reshape(b, t, width)                        // (b, t, h·d)
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
        var biased = bias is null ? scores : scores.add(bias);
        return dropout.forward(biased.softmax(-1, precision).to_type(scores.dtype)).MoveToOuterDisposeScope();
    }
}
