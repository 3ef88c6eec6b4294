using System.Diagnostics;
using Wgqa.Decoding;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Benchmarks;

/// <summary>Greedy decoding of a fixed number of tokens, whatever the model would rather say.</summary>
internal static class DecodingBenchmark
{
    /// <summary>Times one case.</summary>
    /// <param name="model">The model, in evaluation mode.</param>
    /// <param name="name">The case, as the table shows it.</param>
    /// <param name="rows">Texts at once.</param>
    /// <param name="source">Source tokens of each.</param>
    /// <param name="generated">Tokens generated for each.</param>
    /// <param name="runs">Runs that the medians are of.</param>
    /// <param name="bandwidth">Bytes per second that the memory gives.</param>
    /// <param name="peer">Has the same weights loaded; null for ours alone.</param>
    /// <param name="stop">Stops between runs.</param>
    public static BenchmarkResult Run(T5 model, string name, int rows, int source, int generated, int runs, double bandwidth, Peer? peer, CancellationToken stop)
    {
        const int Seed = 1;
        using var inputs = Workload.Ids(rows, source, Seed, model.Config.VocabSize, model.parameters().First().device);
        using var mask = ones_like(inputs);
        var options = T5Generation.DefaultOptions(model.Config) with { MaxNewTokens = generated, MinNewTokens = generated };
        var (ours, theirs) = (Array.Empty<int[]>(), Array.Empty<int[]>());
        Memory.Peak();
        peer?.Ask(new() { ["do"] = "peak" });
        var (seconds, peerSeconds) = Alternating.Medians(
            runs,
            () =>
            {
                var clock = Stopwatch.StartNew();
                var texts = model.Generate(inputs, options, mask);
                ours = [.. texts.Tokens.Select(tokens => tokens.Skip(1).ToArray())];   // without the start token
                return clock.Elapsed.TotalSeconds;
            },
            peer is null ? null : () =>
            {
                var answer = peer.Ask(new() { ["do"] = "generate", ["batch"] = rows, ["source"] = source, ["new"] = generated, ["seed"] = Seed });
                theirs = [.. answer["ids"]!.AsArray().Select(row => row!.AsArray().Select(id => id!.GetValue<int>()).ToArray())];
                return answer["seconds"]!.GetValue<double>();
            },
            stop);
        return new()
        {
            Task = "decode",
            Case = $"{name}, batch {rows}, {source} in, {generated} new",
            Seconds = seconds,
            PeerSeconds = peerSeconds,
            Runs = runs,
            PerSecond = rows * generated / seconds,
            FloorSeconds = Bytes(model, rows, source, generated) / bandwidth,
            PeakBytes = Memory.Peak(),
            PeerPeakBytes = peer?.Ask(new() { ["do"] = "peak" })["bytes"]!.GetValue<long>(),
            Agrees = peer is null ? null : ours.Length == theirs.Length && ours.Zip(theirs).All(pair => pair.First.SequenceEqual(pair.Second)),
        };
    }

    /// <summary>What a decoding cannot help reading: the encoder's weights once, the decoder's and the head's at each token, and the caches as they are then.</summary>
    private static double Bytes(T5 model, int rows, int source, int generated)
    {
        double encoder = 0, decoder = 0;
        foreach (var (name, parameter) in model.named_parameters())
        {
            var bytes = parameter.numel() * parameter.element_size();
            if (name.StartsWith("encoder", StringComparison.Ordinal))
            {
                encoder += bytes;
            }
            else if (name.StartsWith("decoder", StringComparison.Ordinal) || name.StartsWith("lm_head", StringComparison.Ordinal) || (name.StartsWith("shared", StringComparison.Ordinal) && model.Config.TieWordEmbeddings))
            {
                decoder += bytes;
            }
        }

        double caches = 0;
        foreach (var (site, _, _, attention) in model.Attentions)
        {
            var perToken = (double)rows * attention.Maps.HeadsHeld * attention.Shape.HeadDim * 4;
            caches += site switch
            {
                Sites.DecoderCross => perToken * source * generated,
                Sites.DecoderSelf => perToken * generated * (generated + 1) / 2,
                _ => 0,
            };
        }

        return encoder + (decoder * generated) + caches;
    }
}
