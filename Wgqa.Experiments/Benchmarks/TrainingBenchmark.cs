using System.Diagnostics;
using TorchSharp;
using Wgqa.Data;
using Wgqa.Models;
using Wgqa.Profiling;
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
    /// <param name="profiled">Whether to measure where the time goes.</param>
    /// <param name="stop">Stops between updates.</param>
    public static BenchmarkResult Run(T5 model, string name, int rows, int source, int target, int runs, Precision precision, Peer? peer, bool profiled, CancellationToken stop)
    {
        Profile? measured = null;
        var profile = profiled ? new StepProfile(runs, result => measured = result, warmUp: 1) : null;
        using var ours = new Steps(model, rows, source, target, runs, precision, stop, profile);
        double? peerLoss = null;
        Memory.Peak();
        peer?.Ask(new() { ["do"] = "peak" });
        var (seconds, peerSeconds) = Alternating.Medians(
            runs,
            ours.Next,
            peer is null ? null : () =>
            {
                var answer = peer.Ask(new() { ["do"] = "train", ["batch"] = rows, ["source"] = source, ["target"] = target, ["steps"] = 1, ["seed"] = Steps.Seed });
                peerLoss ??= answer["loss"]!.GetValue<double>();
                return answer["seconds"]![0]!.GetValue<double>();
            },
            stop);
        profile?.End();
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
            Agrees = peerLoss is null ? null : Math.Abs(ours.FirstLoss!.Value - peerLoss.Value) < (precision == Precision.Float32 ? 1e-4 : 1e-2) * Math.Abs(peerLoss.Value),
            Profile = measured,
        };
    }

    /// <summary>Times updates of two models on the same batch in turns: what one costs beside the other.</summary>
    /// <param name="model">The model, as are the other's.</param>
    /// <param name="other">What it is compared with, where others have a peer.</param>
    /// <param name="name">The case, as the table shows it.</param>
    /// <param name="rows">Pairs in the batch.</param>
    /// <param name="source">Source tokens of each.</param>
    /// <param name="target">Target tokens of each.</param>
    /// <param name="runs">Updates that the medians are of.</param>
    /// <param name="precision">What to compute in.</param>
    /// <param name="stop">Stops between updates.</param>
    public static BenchmarkResult Compare(T5 model, T5 other, string name, int rows, int source, int target, int runs, Precision precision, CancellationToken stop)
    {
        using var one = new Steps(model, rows, source, target, runs, precision, stop);
        using var two = new Steps(other, rows, source, target, runs, precision, stop);
        var (seconds, others) = Alternating.Medians(runs, one.Next, two.Next, stop);
        return new()
        {
            Task = "overhead",
            Case = $"{name}, batch {rows}, {source}/{target}",
            Seconds = seconds,
            PeerSeconds = others,
            Runs = runs,
            PerSecond = rows * (source + target) / seconds,
        };
    }

    /// <summary>A model's updates on one batch, one at a time.</summary>
    private sealed class Steps : IDisposable
    {
        public const int Seed = 1;

        private readonly Updates<Seq2SeqBatch> _updates;
        private readonly Seq2SeqExample[] _examples;
        private readonly torch.Device _device;
        private readonly CancellationToken _stop;
        private int _step;

        public Steps(T5 model, int rows, int source, int target, int runs, Precision precision, CancellationToken stop, StepProfile? profile = null)
        {
            (_device, _stop) = (model.parameters().First().device, stop);
            _examples = Workload.Examples(rows, source, target, Seed, model.Config.VocabSize);
            _updates = new(new Seq2SeqTask(model, _examples, rows, Seed), new() { Steps = runs + 1, Seed = Seed, Decay = LearningRateDecay.None, Precision = precision }) { Profile = profile };
        }

        public double? FirstLoss { get; private set; }

        /// <summary>One update, in seconds.</summary>
        public double Next()
        {
            _updates.Profile?.Skip();   // what lies between two of our steps is the peer's, or nobody's
            var clock = Stopwatch.StartNew();
            var update = _updates.Next(() => Seq2SeqBatch.Collate(_examples, Enumerable.Range(0, _examples.Length), device: _device), _step++, _stop);
            FirstLoss ??= update?.Loss;
            if (_device.type == DeviceType.CUDA)
            {
                torch.cuda.synchronize(_device);   // the step itself is still under way
            }

            return clock.Elapsed.TotalSeconds;
        }

        public void Dispose() => _updates.Dispose();
    }
}
