using System.CommandLine;
using Wgqa.Decoding;
using Wgqa.Experiments.Progress;
using Wgqa.Experiments.Recipes;
using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>generate</c>: texts in, generated texts out, line by line.</summary>
internal static class GenerateCommand
{
    private const int LongestByDefault = 128;

    public static Command Create()
    {
        var model = Options.Model();
        var text = new Option<string[]>("--text")
        {
            Description = "Texts to generate from, task prefix included; without any, standard input, one per line.",
            AllowMultipleArgumentsPerToken = true,
        };
        var prefix = new Option<string>("--prefix") { Description = "Words put before each text.", DefaultValueFactory = _ => "" };
        const string Otherwise = $"Default: what {GenerationConfigFile.FileName} says, else";
        var beams = new Option<int?>("--beams") { Description = $"Beams; 1 is greedy. {Otherwise} 1." };
        var lengthPenalty = new Option<double?>("--length-penalty") { Description = $"Beam scores are divided by length^this. {Otherwise} 1." };
        var maxNew = new Option<int?>("--max-new-tokens") { Description = $"The most tokens generated per text. {Otherwise} {LongestByDefault}." };
        var maxSource = new Option<int>("--max-source") { Description = "The longest input in tokens; what is longer is cut.", DefaultValueFactory = _ => 512 };
        var noRepeat = new Option<int?>("--no-repeat-ngram") { Description = $"No n-gram of this size occurs twice; 0 allows all. {Otherwise} 0." };
        var batch = new Option<int>("--batch") { Description = "Texts decoded together.", DefaultValueFactory = _ => 32 };
        var device = Options.Device();
        var precision = Options.Precision();
        var profiled = Options.DecodingProfile();
        var json = Options.Json();
        var command = new Command("generate", "Generate a text from each input.") { model, text, prefix, beams, lengthPenalty, maxNew, maxSource, noRepeat, batch, device, precision, profiled, json };
        command.SetAction(result =>
        {
            using var interruption = new Interruption();
            var folder = result.GetValue(model)!;
            var tokenizer = T5Tokenizer.Load(folder);
            var computed = Options.PrecisionNamed(result.GetValue(precision)!);
            using var loaded = T5Folder.Load(folder, VariantCatalog.All, device: FineTuning.DeviceNamed(result.GetValue(device)!));
            loaded.Deploy(computed);
            var options = GenerationConfigFile.Read(folder, T5Generation.DefaultOptions(loaded.Config) with { MaxLength = 1 + LongestByDefault });
            options = options with
            {
                NumBeams = result.GetValue(beams) ?? options.NumBeams,
                LengthPenalty = result.GetValue(lengthPenalty) ?? options.LengthPenalty,
                MaxNewTokens = result.GetValue(maxNew) ?? options.MaxNewTokens,
                NoRepeatNgramSize = result.GetValue(noRepeat) ?? options.NoRepeatNgramSize,
                NumReturnSequences = 1,   // a line out for a line in
            };
            options.Validate(promptLength: 1);
            var generator = new TextGenerator(loaded, tokenizer, options, result.GetValue(batch), result.GetValue(maxSource)) { Profile = result.GetValue(profiled) ? new() : null };
            IReadOnlyList<string> inputs = result.GetValue(text) is { Length: > 0 } given ? given : [.. StandardInput.Lines(interruption.Token).Select(line => line.Line)];
            if (inputs.Count == 0)
            {
                throw new UserException("there is no text: neither --text nor a line on standard input.");
            }

            var outputs = generator.Generate([.. inputs.Select(input => result.GetValue(prefix) + input)], new InterruptibleProgress(static _ => { }, done => $"Interrupted after {done} of {inputs.Count} texts, of which none has been written.", interruption.Token));
            Options.Say(generator.Profile?.Measured);
            if (result.GetValue(json))
            {
                Options.PrintJson(new { texts = inputs.Zip(outputs, (input, output) => new { input, output }) });
                return;
            }

            foreach (var output in outputs)
            {
                Console.WriteLine(output.ReplaceLineEndings(" "));
            }
        });
        return command;
    }
}
