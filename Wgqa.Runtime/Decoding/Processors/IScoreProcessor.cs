using static TorchSharp.torch;

namespace Wgqa.Decoding.Processors;

/// <summary>A rule on which tokens may come next, applied to scores before one is chosen.</summary>
internal interface IScoreProcessor
{
    /// <summary>Changes the scores in place.</summary>
    /// <param name="history">The rows so far.</param>
    /// <param name="scores">[rows, V] float32, contiguous: logits in greedy search, log-probabilities in beam search.</param>
    void Apply(TokenHistory history, Tensor scores);

    /// <summary>
    /// Whether the rule changes scores of rows that are <paramref name="length"/> tokens long, for a rule that goes by length alone and leaves the same tokens possible in every row.
    /// Null for a rule that goes by the tokens.
    /// </summary>
    bool? AppliesAt(int length) => null;
}
