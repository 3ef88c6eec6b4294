using TorchSharp;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>
/// A T5 decoding a batch: the encoder has run once, each block's cross-attention keys and values are computed and held
/// once per input however many beams it has, and each step computes one token a row.
/// </summary>
public sealed class T5DecodingSession : IDecodingSession
{
    private readonly T5 _model;
    private readonly DecoderCache _cache;
    private Tensor _encoded;   // [inputs, s, m]
    private Tensor? _mask;     // [inputs, s]; null where there is no padding
    private int _inputs;
    private int _beams = 1;    // rows are input after input, beam after beam

    /// <summary>Encodes the inputs.</summary>
    /// <param name="model">The model, in evaluation mode; it stays the caller's.</param>
    /// <param name="inputIds">[b, s] int64, on the model's device.</param>
    /// <param name="attentionMask">[b, s]: 1 where a token is, 0 where padding is; null sees padding too.</param>
    /// <param name="capacity">The longest sequence to decode, start token included.</param>
    public T5DecodingSession(T5 model, Tensor inputIds, Tensor? attentionMask, int capacity)
        : this(model, capacity, Encode(model, inputIds, attentionMask), attentionMask)
    {
    }

    private T5DecodingSession(T5 model, int capacity, Tensor encoded, Tensor? attentionMask)
    {
        using var inference = inference_mode();
        (_model, Device, _inputs) = (model, encoded.device, (int)encoded.size(0));
        _encoded = encoded;
        _mask = attentionMask is null || HidesNothing(attentionMask) ? null : attentionMask.alias().DetachFromDisposeScope();
        _cache = model.NewCache(capacity);
    }

    /// <summary>A session over inputs that have been encoded, [b, s, m], the caller's still.</summary>
    internal static T5DecodingSession Over(T5 model, Tensor encoded, Tensor? attentionMask, int capacity) => new(model, capacity, encoded.alias().DetachFromDisposeScope(), attentionMask);

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public long VocabularySize => _model.Config.VocabSize;

    /// <inheritdoc/>
    public Tensor Step(Tensor tokens)
    {
        using var inference = inference_mode();
        using var logits = _model.DecodeLast(tokens, _encoded, _mask, _cache);   // (rows, 1, V)
        return logits.view(logits.size(0), -1);                                  // (rows, V)
    }

    /// <inheritdoc/>
    public void Reorder(ReadOnlySpan<int> rows)
    {
        using var inference = inference_mode();
        int[] order = [.. rows];
        if (!RowLayout.IsIdentity(order, _inputs * _beams))
        {
            using var index = RowLayout.Index(order, Device);
            _cache.Reorder(index, sameMemory: true);
        }

        var (inputs, beams) = RowLayout.InputsOf(order, _beams);
        if (!RowLayout.IsIdentity(inputs, _inputs))
        {
            using var index = RowLayout.Index(inputs, Device);
            _cache.ReorderMemory(index);
            _encoded = RowLayout.Pick(_encoded, index);
            _mask = _mask is null ? null : RowLayout.Pick(_mask, index);
        }

        (_inputs, _beams) = (inputs.Length, beams);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache.Dispose();
        _encoded.Dispose();
        _mask?.Dispose();
        _mask = null;
    }

    private static Tensor Encode(T5 model, Tensor inputIds, Tensor? attentionMask)
    {
        using var inference = inference_mode();
        return model.Encode(inputIds, attentionMask).DetachFromDisposeScope();
    }

    /// <summary>Whether a mask is 1 everywhere: it need not be looked at then.</summary>
    internal static bool HidesNothing(Tensor mask)
    {
        using Scalar none = 0;
        using var hidden = mask.eq(none);
        using var any = hidden.any();
        return !any.item<bool>();
    }
}
