using System.CommandLine;
using System.Globalization;
using Wgqa.Experiments.Benchmarks;
using Wgqa.Experiments.Recipes;
using Wgqa.Experiments.Reports;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>bench</c>: how fast this build is on this machine, beside Hugging Face where Python has it.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var shapes = new Option<string>("--shape") { Description = $"Model shapes, separated by commas: {string.Join(", ", ModelShape.Names)}.", DefaultValueFactory = _ => "t5-small" };
        var variants = new Option<string>("--variants") { Description = "Variants, separated by commas.", DefaultValueFactory = _ => "MHA,GQA,MQA" };
        var runs = new Option<int>("--runs") { Description = "Runs that each median is of.", DefaultValueFactory = _ => 5 };
        var threads = new Option<int>("--threads") { Description = "Compute threads, ours and the peer's.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var python = new Option<string>("--python") { Description = "The Python whose transformers to compare with; none times ours alone.", DefaultValueFactory = _ => "python3", HelpName = "PATH" };
        var precision = Options.Precision();
        var peerPrecision = new Option<string?>("--peer-precision") { Description = "What the peer computes in (default: as ours).", HelpName = "NAME" };
        var device = Options.Device();
        var dropout = new Option<double>("--dropout") { Description = "Dropout while training; losses then differ from the peer's." };
        var tasks = new Option<string>("--tasks") { Description = $"What to measure, separated by commas: {string.Join(", ", BenchmarkSuite.AllTasks)}.", DefaultValueFactory = _ => string.Join(',', BenchmarkSuite.AllTasks) };
        var quick = new Option<bool>("--quick") { Description = "Small sizes, to see that all of it works." };
        var profiled = new Option<bool>("--profile") { Description = "Say where the time of decoding and training goes, which costs some of it." };
        var json = Options.Json();
        var command = new Command("bench", "Time this build on this machine, beside Hugging Face transformers.") { shapes, variants, runs, threads, python, precision, peerPrecision, device, dropout, tasks, quick, profiled, json };
        command.SetAction(result =>
        {
            var suite = new BenchmarkSuite
            {
                Shapes = [.. result.GetValue(shapes)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ModelShape.Named)],
                Variants = PaperTable.Select(result.GetValue(variants)!),
                Runs = TaskOptions.AtLeast(1, result.GetValue(runs), "--runs")!.Value,
                Threads = TaskOptions.AtLeast(1, result.GetValue(threads), "--threads")!.Value,
                Precision = Options.PrecisionNamed(result.GetValue(precision)!),
                PeerPrecision = result.GetValue(peerPrecision) ?? result.GetValue(precision)!,
                Dropout = result.GetValue(dropout),
                Device = FineTuning.DeviceNamed(result.GetValue(device)!),
                Tasks = TasksNamed(result.GetValue(tasks)!),
                Quick = result.GetValue(quick),
                Profile = result.GetValue(profiled),
            };
            using var interruption = new Interruption();
            string? reason = null;
            using var peer = result.GetValue(python) == "none" ? null : Peer.Start(result.GetValue(python)!, suite.Threads, out reason);
            if (reason is not null)
            {
                Console.Error.WriteLine($"no peer: {reason}");
            }

            var report = suite.Run(peer, Say, interruption.Token);
            if (result.GetValue(json))
            {
                Options.PrintJson(report);
            }
            else
            {
                Print(report);
            }
        });
        return command;
    }

    private static void Say(BenchmarkResult one)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Task} {one.Case}: {one.Seconds:F3} s{(one.Ratio is { } ratio ? $", {ratio:F2} times as fast as its peer" : "")}"));
        Options.Say(one.Profile);
    }

    private static string[] TasksNamed(string words)
    {
        var names = words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length > 0 && names.All(BenchmarkSuite.AllTasks.Contains)
            ? names
            : throw new UserException($"--tasks is '{words}'; it must name some of {string.Join(", ", BenchmarkSuite.AllTasks)}, separated by commas.");
    }

    private static void Print(BenchmarkReport report)
    {
        var table = new TextTable("task", "case", "seconds", "per second", "peer", "times as fast", "floor", "of the floor", "MiB read", "peak MiB", "peer's", "agrees");
        foreach (var one in report.Results)
        {
            table.Add(
                one.Task,
                one.Case,
                Number(one.Seconds, "F3"),
                Number(one.PerSecond, "N1"),
                Number(one.PeerSeconds, "F3"),
                Number(one.Ratio, "F2"),
                Number(one.FloorSeconds, "F3"),
                Number(one.Seconds / one.FloorSeconds, "F2"),
                Number(one.Bytes / 1048576.0, "N0"),
                Number(one.PeakBytes / 1048576.0, "N0"),
                Number(one.PeerPeakBytes / 1048576.0, "N0"),
                one.Agrees switch { true => "yes", false => "no", null => "–" });
        }

        Console.Write(table);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Device}, {report.Threads} threads, {report.Precision}; the memory gives {report.BytesPerSecond / 1e9:F1} GB/s; {report.Peer ?? "no peer"}."));

        static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
    }
}
