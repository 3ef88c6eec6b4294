using System.CommandLine;
using Wgqa.Experiments.Progress;
using Wgqa.Experiments.Recipes;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>table</c>: the paper's Table 1 on one's own model and data.</summary>
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
        var beams = new Option<int>("--beams") { Description = "Beams when evaluating.", DefaultValueFactory = _ => 1 };
        var output = Options.Out("The folder for one run per variant and the table; started again, it goes on.");
        var device = Options.Device();
        var json = Options.Json();
        var task = new TaskOptions();
        var training = new TrainingFlags();
        var command = new Command("table", "Fine-tune, evaluate and fold every variant, and print the table.") { model, variants, test, testLimit, beams, output, device, json };
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
            using var interruption = new Interruption();
            var comparison = new VariantComparison
            {
                Model = result.GetValue(model)!,
                Task = task.Task(result),
                Data = task.DataSpec(result),
                Train = pairs,
                Test = limit is { } most ? [.. testPairs.Take(most)] : testPairs,
                BatchSize = training.BatchSize(result),
                Training = training.Training(result, pairs.Count),
                Beams = TaskOptions.AtLeast(1, result.GetValue(beams), "--beams")!.Value,
                Device = result.GetValue(device)!,
            };
            var table = comparison.Run(chosen, result.GetValue(output)!, TerminalProgress.OnStandardError(), interruption.Token);
            TableReport.Print(table, result.GetValue(json));
        });
        return command;
    }
}
