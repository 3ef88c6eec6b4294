using System.Diagnostics;
using TorchSharp;
using Wgqa.Data;
using Wgqa.Models;
using Wgqa.Training;

namespace Wgqa.Experiments.Benchmarks;

/// <summary>Updates of a model on one batch: forward, backward, AdamW.</summary>
internal static class TrainingBenchmark
{
    /// <summary>Times one case. The model is trained by it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">The case, as the table shows it.</param>
    /// <param name="rows">Pairs in the batch.</param>
    /// <param name="source">Source tokens of each.</param>
    /// <param name="target">Target tokens of each.</param>
    /// <param name="runs">Updates that the medians are of.</param>
    /// <param name="precision">What to compute in.</param>
    /// <param name="peer">Has the same weights loaded; null for ours alone.</param>
    /// <param name="stop">Stops between updates.</param>
    public static BenchmarkResult Run(T5 model, string name, int rows, int source, int target, int runs, Precision precision, Peer? peer, CancellationToken stop)
    {
        const int Seed = 1;
        var device = model.parameters().First().device;
        var examples = Workload.Examples(rows, source, target, Seed, model.Config.VocabSize);
        var task = new Seq2SeqTask(model, examples, rows, Seed);
        using var updates = new Updates<Seq2SeqBatch>(task, new() { Steps = runs + 1, Seed = Seed, Decay = LearningRateDecay.None, Precision = precision });
        double? loss = null, peerLoss = null;
        var step = 0;
        Memory.Peak();
        peer?.Ask(new() { ["do"] = "peak" });
        var (seconds, peerSeconds) = Alternating.Medians(
            runs,
            () =>
            {
                var clock = Stopwatch.StartNew();
                var update = updates.Next(() => Seq2SeqBatch.Collate(examples, Enumerable.Range(0, rows), device: device), step++, stop);
                loss ??= update?.Loss;
                if (device.type == DeviceType.CUDA)
                {
                    torch.cuda.synchronize(device);   // the step itself is still under way
                }

                return clock.Elapsed.TotalSeconds;
            },
            peer is null ? null : () =>
            {
                var answer = peer.Ask(new() { ["do"] = "train", ["batch"] = rows, ["source"] = source, ["target"] = target, ["steps"] = 1, ["seed"] = Seed });
                peerLoss ??= answer["loss"]!.GetValue<double>();
                return answer["seconds"]![0]!.GetValue<double>();
            },
            stop);
        return new()
        {
            Task = "train",
            Case = $"{name}, batch {rows}, {source}/{target}",
            Seconds = seconds,
            PeerSeconds = peerSeconds,
            Runs = runs,
            PerSecond = rows * (source + target) / seconds,
            PeakBytes = Memory.Peak(),
            PeerPeakBytes = peer?.Ask(new() { ["do"] = "peak" })["bytes"]!.GetValue<long>(),
            Agrees = peerLoss is null ? null : Math.Abs(loss!.Value - peerLoss.Value) < (precision == Precision.Float32 ? 1e-4 : 1e-2) * Math.Abs(peerLoss.Value),
        };
    }
}
