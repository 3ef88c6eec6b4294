using System.CommandLine;
using System.Globalization;
using Wgqa.Decoding;
using Wgqa.Experiments.Progress;
using Wgqa.Experiments.Recipes;
using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>evaluate</c>: generates from a test set and scores the result.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = Options.Model();
        var beams = new Option<int>("--beams") { Description = "Beams; 1 is greedy.", DefaultValueFactory = _ => 1 };
        var batch = new Option<int>("--batch") { Description = "Texts decoded together.", DefaultValueFactory = _ => 32 };
        var output = new Option<string?>("--predictions") { Description = "Write the generated texts here, one per line.", HelpName = "FILE" };
        var device = Options.Device();
        var precision = Options.Precision();
        var profiled = Options.DecodingProfile();
        var json = Options.Json();
        var task = new TaskOptions();
        var command = new Command("evaluate", "Generate from a test set and score the result (the test split where --data is a folder).") { model, beams, batch, output, device, precision, profiled, json };
        task.AddTo(command);
        command.SetAction(result =>
        {
            var pairs = task.Pairs(result, "test");
            var folder = result.GetValue(model)!;
            var tokenizer = T5Tokenizer.Load(folder);
            var computed = Options.PrecisionNamed(result.GetValue(precision)!);
            using var loaded = T5Folder.Load(folder, VariantCatalog.All, device: FineTuning.DeviceNamed(result.GetValue(device)!));
            loaded.Deploy(computed);
            using var interruption = new Interruption();
            var profile = result.GetValue(profiled) ? new DecodingProfile() : null;
            var (evaluation, predictions) = Evaluation.Run(
                loaded, tokenizer, task.Task(result), pairs, result.GetValue(beams), result.GetValue(batch), TerminalProgress.OnStandardError(), "evaluate", interruption.Token, profile);
            Options.Say(profile?.Measured);
            if (result.GetValue(output) is { } file)
            {
                Evaluation.Write(file, predictions);
            }

            if (result.GetValue(json))
            {
                Options.PrintJson(new { evaluation.Scores, evaluation.Texts, evaluation.Tokens, evaluation.Seconds, evaluation.TokensPerSecond });
            }
            else
            {
                var scores = string.Join("  ", evaluation.Scores.Select(score => string.Create(CultureInfo.InvariantCulture, $"{score.Key} {score.Value:0.00}")));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scores}  ({evaluation.Texts} texts, {evaluation.TokensPerSecond:N0} tokens/s)"));
            }
        });
        return command;
    }
}
