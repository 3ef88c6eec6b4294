using System.CommandLine;
using Wgqa.Experiments.Recipes;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>pretrain</c>: a vocabulary and a multi-head T5 from nothing but texts, plain or in pairs.</summary>
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
        var vocabulary = new Option<int>("--vocabulary") { Description = "Pieces of the vocabulary to train on the texts. Its training cannot be interrupted gently.", DefaultValueFactory = _ => 8000 };
        var tokenizer = new Option<string?>("--tokenizer") { Description = "A spiece.model to use instead of training one.", HelpName = "FILE" };
        var dropout = new Option<double>("--dropout") { Description = "Dropout rate.", DefaultValueFactory = _ => 0.1 };
        var output = Options.Out("The run folder; the model ends up in its model/.");
        var validation = new Option<string?>("--validation") { Description = "Held-out pairs (the val split where --data is a folder), or held-out text.", HelpName = "DATA" };
        var device = Options.Device();
        var json = Options.Json();
        var task = new TaskOptions(plainText: true);
        var corruption = new SpanCorruptionOptions();
        var training = new TrainingFlags();
        var processes = new ProcessOptions();
        var command = new Command("pretrain", "Train a vocabulary and a multi-head T5 from scratch.") { shape, vocabulary, tokenizer, dropout, output, validation, device, json };
        task.AddTo(command);
        corruption.AddTo(command);
        training.AddTo(command);
        processes.AddTo(command);
        command.SetAction(result => processes.Run(result, result.GetValue(device)!, peers =>
        {
            var made = new NewModel(
                ModelShape.Named(result.GetValue(shape)!),
                TaskOptions.AtLeast(4, result.GetValue(vocabulary), "--vocabulary")!.Value,
                result.GetValue(tokenizer),
                result.GetValue(dropout));
            using var interruption = new Interruption();
            if (task.IsSpanCorruption(result))
            {
                var onText = new SpanCorruptionTraining
                {
                    Data = task.DataSpec(result),
                    HeldOut = result.GetValue(validation),
                    Corruption = corruption.Corruption(result),
                    InputLength = task.MaxSource(result) ?? SpanCorruptionOptions.InputLength,
                    BatchSize = training.BatchSize(result),
                    Training = training.ForSteps(result, training.Steps(result) ?? throw new UserException($"--task {TaskOptions.SpanCorruption} reads a stream of text; --steps has to say how many updates to make.")),
                    Device = result.GetValue(device)!,
                    Peers = peers,
                    Profile = training.Profile(result, peers.Display),
                };
                var (pretrained, outcome) = onText.Pretrain(made, result.GetValue(output)!, peers.Display, interruption.Token);
                RunReport.Print(pretrained, outcome, result.GetValue(json), peers);
                return;
            }

            var pairs = task.Pairs(result, "train");
            var heldOut = task.HeldOut(result, result.GetValue(validation));
            var recipe = new Pretraining
            {
                Made = made,
                Task = task.Task(result),
                Data = task.DataSpec(result),
                Pairs = pairs,
                Validation = heldOut,
                BatchSize = training.BatchSize(result),
                BatchTokens = training.BatchTokens(result),
                Training = training.BatchTokens(result) is null
                    ? training.Training(result, pairs.Count)
                    : training.ForSteps(result, training.Steps(result) ?? throw new UserException("--batch-tokens counts tokens of a vocabulary that is trained first; --steps has to say how many updates to make.")),
                Device = result.GetValue(device)!,
                Peers = peers,
            };
            using var run = recipe.Open(result.GetValue(output)!);
            RunReport.Print(run, recipe.Run(run, peers.Display, interruption.Token, training.Profile(result, peers.Display)), result.GetValue(json), peers);
        }));
        return command;
    }
}
