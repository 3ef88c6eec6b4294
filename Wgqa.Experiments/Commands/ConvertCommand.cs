using System.CommandLine;
using Wgqa.Experiments.Recipes;
using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>convert</c>: a multi-head checkpoint as any variant, untrained.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var model = Options.Model();
        var variant = Options.Variant();
        var output = Options.Out("The folder to write.");
        var seed = Options.Seed();
        var json = Options.Json();
        var task = new TaskOptions(dataIsRequired: false);
        var command = new Command("convert", "Convert a multi-head T5 to a variant.") { model, variant, output, seed, json };
        task.AddTo(command);
        command.SetAction(result =>
        {
            using var interruption = new Interruption();
            var folder = result.GetValue(model)!;
            var chosen = PaperTable.Named(result.GetValue(variant)!);
            var written = Options.Written(result.GetValue(output)!, folder);
            Randomness.SeedModel(result.GetValue(seed));
            using var source = T5Folder.Load(folder, VariantCatalog.All);
            var pairs = task.HasData(result) ? task.Pairs(result, "train") : null;
            using var converted = VariantConversion.Convert(source, chosen, () => T5Tokenizer.Load(folder), task.Task(result), pairs);
            Options.RequireUninterrupted(interruption.Token);
            T5Folder.Save(converted, written, folder);
            ModelReport.Print(converted, written, $"{chosen.Info.Name}: {chosen.Info.Summary}", result.GetValue(json));
        });
        return command;
    }
}
