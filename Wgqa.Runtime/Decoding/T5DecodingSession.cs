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
    {
        using var inference = inference_mode();
        (_model, Device, _inputs) = (model, inputIds.device, (int)inputIds.size(0));
        _encoded = model.Encode(inputIds, attentionMask).DetachFromDisposeScope();
        _mask = attentionMask is null || HidesNothing(attentionMask) ? null : attentionMask.alias().DetachFromDisposeScope();
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
        using var logits = _model.DecodeLast(tokens, _encoded, _mask, _cache);   // (rows, 1, V)
        return logits.view(logits.size(0), -1);                                  // (rows, V)
    }

    /// <inheritdoc/>
    public void Reorder(ReadOnlySpan<int> rows)
    {
        using var inference = inference_mode();
        int[] order = [.. rows];
        if (!IsIdentity(order, _inputs * _beams))
        {
            using var index = Index(order);
            _cache.Reorder(index, sameMemory: true);
        }

        var (inputs, beams) = InputsOf(order);
        if (!IsIdentity(inputs, _inputs))
        {
            using var index = Index(inputs);
            _cache.ReorderMemory(index);
            _encoded = Pick(_encoded, index);
            _mask = _mask is null ? null : Pick(_mask, index);
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

    /// <summary>The input of each run of rows that share one, and the runs' length; where lengths differ, each row has an input to itself.</summary>
    private (int[] Inputs, int Beams) InputsOf(int[] rows)
    {
        int[] ofRow = Array.ConvertAll(rows, row => row / _beams);
        var starts = Enumerable.Range(0, ofRow.Length).Where(row => row == 0 || ofRow[row] != ofRow[row - 1]).ToArray();
        var run = starts.Length > 1 ? starts[1] : ofRow.Length;
        return starts.Select((start, i) => start == i * run).All(even => even) && starts.Length * run == ofRow.Length
            ? ([.. starts.Select(start => ofRow[start])], run)
            : (ofRow, 1);
    }

    private Tensor Index(int[] rows) => tensor(Array.ConvertAll(rows, row => (long)row), dtype: ScalarType.Int64, device: Device);

    private static Tensor Pick(Tensor held, Tensor rows)
    {
        using var before = held;
        return held.index_select(0, rows).DetachFromDisposeScope();
    }

    private static bool HidesNothing(Tensor mask)
    {
        using var hidden = mask.eq(0);
        using var any = hidden.any();
        return !any.item<bool>();
    }

    private static bool IsIdentity(int[] rows, int count) => rows.AsSpan().SequenceEqual(Enumerable.Range(0, count).ToArray());
}
