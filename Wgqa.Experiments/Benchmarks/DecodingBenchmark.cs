using System.Diagnostics;
using Wgqa.Decoding;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Benchmarks;

/// <summary>Decoding of a fixed number of tokens, whatever the model would rather say.</summary>
internal static class DecodingBenchmark
{
    private const int Seed = 1;

    /// <summary>Times one case.</summary>
    /// <param name="model">The model, in evaluation mode.</param>
    /// <param name="name">The case, as the table shows it.</param>
    /// <param name="rows">Texts at once.</param>
    /// <param name="source">Source tokens of each.</param>
    /// <param name="generated">Tokens generated for each.</param>
    /// <param name="beams">Beams of each; 1 is greedy.</param>
    /// <param name="runs">Runs that the medians are of.</param>
    /// <param name="bandwidth">Bytes per second that the memory gives.</param>
    /// <param name="peer">Has the same weights loaded; null for ours alone.</param>
    /// <param name="profiled">Whether to measure where the time goes.</param>
    /// <param name="stop">Stops between runs.</param>
    public static BenchmarkResult Run(T5 model, string name, int rows, int source, int generated, int beams, int runs, double bandwidth, Peer? peer, bool profiled, CancellationToken stop)
    {
        using var inputs = Workload.Ids(rows, source, Seed, model.Config.VocabSize, model.parameters().First().device);
        using var mask = ones_like(inputs);
        var options = Options(model, generated) with { NumBeams = beams };
        var profile = profiled ? new DecodingProfile() : null;
        var (ours, theirs) = (Array.Empty<int[]>(), Array.Empty<int[]>());
        Memory.Peak();
        peer?.Ask(new() { ["do"] = "peak" });
        var (seconds, peerSeconds) = Alternating.Medians(
            runs,
            () =>
            {
                var clock = Stopwatch.StartNew();
                var texts = model.Generate(inputs, options, mask, profile);
                ours = [.. texts.Tokens.Select(tokens => tokens.Skip(1).ToArray())];   // without the start token
                return clock.Elapsed.TotalSeconds;
            },
            peer is null ? null : () =>
            {
                var answer = peer.Ask(new() { ["do"] = "generate", ["batch"] = rows, ["source"] = source, ["new"] = generated, ["beams"] = beams, ["seed"] = Seed });
                theirs = [.. answer["ids"]!.AsArray().Select(row => row!.AsArray().Select(id => id!.GetValue<int>()).ToArray())];
                return answer["seconds"]!.GetValue<double>();
            },
            stop);
        return new()
        {
            Task = beams > 1 ? "beam" : "decode",
            Case = $"{name}, batch {rows}, {source} in, {generated} new{(beams > 1 ? $", {beams} beams" : "")}",
            Seconds = seconds,
            PeerSeconds = peerSeconds,
            Runs = runs,
            PerSecond = rows * generated / seconds,
            FloorSeconds = Bytes(model, rows, source, generated, beams) / bandwidth,
            Bytes = (long)Bytes(model, rows, source, generated, beams),
            PeakBytes = Memory.Peak(),
            PeerPeakBytes = peer?.Ask(new() { ["do"] = "peak" })["bytes"]!.GetValue<long>(),
            Agrees = peer is null ? null : ours.Length == theirs.Length && ours.Zip(theirs).All(pair => pair.First.SequenceEqual(pair.Second)),
            Profile = profile?.Measured,
        };
    }

    /// <summary>Times greedy decoding of two models in turns.</summary>
    /// <param name="model">The one that is timed.</param>
    /// <param name="other">The one beside it, whose seconds are the peer's.</param>
    /// <param name="name">The case, as the table shows it.</param>
    /// <param name="rows">Texts at once.</param>
    /// <param name="source">Source tokens of each.</param>
    /// <param name="generated">Tokens generated for each.</param>
    /// <param name="runs">Runs that the medians are of.</param>
    /// <param name="stop">Stops between runs.</param>
    public static BenchmarkResult Compare(T5 model, T5 other, string name, int rows, int source, int generated, int runs, CancellationToken stop)
    {
        using var inputs = Workload.Ids(rows, source, Seed, model.Config.VocabSize, model.parameters().First().device);
        using var mask = ones_like(inputs);
        var options = Options(model, generated);
        double Time(T5 timed)
        {
            var clock = Stopwatch.StartNew();
            timed.Generate(inputs, options, mask);
            return clock.Elapsed.TotalSeconds;
        }

        var (seconds, others) = Alternating.Medians(runs, () => Time(model), () => Time(other), stop);
        return new()
        {
            Task = "folded",
            Case = $"{name}, batch {rows}, {source} in, {generated} new",
            Seconds = seconds,
            PeerSeconds = others,
            Runs = runs,
            PerSecond = rows * generated / seconds,
        };
    }

