using System.CommandLine;
using Wgqa.Experiments.Recipes;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary>
/// <c>uptrain</c>: trains an existing model on plain text for a share of its pretraining, as a converted one needs to adapt to its
/// new attention. Source: Ainslie et al. 2023, section 2.1.
/// </summary>
internal static class UptrainCommand
{
    public static Command Create()
    {
        var model = Options.Model();
        var variant = new Option<string?>("--variant") { Description = "Convert a multi-head model to this variant first.", HelpName = "NAME" };
        var data = new Option<string[]>("--data") { Description = "Text files, and folders of them; each may be gzipped.", Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "TEXT" };
        var validation = new Option<string?>("--validation") { Description = "Held-out text.", HelpName = "TEXT" };
        var maxSource = new Option<int>("--max-source") { Description = "Length of every input in tokens.", DefaultValueFactory = _ => SpanCorruptionOptions.InputLength };
        var share = new Option<double>("--share") { Description = "The share of the pretraining's updates to make.", DefaultValueFactory = _ => 0.05 };
        var pretraining = new Option<int?>("--of") { Description = "Updates of the pretraining; known for a model that `pretrain` made.", HelpName = "STEPS" };
        var output = Options.Out("The run folder; the model ends up in its model/.");
        var device = Options.Device();
        var json = Options.Json();
        var corruption = new SpanCorruptionOptions();
        var training = new TrainingFlags(epochs: false);
        var processes = new ProcessOptions();
        var command = new Command("uptrain", "Train a model on plain text for a share of its pretraining.") { model, variant, data, validation, maxSource, share, pretraining, output, device, json };
        corruption.AddTo(command);
        training.AddTo(command);
        processes.AddTo(command);
        command.SetAction(result => processes.Run(result, result.GetValue(device)!, peers =>
        {
            var folder = result.GetValue(model)!;
            var steps = training.Steps(result) ?? Share(result.GetValue(share), TaskOptions.AtLeast(1, result.GetValue(pretraining), "--of") ?? StepsBehind(folder));
            var recipe = new SpanCorruptionTraining
            {
                Data = string.Join(',', result.GetValue(data)!),
                HeldOut = result.GetValue(validation),
                Corruption = corruption.Corruption(result),
                InputLength = result.GetValue(maxSource),
                BatchSize = training.BatchSize(result),
                Training = training.ForSteps(result, steps),
                Device = result.GetValue(device)!,
                Peers = peers,
                Profile = training.Profile(result, peers.Display),
            };
            var chosen = result.GetValue(variant) is { } name ? PaperTable.Named(name) : null;
            using var interruption = new Interruption();
            var (run, summary) = recipe.Uptrain(folder, chosen, result.GetValue(output)!, peers.Display, interruption.Token);
            RunReport.Print(run, summary, result.GetValue(json), peers);
        }));
        return command;
    }

    private static int Share(double share, int steps) => share is > 0 and <= 1
        ? Math.Max(1, (int)Math.Round(share * steps))
        : throw new UserException($"--share is {share}; it must be more than 0 and at most 1.");

    /// <summary>The updates of the finished run whose <c>model/</c> the folder is.</summary>
    private static int StepsBehind(string folder) =>
        RunFolder.SummaryBeside(folder)?.Steps
        ?? throw new UserException($"{folder} does not say how long it was pretrained; --of has to name the updates that --share is a share of, or --steps the updates to make.");
}
