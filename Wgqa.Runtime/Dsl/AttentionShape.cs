using Wgqa.Attention;

namespace Wgqa;

/// <summary>The shape of one attention block of a model.</summary>
/// <param name="ModelDim">Width m of the residual stream (d_model).</param>
/// <param name="Heads">Query heads h.</param>
/// <param name="HeadDim">Width d of one head (d_kv); h·d need not equal m.</param>
public sealed record AttentionShape(int ModelDim, int Heads, int HeadDim)
{
    /// <summary>Probability with which an attention weight is dropped in training.</summary>
    public double Dropout { get; init; }

    /// <summary>The site in a model at which the block stands; 0 in no model.</summary>
    public Sites Site { get; init; }

    /// <summary>The block's place in its stack, counted from 0.</summary>
    public int Layer { get; init; }

    /// <summary>Head maps that something other than the declaration decided: found by a search, or frozen. Null: the declared ones.</summary>
    public HeadMaps? Maps { get; init; }
}
