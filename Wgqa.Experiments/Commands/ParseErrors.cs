using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Wgqa.Experiments.Commands;

/// <summary>What is wrong with a command line, in words that do not need .NET's types.</summary>
internal static class ParseErrors
{
    /// <summary>A sentence for each thing that is wrong.</summary>
    public static IEnumerable<string> Sentences(ParseResult parsed)
    {
        if (parsed.CommandResult == parsed.RootCommandResult && parsed.UnmatchedTokens is [var word, ..])
        {
            return [$"'{word}' is no command; ./wgqa --help lists them."];
        }

        return parsed.Errors.Select(Sentence).Concat(parsed.CommandResult.Children.OfType<OptionResult>().Select(Misread).OfType<string>());
    }

    // One error as a sentence that names the option and what was written after it.
    private static string Sentence(ParseError error) =>
        error.SymbolResult is OptionResult { Tokens: [{ Value: var value }] } option && Wanted(option.Option.ValueType) is { } wanted
            ? $"{option.Option.Name} is '{value}'; it must be {wanted}."
            : error.Message;

    // What the parser takes and nobody means: a decimal comma, which .NET drops, so that 0,001 is 1; and a path of no characters.
    private static string? Misread(OptionResult result) => result switch
    {
        { Option: { Name: var name, ValueType: var type }, Tokens: [{ Value: var value }] } when Number(type) == typeof(double) && value.Contains(',', StringComparison.Ordinal) =>
            $"{name} is '{value}'; it must be a number, with a point before its decimals.",
        { Option: { Name: var name, HelpName: not null }, Tokens: [{ Value: "" }] } => $"{name} is empty.",
        _ => null,
    };

    private static Type Number(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static string? Wanted(Type type)
    {
        type = Number(type);
        return type == typeof(int) ? string.Create(CultureInfo.InvariantCulture, $"a whole number, at most {int.MaxValue}")
            : type == typeof(double) ? "a number"
            : null;
    }
}
