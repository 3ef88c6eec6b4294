using System.CommandLine;
using Wgqa.Experiments.Progress;
using Wgqa.Experiments.Recipes;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>demo</c>: the main job from nothing, on data that the app writes itself.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Less training: the path in about a minute, the scores low." };
        var output = new Option<string?>("--out") { Description = "The run folder (default runs/demo or runs/demo-quick).", HelpName = "DIR" };
        var fresh = new Option<bool>("--fresh") { Description = "Start over instead of going on with what the run folder holds." };
        var seed = Options.Seed();
        var precision = Options.Precision();
        var json = Options.Json();
        var command = new Command("demo", "Pretrain a small T5 on a German–English grammar, convert it to every variant of the paper's Table 1, fine-tune, evaluate, fold.")
        {
            quick, output, fresh, seed, precision, json,
        };
        command.SetAction(result =>
        {
            var demo = (result.GetValue(quick) ? Demonstration.Quick : Demonstration.Full) with { Precision = Options.PrecisionNamed(result.GetValue(precision)!) };
            var folder = result.GetValue(output) ?? Path.Combine("runs", result.GetValue(quick) ? "demo-quick" : "demo");
            if (result.GetValue(fresh))
            {
                Demonstration.Clear(folder);
            }

            using var interruption = new Interruption();
            TableReport.Print(demo.Run(folder, result.GetValue(seed), TerminalProgress.OnStandardError(), interruption.Token), result.GetValue(json));
        });
        return command;
    }
}
