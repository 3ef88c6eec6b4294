using System.CommandLine;
using System.Globalization;
using System.Text;
using Wgqa.Text;

namespace Wgqa.Experiments.Commands;

/// <summary><c>tokenize</c>: a line in, its ids out; <c>--decode</c> back.</summary>
internal static class TokenizeCommand
{
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
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 1 << 16);
        foreach (var (line, number) in StandardInput.Lines())
        {
            output.WriteLine(decode
                ? tokenizer.Decode(Ids(line, number), skipSpecial)
                : string.Join(' ', tokenizer.Encode(line, addEos: addEos)));
        }
    }

    private static int[] Ids(string line, int number) =>
        [.. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word =>
            int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id
                : throw new UserException($"standard input line {number}: '{word}' is not an id."))];
}
