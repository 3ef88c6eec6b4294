using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// An attention block with h query heads over G key/value heads. Implementations are TorchSharp modules whose registered
/// names are Hugging Face T5's: <c>q</c>, <c>k</c>, <c>v</c>, <c>o</c>, <c>relative_attention_bias</c>.
/// </summary>
public interface IGroupedAttention : IDisposable
{
    /// <summary>The block's shape.</summary>
    AttentionShape Shape { get; }

    /// <summary>Which key head and which value head serves each query head.</summary>
    HeadMaps Maps { get; }

    /// <summary>The stack's relative position bias, in the block that owns it; else null.</summary>
    RelativePositionBias? PositionBias { get; }

    /// <summary>Attends from <paramref name="x"/> to <paramref name="memory"/>, or to <paramref name="x"/> itself.</summary>
    /// <param name="x">[b, t, m].</param>
    /// <param name="memory">[b, s, m]; null for self-attention.</param>
    /// <param name="bias">Added to the scores before the softmax: position bias and mask, broadcastable to [b, h, t, s]; or null.</param>
    /// <param name="cache">Keys and values of earlier tokens (self) or of the memory (cross) while decoding; or null.</param>
    /// <returns>[b, t, m], the caller's to dispose.</returns>
    Tensor forward(Tensor x, Tensor? memory, Tensor? bias, KeyValueCache? cache);

    /// <summary>The key projection with everything learned folded in, [Gk·d, m] for Gk key heads: differentiable, and what <see cref="forward"/> uses. The caller disposes it.</summary>
    Tensor FoldKey();

    /// <summary>The value projection with everything learned folded in, [Gv·d, m] for Gv value heads: differentiable, and what <see cref="forward"/> uses. The caller disposes it.</summary>
    Tensor FoldValue();

    /// <summary>Takes over a trained multi-head block of the same shape; merge weights keep their initial values.</summary>
    /// <param name="source">Multi-head projections (keys and values [h·d, m]), which stay the caller's.</param>
    /// <param name="random">Where <see cref="Pooling.RandomHead"/> draws from; null is the global generator.</param>
    /// <exception cref="UserException">A projection's shape is not this block's.</exception>
    void LoadMultiHead(AttentionProjections source, Generator? random = null);

    /// <summary>The projections of the plain grouped-query block that computes the same function with <see cref="Maps"/>: keys [Gk·d, m], values [Gv·d, m]. Copies, the caller's to dispose.</summary>
    /// <exception cref="UserException">No plain grouped-query block computes it.</exception>
    AttentionProjections Fold();
}
