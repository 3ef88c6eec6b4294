using Wgqa.Decoding;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>Opens sessions of both kinds over the same inputs.</summary>
internal static class Steady
{
    /// <summary>A session whose steps are all alike, with windows so small that several are passed.</summary>
    public static T5SteadySession Open(T5 model, Tensor inputIds, Tensor? mask, int capacity, IWorkRecorder? recorder = null, int firstWindow = 3)
    {
        using var inference = inference_mode();
        using var encoded = model.Encode(inputIds, mask);
        return new(model, encoded, mask, capacity, recorder, firstWindow);
    }

    /// <summary>What <see cref="T5Generation.Generate"/> gives on a GPU.</summary>
    public static GeneratedSequences Generate(T5 model, Tensor inputIds, GenerationOptions options, IWorkRecorder? recorder = null)
    {
        using var mask = inputIds.ne(options.PadTokenId).to_type(ScalarType.Int64);
        using var session = Open(model, inputIds, mask, options.MaxLengthAfter(1), recorder);
        return SequenceDecoder.Decode(session, [.. Enumerable.Repeat((int[])[options.DecoderStartTokenId], (int)inputIds.size(0))], options);
    }
}
