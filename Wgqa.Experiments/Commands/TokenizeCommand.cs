using System.CommandLine;
using System.Globalization;
using System.Text;
using Wgqa.Experiments.Recipes;
using Wgqa.Text;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>tokenize</c>: a line in, its ids out; <c>--decode</c> back.</summary>
internal static class TokenizeCommand
{
    private const int LinesAtOnce = 1 << 14;

    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "A spiece.model, or a folder with one.", Required = true, HelpName = "FILE" };
        var decode = new Option<bool>("--decode") { Description = "Ids in, text out, special tokens written as Hugging Face's decode writes them." };
        var skipSpecial = new Option<bool>("--skip-special") { Description = "With --decode: leave out </s>, <pad>, <unk> and sentinels." };
        var noEos = new Option<bool>("--no-eos") { Description = "Do not close each line with </s>." };
        var command = new Command("tokenize", "Turn lines of standard input into T5 ids, or back.") { model, decode, skipSpecial, noEos };
        command.SetAction(result => Run(result.GetValue(model)!, result.GetValue(decode), result.GetValue(skipSpecial), !result.GetValue(noEos)));
        return command;
    }

    private static void Run(string model, bool decode, bool skipSpecial, bool addEos)
    {
        var tokenizer = T5Tokenizer.Load(model);
        using var interruption = new Interruption();
        using var output = Console.OpenStandardOutput();
        if (decode)
        {
            using var texts = new StreamWriter(output, new UTF8Encoding(false), 1 << 16);
            foreach (var (line, number) in StandardInput.Lines(interruption.Token))
            {
                texts.WriteLine(tokenizer.Decode(Ids(line, number), skipSpecial));
            }

            return;
        }

        using var ids = new IdLines(output);
        foreach (var lines in StandardInput.Lines(interruption.Token).Select(static line => line.Line).Chunk(LinesAtOnce))
        {
            foreach (var line in tokenizer.EncodeBatch(lines, addEos: addEos))
            {
                ids.Write(line);
            }
        }
    }

    private static int[] Ids(string line, int number) =>
        [.. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word =>
            int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id
                : throw new UserException($"standard input line {number}: '{word}' is not an id."))];
}
