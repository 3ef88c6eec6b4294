using System.CommandLine;
using Wgqa.Experiments.Progress;
using Wgqa.Experiments.Recipes;
using Wgqa.Experiments.Sweeps;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>table</c>: every variant with every seed on one's own model and data, the paper's Table 1 to begin with.</summary>
internal static class TableCommand
{
    public static Command Create()
    {
        var model = Options.Model();
        var variants = new Option<string>("--variants")
        {
            Description = "paper (the fifteen rows of Table 1), all, or names separated by commas.",
            DefaultValueFactory = _ => "paper",
        };
        var test = new Option<string?>("--test") { Description = "Pairs that scores are computed on; the test split where --data is a folder.", HelpName = "DATA" };
        var testLimit = new Option<int?>("--test-limit") { Description = "Use only the first N test pairs." };
        var seeds = new Option<string?>("--seeds") { Description = "Run every variant with each of these seeds: 1,2,3 or 1-5. Instead of --seed.", HelpName = "LIST" };
        var beams = new Option<int>("--beams") { Description = "Beams when evaluating.", DefaultValueFactory = _ => 1 };
        var output = Options.Out("The folder for one run per cell (task, variant, seed) and the table; started again, it goes on.");
        var device = Options.Device();
        var dropModels = new Option<bool>("--drop-models") { Description = "Keep no model of a finished cell: its scores, texts and weights' differences only." };
        var retry = new Option<bool>("--retry-failed") { Description = "Try cells again that failed before." };
        var jobs = new Option<int>("--jobs") { Description = "Cells at once, each in a process of its own with its share of the cores.", DefaultValueFactory = _ => 1 };
        var worker = new Option<bool>(SweepWorkers.WorkerOption) { Hidden = true };
        var json = Options.Json();
        var task = new TaskOptions();
        var training = new TrainingFlags();
        var command = new Command("table", "Fine-tune, evaluate and fold every variant, with every seed, and print the table.")
        {
            model, variants, seeds, test, testLimit, beams, output, device, dropModels, retry, jobs, worker, json,
        };
        task.AddTo(command);
        training.AddTo(command);
        command.SetAction(result =>
        {
            var chosen = PaperTable.Select(result.GetValue(variants)!);
            var pairs = task.Pairs(result, "train");
            var testPairs = result.GetValue(test) is { } spec
                ? task.Pairs(result, spec, "test")
                : task.SplitOfFolder(result, "test") ?? throw new UserException("--test is missing: --data is not a folder with a test split.");
            var limit = TaskOptions.AtLeast(1, result.GetValue(testLimit), "--test-limit");
            var data = new TaskData(pairs, limit is { } most ? [.. testPairs.Take(most)] : testPairs);
            var kind = task.Task(result);
            var beamCount = TaskOptions.AtLeast(1, result.GetValue(beams), "--beams")!.Value;
            var sweep = new Sweep
            {
                Plan = new()
                {
                    Model = Path.TrimEndingDirectorySeparator(Path.GetFullPath(result.GetValue(model)!)),
                    Variants = [.. chosen.Select(variant => variant.Info.Name)],
                    Seeds = result.GetValue(seeds) is { } list ? SeedList.Parse(list) : [training.Seed(result)],
                    Tasks =
                    [
                        new()
                        {
                            Name = kind.Name,
                            Task = kind,
                            Data = task.DataSpec(result),
                            Pairs = pairs.Count,
                            TestPairs = data.Test.Count,
                            EvaluatedOn = data.EvaluatedOn(beamCount),
                            BatchSize = training.BatchSize(result),
                            Beams = beamCount,
                            Training = training.Training(result, pairs.Count),
                        },
                    ],
                    Device = result.GetValue(device)!,
                },
                Data = new Dictionary<string, TaskData> { [kind.Name] = data },
                KeepModels = !result.GetValue(dropModels),
                RetryFailed = result.GetValue(retry),
                Jobs = TaskOptions.AtLeast(1, result.GetValue(jobs), "--jobs")!.Value,
            };
            using var interruption = new Interruption();
            if (result.GetValue(worker))
            {
                sweep.Work(result.GetValue(output)!, interruption.Token);
                return;
            }

            var table = sweep.Run(result.GetValue(output)!, TerminalProgress.OnStandardError(), interruption.Token);
            TableReport.Print(table, result.GetValue(json));
        });
        return command;
    }
}