    /// <summary>
    /// Times decoding steps alone, from drawn encoder outputs: where there are many texts and long ones, reading the caches is most of a step, and grouping should pay
    /// by the ratio of bytes.
    /// </summary>
    /// <param name="model">The model, in evaluation mode.</param>
    /// <param name="name">The case, as the table shows it.</param>
    /// <param name="rows">Texts at once.</param>
    /// <param name="source">Source tokens of each.</param>
    /// <param name="steps">Steps of a run.</param>
    /// <param name="runs">Runs that the median is of.</param>
    /// <param name="bandwidth">Bytes per second that the memory gives.</param>
    /// <param name="stop">Stops between runs.</param>
    public static BenchmarkResult RunSteps(T5 model, string name, int rows, int source, int steps, int runs, double bandwidth, CancellationToken stop)
    {
        using var inference = inference_mode();
        var device = model.parameters().First().device;
        using var random = new Generator(1, device);
        using var encoded = randn([rows, source, model.Config.ModelDim], ScalarType.Float32, device, generator: random);
        using var memory = model.Precision == Precision.BFloat16 ? encoded.to_type(ScalarType.BFloat16) : encoded.alias();
        using var tokens = Workload.Ids(rows, 1, 1, model.Config.VocabSize, device);
        using var session = model.DecodeFrom(memory, null, 1 + ((runs + 1) * steps));
        void Step()
        {
            using var logits = session.Step(tokens);
            using var wide = logits.to_type(ScalarType.Float32);   // as greedy search chooses
            using var best = wide.argmax(-1);
            using var chosen = best.cpu();
        }

        Memory.Peak();
        Step();   // the first computes the keys and values of the memory
        var (seconds, _) = Alternating.Medians(
            runs,
            () =>
            {
                var clock = Stopwatch.StartNew();
                for (var step = 0; step < steps; step++)
                {
                    Step();
                }

                return clock.Elapsed.TotalSeconds;
            },
            null,
            stop);
        var bytes = Bytes(model, rows, source, steps) - Bytes(model, rows, source, 0);
        return new()
        {
            Task = "step",
            Case = $"{name}, batch {rows}, {source} in, {steps} steps",
            Seconds = seconds,
            Runs = runs,
            PerSecond = rows * steps / seconds,
            FloorSeconds = bytes / bandwidth,
            Bytes = (long)bytes,
            PeakBytes = Memory.Peak(),
        };
    }

    private static GenerationOptions Options(T5 model, int generated) => T5Generation.DefaultOptions(model.Config) with { MaxNewTokens = generated, MinNewTokens = generated };

    /// <summary>
    /// What a decoding cannot help reading: the encoder's weights once; the decoder's, but for those that are applied to the memory, and the head's at each token; and the
    /// caches as they are then, the memory's once for all beams of a text.
    /// </summary>
    private static double Bytes(T5 model, int rows, int source, int generated, int beams = 1)
    {
        var memoryProjections = model.Attentions.Where(static block => block.Site == Sites.DecoderCross).SelectMany(static block => new[] { $"{block.Name}.k.weight", $"{block.Name}.v.weight" }).ToHashSet();
        double encoder = 0, decoder = 0;
        foreach (var (name, parameter) in model.named_parameters())
        {
            var bytes = parameter.numel() * parameter.element_size();
            if (name.StartsWith("encoder", StringComparison.Ordinal) || memoryProjections.Contains(name))
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
            var perToken = (double)rows * attention.Maps.HeadsHeld * attention.Shape.HeadDim * (model.Precision == Precision.BFloat16 ? 2 : 4);
            caches += site switch
            {
                Sites.DecoderCross => perToken * source * generated,
                Sites.DecoderSelf => perToken * beams * generated * (generated + 1) / 2,
                _ => 0,
            };
        }

        return encoder + (decoder * generated) + caches;
    }
}
