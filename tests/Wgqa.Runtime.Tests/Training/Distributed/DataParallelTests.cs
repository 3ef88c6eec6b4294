using System.Diagnostics;
using Wgqa.Testing;
using Wgqa.Training;

namespace Wgqa.Runtime.Tests.Training.Distributed;

/// <summary>One run in two processes, started as PyTorch's are.</summary>
[Collection(nameof(GlobalGenerator))]
public sealed class DataParallelTests : IDisposable
{
    private readonly TemporaryFolder _scratch = new();
    private readonly List<Process> _started = [];

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }

        _scratch.Dispose();
    }

    [GroupTheory]
    [InlineData(8, 1, 0, 2000)]
    [InlineData(8, 2, 0.5, 2000)]   // accumulation, clipping
    [InlineData(1, 1, 0, 2000)]     // the second process never has an example
    [InlineData(5, 3, 0, 0)]        // everything in one bucket, after the backward pass
    public async Task TwoProcessesTrainToTheWeightsOfOne(int batch, int accumulation, double clip, long bucketBytes)
    {
        var shared = new SharedRun(batch, accumulation, clip, BucketBytes: bucketBytes);
        var (one, two) = (_scratch.Path("one"), _scratch.Path("two"));
        shared.Train(one);
        await RunBoth(shared, two);
        Assert.Equal(SharedRun.Steps, SharedRun.Losses(two).Length);
        Assert.All(SharedRun.Losses(one).Zip(SharedRun.Losses(two)), static losses => Assert.Equal(losses.First, losses.Second, 1e-5));
        var (expected, actual) = (SharedRun.Weights(one), SharedRun.Weights(two));
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (name, weights) in expected)
        {
            Assert.All(weights.Zip(actual[name]), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        }

        Assert.All(
            MetricsLog.Read(Path.Combine(one, "metrics.jsonl")).Zip(MetricsLog.Read(Path.Combine(two, "metrics.jsonl"))),
            static lines =>
            {
                Assert.Equal(lines.First.GradNorm, lines.Second.GradNorm, 1e-4);
                Assert.Equal(lines.First.ValidationLoss ?? 0, lines.Second.ValidationLoss ?? 0, 1e-5);
            });
    }

    [GroupTheory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task WhenOneIsKilledTheOtherStopsAndTheRunGoesOnToTheSameWeights(int killed)
    {
        var shared = new SharedRun(Dropout: 0.1);
        await RunBoth(shared, _scratch.Path("straight"));
        var folder = _scratch.Path("killed");
        var pair = StartBoth(shared with { PauseMilliseconds = 200 }, folder);
        await WaitForStep(pair[0], 5);
        pair[killed].Kill();
        var said = await pair[1 - killed].StandardOutput.ReadToEndAsync();
        await pair[1 - killed].WaitForExitAsync();
        Assert.Equal(2, pair[1 - killed].ExitCode);
        Assert.Contains("of the 2 processes is gone", said, StringComparison.Ordinal);
        Assert.Contains($"the same command goes on from {Path.Combine(folder, "checkpoint", "step-0000000")}", said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "summary.json")));

        await RunBoth(shared, folder);
        AssertSame(_scratch.Path("straight"), folder);
    }

    [GroupTheory]
    [InlineData(0, "INT")]
    [InlineData(1, "TERM")]
    public async Task ASignalToOneStopsBothAtOneStepAndTheyGoOnToTheSameWeights(int signalled, string signal)
    {
        var shared = new SharedRun(Dropout: 0.1, Accumulation: 2);
        await RunBoth(shared, _scratch.Path("straight"));
        var folder = _scratch.Path("stopped");
        var pair = StartBoth(shared with { PauseMilliseconds = 200 }, folder);
        await WaitForStep(pair[0], 4);
        using (var kill = Process.Start("kill", [$"-{signal}", $"{pair[signalled].Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        var said = await Task.WhenAll(pair.Select(static process => process.StandardOutput.ReadToEndAsync()));
        Assert.All(pair, static process =>
        {
            process.WaitForExit();
            Assert.Equal(130, process.ExitCode);
        });
        Assert.Equal(Stopped(said[0]), Stopped(said[1]));
        Assert.Contains("the same command goes on from there", said[0], StringComparison.Ordinal);

        await RunBoth(shared, folder);
        AssertSame(_scratch.Path("straight"), folder);

        static string Stopped(string output) => output[output.IndexOf("Stopped after step", StringComparison.Ordinal)..];
    }

    [GroupFact]
    public async Task ThreeProcessesMayHaveMoreOrFewerExamples()
    {
        var shared = new SharedRun(Batch: 4);
        shared.Train(_scratch.Path("one"));
        var port = SharedRun.FreePort();
        var three = Enumerable.Range(0, 3).Select(rank => Started(shared.Start(_scratch.Path("three"), rank, 3, port))).ToList();
        await AssertSucceeded(three);
        Assert.All(SharedRun.Losses(_scratch.Path("one")).Zip(SharedRun.Losses(_scratch.Path("three"))), static losses => Assert.Equal(losses.First, losses.Second, 1e-5));
    }

    [GroupFact]
    public async Task BucketsAreUnderWayBeforeTheBackwardPassIsOverAndNoTensorIsLeftBehind()
    {
        var port = SharedRun.FreePort();
        var pair = Enumerable.Range(0, 2).Select(rank => Started(SharedRun.Start(["exchange"], rank, 2, port))).ToList();
        foreach (var said in await AssertSucceeded(pair))
        {
            var steps = said.TrimEnd().Split('\n').Select(static line => line.Split(' ').Select(int.Parse).ToArray()).ToList();
            Assert.Equal(SharedRun.Steps, steps.Count);
            Assert.All(steps, static step => Assert.InRange(step[0], 3, step[1]));
            Assert.All(steps.Skip(2), step => Assert.Equal(steps[1][2], step[2]));
        }
    }

    private static void AssertSame(string straight, string resumed)
    {
        Assert.Equal(SharedRun.Losses(straight), SharedRun.Losses(resumed));
        var (expected, actual) = (SharedRun.Weights(straight), SharedRun.Weights(resumed));
        Assert.All(expected, weights => Assert.Equal(weights.Value, actual[weights.Key]));
    }

    private static async Task WaitForStep(Process process, int step)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == $"step {step}")
            {
                return;
            }
        }

        Assert.Fail($"the process ended before step {step}");
    }

    private static async Task<string[]> AssertSucceeded(IReadOnlyList<Process> processes)
    {
        var said = await Task.WhenAll(processes.Select(static process => process.StandardOutput.ReadToEndAsync()));
        foreach (var (rank, process) in processes.Index())
        {
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"process {rank} ended with {process.ExitCode}: {said[rank]}");
        }

        return said;
    }

    private async Task RunBoth(SharedRun shared, string folder) => await AssertSucceeded(StartBoth(shared, folder));

    private List<Process> StartBoth(SharedRun shared, string folder)
    {
        var port = SharedRun.FreePort();
        return [Started(shared.Start(folder, 0, 2, port)), Started(shared.Start(folder, 1, 2, port))];
    }

    private Process Started(Process process)
    {
        _started.Add(process);
        return process;
    }
}
