using System.CommandLine;
using System.Globalization;
using Wgqa.Experiments.Recipes;

namespace Wgqa.Experiments.Commands;

/// <summary><c>explain</c>: what a variant is, in English, and what it costs on a model of a given shape.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("variant") { Description = "A declared variant; `variants` lists them.", HelpName = "VARIANT" };
        var shape = Options.Shape();
        var dtype = Options.CacheType();
        var code = new Option<bool>("--code") { Description = "Print the file that the compiler wrote, and nothing else." };
        var json = Options.Json();
        var command = new Command("explain", "Say what a variant is: picture, arithmetic, fold, source, generated file.") { name, shape, dtype, code, json };
        command.SetAction(result =>
        {
            var variant = PaperTable.Named(result.GetValue(name)!);
            var explanation = VariantExplanation.Of(variant, ModelShape.Named(result.GetValue(shape)!), result.GetValue(dtype)!);
            if (result.GetValue(code))
            {
                Console.Write(File.ReadAllText(explanation.GeneratedFile ?? throw new UserException($"{variant.Info.GeneratedFile} is not beside the app; build it with EmitCompilerGeneratedFiles.")));
            }
            else if (result.GetValue(json))
            {
                Options.PrintJson(explanation);
            }
            else
            {
                Print(variant.Info, explanation);
            }
        });
        return command;
    }

    private static void Print(VariantInfo info, VariantExplanation its)
    {
        Console.WriteLine($"{info.Name}: {info.Summary}");
        Console.WriteLine();
        foreach (var line in info.Picture.Split('\n'))
        {
            Console.WriteLine($"    {line}".TrimEnd());
        }

        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"On {its.Shape}, {its.Heads} heads of width {its.HeadDim}, model width {its.ModelDim}, it replaces {its.Blocks} attention blocks ({info.Sites}):"));
        Line("key/value heads", its.KeyValueHeads);
        Line("parameters", string.Create(CultureInfo.InvariantCulture,
            $"{its.TrainedParameters:N0} in the key and value projections while training, {its.MultiHeadParameters:N0} in a multi-head model; {its.ExtraParameters:N0} learned weights beside them"));
        Line("cache", string.Create(CultureInfo.InvariantCulture,
            $"{its.KvBytesPerToken:N0} bytes per token in {its.Dtype}, {its.MultiHeadKvBytesPerToken:N0} in a multi-head model: {(double)its.KvBytesPerToken / its.MultiHeadKvBytesPerToken:P0}"));
        Line("a key/value head", info.FoldIdentity);
        Line("folds", its.Folds);
        Line("source", info.Source);
        Line("generated file", its.GeneratedFile ?? info.GeneratedFile);

        static void Line(string what, string text) => Console.WriteLine($"  {what,-18}{text}");
    }
}
