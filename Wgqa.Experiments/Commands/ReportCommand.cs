using System.CommandLine;
using Wgqa.Checkpoints;
using Wgqa.Experiments.Reports;
using Wgqa.Experiments.Sweeps;
using Wgqa.Metrics;

namespace Wgqa.Experiments.Commands;

/// <summary><c>report</c>: a sweep's results as a page, as Markdown and as CSV.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var runs = new Argument<string>("RUNS") { Description = "The folder that `table` wrote, finished or not." };
        var output = new Option<string?>("--out") { Description = "The folder to write to (default RUNS/report).", HelpName = "DIR" };
        var trials = new Option<int>("--trials") { Description = "Trials of the tests over texts.", DefaultValueFactory = _ => PairedTests.DefaultTrials };
        var seed = new Option<int>("--seed") { Description = "Seed of those trials.", DefaultValueFactory = _ => 1 };
        var json = Options.Json();
        var command = new Command("report", "Write what a sweep shows as one HTML page, and the same as Markdown and CSV.") { runs, output, trials, seed, json };
        command.SetAction(result =>
        {
            var folder = SweepFolder.Open(result.GetValue(runs)!);
            var sweep = SweepAnalysis.Of(folder, TaskOptions.AtLeast(1, result.GetValue(trials), "--trials")!.Value, result.GetValue(seed));
            var into = Path.GetFullPath(result.GetValue(output) ?? Path.Combine(folder.Path, "report"));
            Directory.CreateDirectory(into);
            (string Name, string Text)[] files =
            [
                ("report.html", HtmlReport.Of(sweep)),
                ("report.md", MarkdownReport.Of(sweep)),
                ("variants.csv", CsvReport.Variants(sweep)),
                ("cells.csv", CsvReport.Cells(sweep)),
            ];
            foreach (var (name, text) in files)
            {
                CompleteFile.Write(Path.Combine(into, name), text);
            }

            var findings = sweep.Tasks.SelectMany(task => Findings.Of(task).Select(finding => sweep.Tasks.Count > 1 ? $"{task.Asked.Name}: {finding}" : finding)).Prepend(Findings.Completeness(sweep)).ToList();
            if (result.GetValue(json))
            {
                Options.PrintJson(new { report = Path.Combine(into, "report.html"), files = files.Select(file => Path.Combine(into, file.Name)), findings });
                return;
            }

            foreach (var finding in findings)
            {
                Console.WriteLine(finding);
            }

            Console.WriteLine($"report: {Path.Combine(into, "report.html")}");
        });
        return command;
    }
}
