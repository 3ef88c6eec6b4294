using System.CommandLine;
using System.Globalization;
using Wgqa.Experiments.Recipes;
using Wgqa.Experiments.Reports;

namespace Wgqa.Experiments.Commands;

/// <summary><c>variants</c>: what is declared, and what it costs on a model of a given shape.</summary>
internal static class VariantsCommand
{
    public static Command Create()
    {
        var shape = Options.Shape();
        var bytes = Options.CacheType();
        var json = Options.Json();
        var command = new Command("variants", "List the declared variants, with their cost on a model shape.") { shape, bytes, json };
        command.SetAction(result => Run(result.GetValue(shape)!, result.GetValue(bytes)!, result.GetValue(json)));
        return command;
    }

    private static void Run(string shapeName, string dtype, bool json)
    {
        var model = ModelShape.Named(shapeName);
        var bytesPerElement = CacheType.BytesOf(dtype);
        var rows = VariantCatalog.All.Select(variant => Row.Of(variant, model, bytesPerElement)).ToList();
        if (json)
        {
            Options.PrintJson(new { shape = shapeName, dtype, model.Shape.Heads, variants = rows });
            return;
        }

        var table = new TextTable("variant", "groups", "weighting", "init", "merge", "sites", "folds", "extra parameters", "cache bytes/token", "what it is");
        foreach (var row in rows)
        {
            table.Add(
                row.Variant,
                row.KeyValueHeads ?? "does not fit",
                row.Weighting,
                row.Init,
                row.Merge,
                row.Sites,
                row.Foldability,
                row.ExtraParameters?.ToString("N0", CultureInfo.InvariantCulture) ?? "–",
                row.KvBytesPerToken?.ToString("N0", CultureInfo.InvariantCulture) ?? "–",
                row.Summary);
        }

        Console.Write(table);
        Console.WriteLine();
        Console.WriteLine($"{shapeName}: {model.Shape.Heads} heads of width {model.Shape.HeadDim}, model width {model.Shape.ModelDim}, {model.DecoderLayers} decoder layers.");
        Console.WriteLine($"Cache bytes per token: {dtype}, all decoder layers, self- and cross-attention together (the first grows with each decoded token, the second holds each source token).");
    }

    private sealed record Row(
        string Variant,
        string FullName,
        string Summary,
        int? Groups,
        string? KeyValueHeads,
        string Weighting,
        string Init,
        string Pooling,
        string Merge,
        string Sites,
        bool Folds,
        string Foldability,
        long? ExtraParameters,
        long? KvBytesPerToken,
        string? Error)
    {
        public static Row Of(AttentionVariant variant, ModelShape model, int bytesPerElement)
        {
            var info = variant.Info;
            string? heads = null, error = null;
            try
            {
                heads = model.KeyValueHeads(variant);
            }
            catch (UserException e)
            {
                error = e.Message;
            }

            return new(
                info.Name,
                info.FullName,
                info.Summary,
                int.TryParse(heads, NumberStyles.None, CultureInfo.InvariantCulture, out var groups) ? groups : null,   // one number for keys, values and all blocks
                heads,
                info.Weighting.ToString(),
                info.Weighting == Wgqa.Weighting.None ? "–" : info.Init.ToString(),
                info.Pooling.ToString(),
                info.Merge.ToString(),
                info.Sites.ToString(),
                info.Folds == Wgqa.Foldability.Always,
                info.Folds switch { Wgqa.Foldability.Always => "yes", Wgqa.Foldability.WhenFrozen => "when frozen", _ => "no" },
                heads is null ? null : model.ExtraParameters(variant),
                heads is null ? null : model.KvBytesPerToken(variant, bytesPerElement),
                error);
        }
    }
}
