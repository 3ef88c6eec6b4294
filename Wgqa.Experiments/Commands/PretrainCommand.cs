using System.CommandLine;
using Wgqa.Experiments.Progress;
using Wgqa.Experiments.Recipes;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>pretrain</c>: a vocabulary and a multi-head T5 from nothing but pairs of texts.</summary>
internal static class PretrainCommand
{
    public static Command Create()
    {
        var shape = new Option<string>("--shape")
        {
            Description = $"The model's shape: {string.Join(", ", ModelShape.Names)}.",
            DefaultValueFactory = _ => "mini",
            HelpName = "NAME",
        };
        var vocabulary = new Option<int>("--vocabulary") { Description = "Pieces of a vocabulary trained on the pairs.", DefaultValueFactory = _ => 8000 };
        var tokenizer = new Option<string?>("--tokenizer") { Description = "A spiece.model to use instead of training one.", HelpName = "FILE" };
        var dropout = new Option<double>("--dropout") { Description = "Dropout rate.", DefaultValueFactory = _ => 0.1 };
        var output = Options.Out("The run folder; the model ends up in its model/.");
        var validation = new Option<string?>("--validation") { Description = "Held-out pairs; the val split where --data is a folder.", HelpName = "DATA" };
        var device = Options.Device();
        var json = Options.Json();
        var task = new TaskOptions();
        var training = new TrainingFlags();
        var command = new Command("pretrain", "Train a vocabulary and a multi-head T5 from scratch.") { shape, vocabulary, tokenizer, dropout, output, validation, device, json };
        task.AddTo(command);
        training.AddTo(command);
        command.SetAction(result =>
        {
            var pairs = task.Pairs(result, "train");
            var heldOut = task.HeldOut(result, result.GetValue(validation));
            using var interruption = new Interruption();
            var recipe = new Pretraining
            {
                Shape = ModelShape.Named(result.GetValue(shape)!),
                VocabularySize = TaskOptions.AtLeast(4, result.GetValue(vocabulary), "--vocabulary")!.Value,
                Tokenizer = result.GetValue(tokenizer),
                Dropout = result.GetValue(dropout),
                Task = task.Task(result),
                Data = task.DataSpec(result),
                Pairs = pairs,
                Validation = heldOut,
                BatchSize = training.BatchSize(result),
                Training = training.Training(result, pairs.Count),
                Device = result.GetValue(device)!,
            };
            using var run = recipe.Open(result.GetValue(output)!);
            RunReport.Print(run, recipe.Run(run, TerminalProgress.OnStandardError(), interruption.Token), result.GetValue(json));
        });
        return command;
    }
}
