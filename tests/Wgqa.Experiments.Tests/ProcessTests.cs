using System.Diagnostics;
using System.Text.Json;
using Wgqa.Experiments.Sweeps;
using Wgqa.Experiments.Tests.Sweeps;
using Wgqa.Training.Distributed;

namespace Wgqa.Experiments.Tests;

/// <summary>Commands that several processes share the work of, started by <c>--nproc</c>.</summary>
public sealed class ProcessTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private static readonly string[] Training = ["--variant", "WGqa", "--steps", "6", "--batch", "6", "--log-every", "1", "--json"];

    [LaunchedFact]
    public void TwoProcessesFineTuneToTheLossOfOneAndPrintOnce()
    {
        var one = JsonDocument.Parse(App.Run(["finetune", "--model", tiny.Four, "--data", tiny.Data, "--out", tiny.New("one"), .. Training]).Succeeded());
        var two = JsonDocument.Parse(App.Run(["finetune", "--model", tiny.Four, "--data", tiny.Data, "--out", tiny.New("two"), "--nproc", "2", .. Training]).Succeeded());
        foreach (var field in new[] { "loss", "validationLoss" })
        {
            Assert.Equal(Summary(one).GetProperty(field).GetDouble(), Summary(two).GetProperty(field).GetDouble(), 1e-5);
        }

        Assert.Equal(Summary(one).GetProperty("tokens").GetInt64(), Summary(two).GetProperty("tokens").GetInt64());
    }

    [LaunchedFact]
    public void AVocabularyIsTrainedOnceForAllProcesses()
    {
        var run = tiny.New("pretrained");
        App.Run("pretrain", "--data", tiny.Data, "--shape", "demo", "--vocabulary", "60", "--steps", "2", "--batch", "4", "--out", run, "--nproc", "2").Succeeded();
        Assert.True(File.Exists(Path.Combine(run, "model", "model.safetensors")));
    }

    [LaunchedFact]
    public void AMistakeIsSaidOnceHoweverManyProcessesFindIt()
    {
        var result = App.Run(["finetune", "--model", tiny.Three, "--data", tiny.Data, "--out", tiny.New("refused"), "--nproc", "2", .. Training]);
        result.RefusedWith("3");
        Assert.Single(result.Error.Split('\n'), static line => line.StartsWith("wgqa: ", StringComparison.Ordinal));
    }

    [LaunchedFact]
    public async Task AKilledProcessIsNamedAndTheSameCommandGoesOn()
    {
        var run = tiny.New("killed");
        string[] command = ["finetune", "--model", tiny.Four, "--data", tiny.Data, "--out", run, "--variant", "WGqa", "--steps", "400", "--batch", "24", "--log-every", "1", "--checkpoint-every", "5", "--nproc", "2"];
        var running = Task.Run(() => App.Run(command));
        while (!Directory.Exists(Path.Combine(run, "checkpoint")) && !running.IsCompleted)
        {
            await Task.Delay(20);
        }

        Worker(run, rank: 1).Kill();
        var result = await running;
        result.RefusedWith("Process 1 of 2 was killed (signal 9", "the same command goes on from", "step-");
        Assert.Single(result.Error.Split('\n'), static line => line.StartsWith("wgqa: ", StringComparison.Ordinal));
        App.Run(command).Succeeded();
    }

    [LaunchedFact]
    public void CellsOfASweepAreTrainedByTwoProcessesToTheLossOfOne()
    {
        string[] command = ["table", "--model", tiny.Four, "--data", tiny.Data, "--variants", "Gqa,WGqa", "--steps", "6", "--batch", "6", "--max-target", "8", "--profile", "2"];
        var (one, two) = (tiny.New("one"), tiny.New("two"));
        App.Run([.. command, "--out", one]).Succeeded();
        App.Run([.. command, "--out", two, "--nproc", "2"]).Succeeded();

        foreach (var (alone, together) in SweepFolder.Open(one).Cells.Zip(SweepFolder.Open(two).Cells))
        {
            Assert.Equal(alone.Row!.Loss, together.Row!.Loss, 1e-5);
            Assert.Equal(alone.Row.Texts, together.Row.Texts);
            Assert.Equal((1, 2), (alone.Environment!.TrainedBy, together.Environment!.TrainedBy));
            Assert.Contains(together.Profile!.Training!.Parts, static part => part.Name == "exchange");
        }

        // Nothing is trained again, and a cell whose training fails is a failure of that cell.
        App.Run([.. command, "--out", two, "--nproc", "2"]).Succeeded();
        var obstacle = Path.Combine(two, "cells", "translation", "Mqa", "seed-1", "model.partial");
        Directory.CreateDirectory(Path.GetDirectoryName(obstacle)!);
        File.WriteAllText(obstacle, "");
        command[6] = "Gqa,WGqa,Mqa";
        App.Run([.. command, "--out", two, "--nproc", "2"]).RefusedWith("1 of 3 cells failed", "model.partial");
    }

    [Fact]
    public void MoreProcessesThanCoresAreRefused() =>
        App.Run("table", "--model", tiny.Four, "--data", tiny.Data, "--out", tiny.New("many"), "--jobs", $"{Environment.ProcessorCount + 1}", "--nproc", "2")
            .RefusedWith($"--jobs {Environment.ProcessorCount + 1} with --nproc 2 are {2 * (Environment.ProcessorCount + 1)} processes at once", $"{Environment.ProcessorCount} cores");

    [SlurmFact]
    public void TasksOfARealSlurmAreProcessesOfOneRun()
    {
        if (ProcessGroup.Obstacle is not null)
        {
            return;   // what is said then is another test's
        }

        var scratch = Directory.CreateTempSubdirectory("slurm").FullName;
        try
        {
            using var cluster = new SlurmCluster(scratch);
            var printed = cluster.Run(
                "srun", ["--ntasks=2", "dotnet", Path.Combine(AppContext.BaseDirectory, "Wgqa.Experiments.dll"), "finetune", "--model", tiny.Four, "--data", tiny.Data, "--out", tiny.New("slurm"), .. Training]);
            var one = JsonDocument.Parse(App.Run(["finetune", "--model", tiny.Four, "--data", tiny.Data, "--out", tiny.New("one"), .. Training]).Succeeded());
            Assert.Equal(Summary(one).GetProperty("loss").GetDouble(), Summary(JsonDocument.Parse(printed)).GetProperty("loss").GetDouble(), 1e-5);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    [Theory]
    [InlineData("--nproc", "0", "at least 1")]
    [InlineData("--bucket-mb", "-1", "from 0")]
    [InlineData("--peer-timeout", "0", "from 1")]
    public void WhatProcessesCannotBeIsRefused(string option, string value, string range) =>
        App.Run(["finetune", "--model", tiny.Four, "--data", tiny.Data, "--out", tiny.New("refused"), option, value, .. Training]).RefusedWith(option, value, range);

    private static JsonElement Summary(JsonDocument printed) => printed.RootElement.GetProperty("summary");

    /// <summary>The process of that rank that trains into a folder.</summary>
    private static Process Worker(string run, int rank) => Process.GetProcesses().Single(process =>
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(run, StringComparison.Ordinal)
                && File.ReadAllText($"/proc/{process.Id}/environ").Split('\0').Contains($"RANK={rank}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;   // it has ended meanwhile, or is not ours
        }
    });

    /// <summary>A test that starts several processes, skipped for the product's own reason where the build has no process groups.</summary>
    private sealed class LaunchedFactAttribute : FactAttribute
    {
        public LaunchedFactAttribute() => Skip = ProcessGroup.Obstacle;
    }
}
