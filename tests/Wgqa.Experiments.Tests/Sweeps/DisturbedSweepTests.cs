using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Wgqa.Experiments.Sweeps;

namespace Wgqa.Experiments.Tests.Sweeps;

/// <summary>What a sweep comes to does not depend on how often it was killed, nor on how many processes shared it.</summary>
public sealed partial class DisturbedSweepTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private const string Variants = "ColWGqa,RandWMqa,RandomHeadGqa";

    [Fact]
    public void ASweepKilledAgainAndAgainEndsAsAnUndisturbedOne()
    {
        var undisturbed = tiny.New("sweep");
        App.Run(Arguments(undisturbed)).Succeeded();
        var killed = tiny.New("sweep");
        var random = new Random(5);
        for (var kill = 0; kill < 5; kill++)
        {
            using var process = App.Start([.. Arguments(killed), "--jobs", kill % 2 == 0 ? "1" : "2"]);
            process.ErrorDataReceived += static (_, _) => { };
            process.OutputDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            process.BeginOutputReadLine();
            if (!process.WaitForExit(random.Next(1500, 6000)))
            {
                process.Kill();   // SIGKILL, and to this process alone: its workers have to notice
            }
        }

        App.Run(Arguments(killed)).Succeeded();
        RequireSame(undisturbed, killed);
    }

    [Fact]
    public async Task AKilledWorkerLeavesItsCellToOthers()
    {
        var alone = tiny.New("sweep");
        App.Run(Arguments(alone)).Succeeded();
        var shared = tiny.New("sweep");
        using var process = App.Start([.. Arguments(shared), "--jobs", "2"]);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        SpinWait.SpinUntil(() => Directory.Exists(Path.Combine(shared, "cells", "translation", "ColWGqa", "seed-1", "model")) || process.HasExited, TimeSpan.FromMinutes(1));
        var worker = Directory.EnumerateDirectories($"/proc/{process.Id}/task").SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).First();
        Process.GetProcessById(int.Parse(worker, CultureInfo.InvariantCulture)).Kill();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        Assert.Contains("its worker ended with exit code 137", await error, StringComparison.Ordinal);
        Assert.Contains("| ColWGqa", await output, StringComparison.Ordinal);
        RequireSame(alone, shared);
    }

    [Fact]
    public void WhatAWorkerRefusesTheSweepRefuses()
    {
        var folder = tiny.New("sweep");
        Directory.CreateDirectory(Path.Combine(folder, "cells"));
        File.WriteAllText(Path.Combine(folder, "cells", "translation"), "");
        App.Run([.. Arguments(folder), "--jobs", "2"]).RefusedWith("cells/translation");
        App.Run([.. Arguments(folder), "--jobs", "0"]).RefusedWith("--jobs", "0");
    }

    [Theory]
    [InlineData(2, 2, "1 1")]
    [InlineData(3, 16, "6 5 5")]
    [InlineData(4, 2, "1 1 1 1")]
    public void CoresAreDividedAmongJobs(int jobs, int cores, string threads) =>
        Assert.Equal(threads, string.Join(' ', Enumerable.Range(0, jobs).Select(job => SweepWorkers.ThreadsOf(job, jobs, cores))));

    private static void RequireSame(string expected, string actual)
    {
        Assert.Equal(WithoutSpeed(Path.Combine(expected, "table.md")), WithoutSpeed(Path.Combine(actual, "table.md")));
        Assert.Equal(WithoutTimings(Path.Combine(expected, "table.json")), WithoutTimings(Path.Combine(actual, "table.json")));
        foreach (var (one, other) in SweepFolder.Open(expected).Cells.Zip(SweepFolder.Open(actual).Cells))
        {
            Assert.Equal(one.Predictions, other.Predictions);
            Assert.Equal(one.Metrics.Select(line => (line.Step, line.Loss, line.GradNorm)), other.Metrics.Select(line => (line.Step, line.Loss, line.GradNorm)));
            foreach (var file in new[] { "weights.json", "model/model.safetensors", "folded/model.safetensors" })
            {
                Assert.Equal(File.ReadAllBytes(Path.Combine(one.Path, file)), File.ReadAllBytes(Path.Combine(other.Path, file)));
            }

            Assert.Equal(Names(one.Path), Names(other.Path));
        }
    }

    // Everything but the last column, tokens/s.
    private static string WithoutSpeed(string file) => LastColumn().Replace(File.ReadAllText(file), "|");

    private static string WithoutTimings(string file)
    {
        var json = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        json.Remove("run");
        foreach (var each in json["rows"]!.AsArray().Concat(json["summary"]!.AsArray()))
        {
            Assert.True(each!.AsObject().Remove("tokensPerSecond"));
        }

        return json.ToJsonString();
    }

    // TensorBoard's file carries the time of its beginning in its name; there is one of it all the same.
    private static string[] Names(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Select(name => name.StartsWith("events.out.tfevents.", StringComparison.Ordinal) ? "events" : name).Order()];

    [GeneratedRegex(@"\|[^|]*\|$", RegexOptions.Multiline)]
    private static partial Regex LastColumn();

    private string[] Arguments(string folder) =>
    [
        "table", "--model", tiny.Four, "--data", tiny.Data, "--variants", Variants, "--seeds", "1-2", "--steps", "12", "--checkpoint-every", "2", "--log-every", "1",
        "--batch", "8", "--max-target", "8", "--out", folder,
    ];
}
