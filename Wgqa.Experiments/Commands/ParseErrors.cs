using System.CommandLine.Parsing;
using System.Globalization;

namespace Wgqa.Experiments.Commands;

/// <summary>What is wrong with a command line, in words that do not need .NET's types.</summary>
internal static class ParseErrors
{
    /// <summary>One error as a sentence that names the option and what was written after it.</summary>
    public static string Sentence(ParseError error) =>
        error.SymbolResult is OptionResult { Tokens: [{ Value: var value }] } option && Wanted(option.Option.ValueType) is { } wanted
            ? $"{option.Option.Name} is '{value}'; it must be {wanted}."
            : error.Message;

    private static string? Wanted(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(int) ? string.Create(CultureInfo.InvariantCulture, $"a whole number, at most {int.MaxValue}")
            : type == typeof(double) ? "a number"
            : null;
    }
}
