using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// Attention in which every query head blends all key/value heads with weights of its own: head i scores Σ_g E^K[i, g]·k_g and
/// sums up Σ_g E^V[i, g]·v_g. The cache still holds G heads. No grouped-query attention equals it, unless each row of E selects one head.
/// </summary>
public static class BlendedAttention
{
    /// <summary>The weights that select each query head's own key/value head, with which blending is grouped-query attention: [h, G] float32 of zeros and ones, the caller's to dispose.</summary>
    public static Tensor Selection(HeadMap map)
    {
        using var scope = NewDisposeScope();
        return eye(map.Groups).index_select(0, tensor(map.GroupOf.Select(static group => (long)group).ToArray())).MoveToOuterDisposeScope();
    }

    /// <summary>softmax(q·(E^K k)ᵀ + bias)·(E^V v). Scores are not scaled by 1/√d (T5).</summary>
    /// <param name="q">[b, t, h·d].</param>
    /// <param name="k">[b, Gk, s, d].</param>
    /// <param name="v">[b, Gv, s, d].</param>
    /// <param name="bias">Added to the scores, broadcastable to [b, h, t, s]; or null.</param>
    /// <param name="keyExpand">[h, Gk]; cast to the type of <paramref name="k"/>.</param>
    /// <param name="valueExpand">[h, Gv]; cast to the type of <paramref name="v"/>.</param>
    /// <param name="dropout">Applied to the attention probabilities.</param>
    /// <returns>[b, t, h·d], the caller's to dispose.</returns>
    public static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? bias, Tensor keyExpand, Tensor valueExpand, Dropout dropout)
    {
        using var scope = NewDisposeScope();
        (keyExpand, valueExpand) = (keyExpand.to_type(k.dtype), valueExpand.to_type(v.dtype));
        var (b, t, width, h) = (q.size(0), q.size(1), q.size(2), keyExpand.size(0));
        var heads = q.view(b, t, h, width / h).transpose(1, 2);                               // (b, h, t, d)
        var scores = ExpandsQueries(t, k.size(1), width / h)
            ? ScoresOfGroups(heads, k, keyExpand)
            : heads.matmul(Expanded(k, keyExpand).transpose(2, 3));                           // (b, h, t, s)
        var probabilities = GroupedAttention.Probabilities(scores, bias, dropout);            // (b, h, t, s)
        var attended = ExpandsQueries(t, v.size(1), width / h)
            ? SumsOfGroups(probabilities, v, valueExpand)
            : probabilities.matmul(Expanded(v, valueExpand));                                 // (b, h, t, d)
        return attended.transpose(1, 2).reshape(b, t, width).MoveToOuterDisposeScope();       // (b, t, h·d)
    }

    /// <summary>
    /// Whether each query head meets all G heads and the h·t·G·s products are blended, rather than the G heads being blended into
    /// h·s·d numbers that the query heads then meet. What is written is what it costs: measured on a CPU, both ways take about as long where t·G = d.
    /// </summary>
    internal static bool ExpandsQueries(long targets, long groups, long width) => targets * groups <= width;

    /// <summary>Σ_g E[i, g]·x_g for each query head i: [b, G, s, d] as [b, h, s, d].</summary>
    private static Tensor Expanded(Tensor x, Tensor expand)
    {
        var (b, g, s, d) = (x.size(0), x.size(1), x.size(2), x.size(3));
        return expand.matmul(x.reshape(b, g, s * d)).view(b, -1, s, d);                       // (b, h, s, d)
    }

    /// <summary>Σ_g E[i, g]·(q_i·k_g): [b, h, t, s].</summary>
    private static Tensor ScoresOfGroups(Tensor heads, Tensor k, Tensor expand)
    {
        var (b, h, t, d, g, s) = (heads.size(0), heads.size(1), heads.size(2), heads.size(3), k.size(1), k.size(2));
        var rows = heads.unsqueeze(1).mul(PerGroup(expand)).reshape(b, g, h * t, d);          // (b, g, h·t, d)
        return rows.matmul(k.transpose(2, 3)).sum(1L).view(b, h, t, s);                       // (b, h, t, s)
    }

    /// <summary>Σ_g E[i, g]·(p_i·v_g): [b, h, t, d].</summary>
    private static Tensor SumsOfGroups(Tensor probabilities, Tensor v, Tensor expand)
    {
        var (b, h, t, s, g, d) = (probabilities.size(0), probabilities.size(1), probabilities.size(2), probabilities.size(3), v.size(1), v.size(3));
        var rows = probabilities.reshape(b, 1, h * t, s);                                     // (b, 1, h·t, s)
        return rows.matmul(v).view(b, g, h, t, d).mul(PerGroup(expand)).sum(1L);              // (b, h, t, d)
    }

    /// <summary>[h, G] as [G, h, 1, 1].</summary>
    private static Tensor PerGroup(Tensor expand) => expand.transpose(0, 1).unsqueeze(-1).unsqueeze(-1);
}
