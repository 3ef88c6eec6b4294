using System.CommandLine;
using TorchSharp;
using Wgqa.Experiments.Recipes;
using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>finetune</c>: converts a multi-head model to a variant and trains it on pairs of texts.</summary>
internal static class FinetuneCommand
{
    public static Command Create()
    {
        var model = Options.Model();
        var variant = Options.Variant();
        var output = Options.Out("The run folder: config.json, metrics.jsonl, model/, summary.json. An interrupted run goes on.");
        var validation = new Option<string?>("--validation") { Description = "Held-out pairs; the val split where --data is a folder.", HelpName = "DATA" };
        var device = Options.Device();
        var json = Options.Json();
        var task = new TaskOptions();
        var training = new TrainingFlags();
        var processes = new ProcessOptions();
        var command = new Command("finetune", "Convert a T5 to a variant and fine-tune it.") { model, variant, output, validation, device, json };
        task.AddTo(command);
        training.AddTo(command);
        processes.AddTo(command);
        command.SetAction(result => processes.Run(result, result.GetValue(device)!, peers =>
        {
            var folder = result.GetValue(model)!;
            var chosen = PaperTable.Named(result.GetValue(variant)!);
            var pairs = task.Pairs(result, "train");
            var heldOut = task.HeldOut(result, result.GetValue(validation));
            var tokenizer = T5Tokenizer.Load(folder);
            var examples = TrainingExamples.Encode(task.Task(result), tokenizer, pairs, heldOut, training.BatchSize(result), training.BatchTokens(result));
            var options = training.Training(result, epochs => examples.Batches(epochs, training.Seed(result)));
            var config = new RunConfig
            {
                Command = "finetune",
                Model = Path.GetFullPath(folder),
                Variant = chosen.Info.Name,
                Data = task.DataSpec(result),
                Pairs = pairs.Count,
                Task = task.Task(result),
                BatchSize = examples.BatchTokens is null ? examples.BatchSize : null,
                BatchTokens = examples.BatchTokens,
                Training = options,
                Device = result.GetValue(device)!,
            };
            var place = peers.Place(config.Device);
            Randomness.SeedModel(options.Seed);
            using var source = T5Folder.Load(folder, VariantCatalog.All);
            tokenizer.EnsureFits(source.Config.VocabSize, "the model's configuration");
            using var converted = VariantConversion.Convert(source, chosen, () => tokenizer, config.Task, pairs);

            // Only now: a model that will not do leaves no run folder, which would be in the way of the next attempt.
            using var run = RunFolder.Open(result.GetValue(output)!, config, peers.Group);
            using var interruption = new Interruption();
            converted.to(place);
            var display = peers.Display;
            display.Say(examples.Padding(options.Seed));
            var summary = FineTuning.Run(converted, tokenizer, folder, examples, options, run, display, interruption.Token, peers, training.Profile(result, display));
            RunReport.Print(run, summary, result.GetValue(json), peers);
        }));
        return command;
    }
}
