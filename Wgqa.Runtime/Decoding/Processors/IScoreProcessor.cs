using static TorchSharp.torch;

namespace Wgqa.Decoding.Processors;

/// <summary>A rule on which tokens may come next, applied to scores before one is chosen.</summary>
internal interface IScoreProcessor
{
    /// <summary>Changes the scores in place.</summary>
    /// <param name="history">The rows so far.</param>
    /// <param name="scores">[rows, V] float32, contiguous: logits in greedy search, log-probabilities in beam search.</param>
    void Apply(TokenHistory history, Tensor scores);
}
