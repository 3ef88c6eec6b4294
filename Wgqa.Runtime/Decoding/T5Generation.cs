using TorchSharp;
using Wgqa.Kernels;
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
    /// <param name="profile">Measures where the time goes.</param>
    /// <exception cref="UserException">The options contradict themselves or the model.</exception>
    public static GeneratedSequences Generate(this T5 model, Tensor inputIds, GenerationOptions options, Tensor? attentionMask = null, DecodingProfile? profile = null)
    {
        options.Validate(promptLength: 1);
        options.ValidateTokens(model.Config.VocabSize);
        var training = model.training;
        model.train(false);
        try
        {
            using var measured = profile?.Measure();
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            using Scalar padding = options.PadTokenId;
            var mask = attentionMask ?? (options.EosTokenIds.Contains(options.PadTokenId) ? null : inputIds.ne(padding).to_type(ScalarType.Int64));
            using var encoded = model.Encode(inputIds, mask);
            using var session = model.DecodeFrom(encoded, mask, options.MaxLengthAfter(1));
            profile?.Mark(DecodingPart.Encode);
            int[][] prompts = [.. Enumerable.Repeat((int[])[options.DecoderStartTokenId], (int)inputIds.size(0))];
            return SequenceDecoder.Decode(profile is null ? session : ProfiledSession.Over(session, profile), prompts, options);
        }
        finally
        {
            model.train(training);
        }
    }

    /// <summary>A session over inputs that have been encoded: on a GPU one whose steps are recorded and replayed, where there is something to record with.</summary>
    /// <param name="model">The model, in evaluation mode; it stays the caller's.</param>
    /// <param name="encoded">[b, s, m] from <see cref="T5.Encode"/>, the caller's still.</param>
    /// <param name="attentionMask">[b, s]: 1 where a token is, 0 where padding is; null sees padding too.</param>
    /// <param name="capacity">The longest sequence to decode, start token included.</param>
    /// <returns>The session, the caller's to dispose.</returns>
    public static IDecodingSession DecodeFrom(this T5 model, Tensor encoded, Tensor? attentionMask, int capacity) =>
        encoded.device_type == DeviceType.CUDA && T5SteadySession.Fits(model)
            ? new T5SteadySession(model, encoded, attentionMask, capacity, CudaGraphs.For(encoded.device))
            : T5DecodingSession.Over(model, encoded, attentionMask, capacity);
}
