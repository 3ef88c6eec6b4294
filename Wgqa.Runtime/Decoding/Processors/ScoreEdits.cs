using TorchSharp;
using Wgqa.Data;
using static TorchSharp.torch;

namespace Wgqa.Decoding.Processors;

/// <summary>The elements of a [rows, V] score matrix that a rule touches, gathered on the host and applied in one operation.</summary>
internal sealed class ScoreEdits(long vocabularySize)
{
    private readonly List<long> _positions = [];

    /// <summary>Marks the score of <paramref name="token"/> in <paramref name="row"/>.</summary>
    public void Mark(int row, int token) => _positions.Add((row * vocabularySize) + token);

    /// <summary>Makes every marked score −∞.</summary>
    public void Ban(Tensor scores)
    {
        if (_positions.Count > 0)
        {
            using var scope = NewDisposeScope();
            scores.view(-1).index_fill_(0, Positions(scores.device), float.NegativeInfinity);
        }
    }

    /// <summary>Divides every marked score above 0, and multiplies every other, by <paramref name="penalty"/>. No score may be marked twice.</summary>
    public void Penalize(Tensor scores, double penalty)
    {
        if (_positions.Count > 0)
        {
            using var scope = NewDisposeScope();
            var flat = scores.view(-1);
            var positions = Positions(scores.device);
            var marked = flat.index_select(0, positions);
            using Scalar zero = 0, factor = penalty;
            var penalized = where(marked.lt(zero), marked.mul(factor), marked.div(factor));
            flat.index_copy_(0, positions, penalized);
        }
    }

    private Tensor Positions(Device device) => tensor(_positions.ToArray(), dtype: ScalarType.Int64).Sent(device);
}
