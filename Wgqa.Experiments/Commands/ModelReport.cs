using System.Globalization;
using Wgqa.Models;

namespace Wgqa.Experiments.Commands;

/// <summary>What a command that wrote a model prints.</summary>
internal static class ModelReport
{
    public static void Print(T5 model, string folder, string what, bool json)
    {
        var parameters = model.parameters().Sum(parameter => parameter.numel());
        if (json)
        {
            var groups = model.Config.Grouping is { } grouping ? grouping.Groups : model.Config.Heads;   // null where it differs between blocks, or between keys and values
            Options.PrintJson(new { model = folder, variant = model.Variant?.Info.Name, groups, parameters });
            return;
        }

        Console.WriteLine(what);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{parameters:N0} parameters in {folder}"));
    }
}
