using Wgqa.Decoding;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>A T5 without a cache: every step runs the whole decoder over every token so far.</summary>
internal sealed class RecomputingSession(T5 model, Tensor inputIds, Tensor mask) : IDecodingSession
{
    private Tensor _encoded = model.Encode(inputIds, mask);
    private Tensor _mask = mask.alias();
    private Tensor? _tokens;

    public Device Device => inputIds.device;

    public long VocabularySize => model.Config.VocabSize;

    public Tensor Step(Tensor tokens)
    {
        using var before = _tokens;
        _tokens = (before is null ? tokens.alias() : cat([before, tokens], 1)).DetachFromDisposeScope();
        using var logits = model.Decode(_tokens, _encoded, _mask);
        using var last = logits.select(1, -1);
        return last.contiguous();
    }

    public void Reorder(ReadOnlySpan<int> rows)
    {
        using var order = tensor([.. rows.ToArray().Select(row => (long)row)], dtype: ScalarType.Int64, device: Device);
        using (var encoded = _encoded)
        using (var masked = _mask)
        using (var tokens = _tokens!)
        {
            (_encoded, _mask, _tokens) = (Pick(encoded), Pick(masked), Pick(tokens));
        }

        Tensor Pick(Tensor tensor) => tensor.index_select(0, order).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        _encoded.Dispose();
        _mask.Dispose();
        _tokens?.Dispose();
    }
}
