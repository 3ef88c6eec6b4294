using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>Greedy and beam search as Hugging Face's <c>generate</c> does them from release 4.35 on.</summary>
public static class SequenceDecoder
{
    /// <summary>Continues every prompt until it ends or reaches the maximum length.</summary>
    /// <param name="session">The model with its inputs, not yet stepped; the caller disposes it.</param>
    /// <param name="prompts">What each sequence starts from, equally long: for an encoder–decoder model the start token.</param>
    /// <param name="options">How to search.</param>
    /// <exception cref="UserException">The options contradict themselves or the model.</exception>
    public static GeneratedSequences Decode(IDecodingSession session, IReadOnlyList<int[]> prompts, GenerationOptions options)
    {
        if (prompts.Count == 0)
        {
            return new([], options.NumBeams > 1 ? [] : null);
        }

        options.Validate(prompts[0].Length);
        options.ValidateTokens(session.VocabularySize);
        using var inference = inference_mode();
        return options.NumBeams > 1 ? BeamSearch.Run(session, prompts, options) : GreedySearch.Run(session, prompts, options);
    }
}
