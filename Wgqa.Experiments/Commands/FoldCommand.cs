using System.CommandLine;
using Wgqa.Folding;
using Wgqa.Models;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>fold</c>: a trained variant as plain grouped-query attention, or as an ordinary multi-head T5.</summary>
internal static class FoldCommand
{
    public static Command Create()
    {
        var run = new Option<string>("--run") { Description = "A finished run's folder, or a model folder.", Required = true, HelpName = "DIR" };
        var output = Options.Out("The folder to write.");
        var expand = new Option<bool>("--expand") { Description = "Repeat key/value heads, so that stock Hugging Face T5 loads the result." };
        var freeze = new Option<bool>("--freeze") { Description = "Make permanent the head maps of a variant that allocates heads while running, which then folds." };
        var json = Options.Json();
        var command = new Command("fold", "Fold the learned merge weights away.") { run, output, expand, freeze, json };
        command.SetAction(result =>
        {
            using var interruption = new Interruption();
            var folder = result.GetValue(run)!;
            var inRun = Path.Combine(folder, "model");
            var source = File.Exists(Path.Combine(inRun, "config.json")) ? inRun : folder;
            if (source == folder && File.Exists(Path.Combine(folder, "metrics.jsonl")))
            {
                throw new UserException($"{folder} holds a run that is not finished: it has no model folder yet.");
            }

            var written = Options.Written(result.GetValue(output)!, source);
            using var trained = T5Folder.Load(source, VariantCatalog.All);
            using var frozen = result.GetValue(freeze) ? ModelFreezing.Freeze(trained) : null;
            using var folded = ModelFolding.Fold(frozen ?? trained);
            Options.RequireUninterrupted(interruption.Token);
            if (result.GetValue(expand))
            {
                using var expanded = ModelFolding.Expand(folded);
                T5Folder.Save(expanded, written, source);
                ModelReport.Print(expanded, written, "Folded and expanded: an ordinary multi-head T5.", result.GetValue(json));
            }
            else
            {
                T5Folder.Save(folded, written, source);
                var heads = folded.Config.Grouping?.KeyValueHeads ?? $"{folded.Config.Heads} key/value heads";
                ModelReport.Print(folded, written, $"Folded: plain attention of {folded.Config.Heads} query heads over {heads}.", result.GetValue(json));
            }
        });
        return command;
    }
}
