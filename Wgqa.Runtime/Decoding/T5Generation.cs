using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>Generation with a T5.</summary>
public static class T5Generation
{
    /// <summary>The defaults, with a configuration's special tokens.</summary>
    public static GenerationOptions DefaultOptions(T5Config config) => new()
    {
        PadTokenId = config.PadTokenId,
        DecoderStartTokenId = config.DecoderStartTokenId,
        EosTokenIds = [config.EosTokenId],
    };

    /// <summary>Decodes a batch of inputs. The model runs in evaluation mode and is left in the mode it was in.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputIds">[b, s] int64, on the model's device.</param>
    /// <param name="options">How to search.</param>
    /// <param name="attentionMask">[b, s]; null, as in Hugging Face's <c>generate</c>, masks the padding ids of <paramref name="inputIds"/>.</param>
    /// <exception cref="UserException">The options contradict themselves or the model.</exception>
    public static GeneratedSequences Generate(this T5 model, Tensor inputIds, GenerationOptions options, Tensor? attentionMask = null)
    {
        options.Validate(promptLength: 1);
        options.ValidateTokens(model.Config.VocabSize);
        var training = model.training;
        model.train(false);
        try
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            var mask = attentionMask ?? (options.EosTokenIds.Contains(options.PadTokenId) ? null : inputIds.ne(options.PadTokenId).to_type(ScalarType.Int64));
            using var session = new T5DecodingSession(model, inputIds, mask, options.MaxLengthAfter(1));
            int[][] prompts = [.. Enumerable.Repeat((int[])[options.DecoderStartTokenId], (int)inputIds.size(0))];
            return SequenceDecoder.Decode(session, prompts, options);
        }
        finally
        {
            model.train(training);
        }
    }
}
