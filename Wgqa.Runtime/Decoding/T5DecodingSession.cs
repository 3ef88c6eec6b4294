using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>
/// A T5 decoding a batch: the encoder has run once, each block's cross-attention keys and values are computed once per
/// input however many beams follow, and each step computes one token a row.
/// </summary>
public sealed class T5DecodingSession : IDecodingSession
{
    private readonly T5 _model;
    private readonly DecoderCache _cache;
    private readonly Tensor _encoded;   // [b, s, m], read by the first step only
    private Tensor? _mask;              // [rows, s]; null where there is no padding
    private int[] _inputs;              // the input that each row decodes

    /// <summary>Encodes the inputs.</summary>
    /// <param name="model">The model, in evaluation mode; it stays the caller's.</param>
    /// <param name="inputIds">[b, s] int64, on the model's device.</param>
    /// <param name="attentionMask">[b, s]: 1 where a token is, 0 where padding is; null sees padding too.</param>
    /// <param name="capacity">The longest sequence to decode, start token included.</param>
    public T5DecodingSession(T5 model, Tensor inputIds, Tensor? attentionMask, int capacity)
    {
        using var inference = inference_mode();
        (_model, Device) = (model, inputIds.device);
        _inputs = [.. Enumerable.Range(0, (int)inputIds.size(0))];
        _encoded = model.Encode(inputIds, attentionMask).DetachFromDisposeScope();
        _mask = attentionMask?.alias().DetachFromDisposeScope();
        _cache = model.NewCache(capacity);
    }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public long VocabularySize => _model.Config.VocabSize;

    /// <inheritdoc/>
    public Tensor Step(Tensor tokens)
    {
        using var inference = inference_mode();
        using var logits = _model.Decode(tokens, _encoded, _mask, cache: _cache);   // (rows, t, V)
        using var last = logits.select(1, -1);                                      // (rows, V)
        return last.contiguous();
    }

    /// <inheritdoc/>
    public void Reorder(ReadOnlySpan<int> rows)
    {
        if (IsIdentity(rows, _inputs.Length))
        {
            return;
        }

        using var inference = inference_mode();
        using var order = tensor([.. rows.ToArray().Select(row => (long)row)], dtype: ScalarType.Int64, device: Device);
        _cache.Reorder(order);
        if (_mask is not null)
        {
            using var before = _mask;
            _mask = before.index_select(0, order).DetachFromDisposeScope();
        }

        _inputs = Array.ConvertAll(rows.ToArray(), row => _inputs[row]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache.Dispose();
        _encoded.Dispose();
        _mask?.Dispose();
        _mask = null;
    }

    private static bool IsIdentity(ReadOnlySpan<int> rows, int count)
    {
        var next = 0;
        while (next < rows.Length && rows[next] == next)
        {
            next++;
        }

        return next == rows.Length && next == count;
    }
}
