namespace Wgqa;

/// <summary>The shape of one attention block of a model.</summary>
/// <param name="ModelDim">Width m of the residual stream (d_model).</param>
/// <param name="Heads">Query heads h.</param>
/// <param name="HeadDim">Width d of one head (d_kv); h·d need not equal m.</param>
public sealed record AttentionShape(int ModelDim, int Heads, int HeadDim)
{
    /// <summary>Probability with which an attention weight is dropped in training.</summary>
    public double Dropout { get; init; }
}
