using System.Diagnostics;
using Wgqa.Testing;
using Wgqa.Training;

namespace Wgqa.Runtime.Tests.Training;

/// <summary>Runs in a process of their own, killed or signalled in the middle.</summary>
[Collection(nameof(GlobalGenerator))]
public sealed class KilledRunTests : IDisposable
{
    private static readonly TrainingOptions Options = new() { Steps = 40, Seed = 3, LogEvery = 1, CheckpointEvery = 4, LearningRate = 0.05 };
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(14)]
    [InlineData(16)]   // while a checkpoint is being written, or just before or after: the process announces a step before it keeps one
    public async Task AKilledProcessIsResumedToTheSameWeights(int step)
    {
        var expected = Finish("straight");
        using (var process = Start("killed"))
        {
            await WaitForStep(process, step);
            process.Kill();
            await process.WaitForExitAsync();
        }

        Assert.False(File.Exists(_scratch.Path("killed", "summary.json")));
        Assert.Equal(expected, Finish("killed"));
        Assert.Equal(Enumerable.Range(1, Options.Steps), MetricsLog.Read(_scratch.Path("killed", "metrics.jsonl")).Select(static line => line.Step));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task ASignalKeepsACheckpointAndSaysWhere(string signal)
    {
        var expected = Finish("straight");
        using (var process = Start("signalled"))
        {
            await WaitForStep(process, 6);
            using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
            var rest = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.Equal(130, process.ExitCode);
            Assert.Contains("the same command goes on from there", rest);
        }

        Assert.Equal(expected, Finish("signalled"));
    }

    /// <summary>What the process does: trains slowly enough to be caught, saying each step.</summary>
    internal static int Train(string folder)
    {
        using var interruption = new Interruption();
        using var task = new Regression(Options.Seed);
        task.OnLoss = static loss =>
        {
            Thread.Sleep(60);   // long enough to be killed before the end by a test that is itself slow
            return loss;
        };
        using var run = RunFolder.Open(folder, Options);
        try
        {
            Trainer.Fit(task, Options, run, new EveryStep(), interruption.Token);
            return 0;
        }
        catch (OperationCanceledException stopped)
        {
            Console.WriteLine(stopped.Message);
            return 130;
        }
    }

    private float[] Finish(string name)
    {
        using var task = new Regression(Options.Seed);
        using var run = RunFolder.Open(_scratch.Path(name), Options);
        Trainer.Fit(task, Options, run);
        return task.Weights();
    }

    private Process Start(string name)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";

        // A process started in the background inherits an interrupt that is ignored, and .NET leaves it so: env gives it back.
        return Process.Start(new ProcessStartInfo("env", ["--default-signal=INT,TERM", host, typeof(KilledRunTests).Assembly.Location, "train", _scratch.Path(name)])
        {
            RedirectStandardOutput = true,
        })!;
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

    private sealed class EveryStep : IProgressDisplay, IProgress
    {
        public IProgress Start(string title, long total, long done = 0) => this;

        public void Say(string sentence) => Console.WriteLine(sentence);

        public void Report(long done, string detail) => Console.WriteLine($"step {done}");

        public void Dispose()
        {
        }
    }
}
