using System.Text;

namespace Wgqa.Experiments.Commands;

/// <summary>Standard input as lines of strict UTF-8.</summary>
internal static class StandardInput
{
    /// <summary>Each line with its number, from 1.</summary>
    /// <exception cref="UserException">A line is not UTF-8.</exception>
    public static IEnumerable<(string Line, int Number)> Lines()
    {
        using var reader = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
        for (var number = 1; ; number++)
        {
            string? line;
            try
            {
                line = reader.ReadLine();
            }
            catch (DecoderFallbackException e)
            {
                throw new UserException($"standard input is not UTF-8, at or after line {number}.", e);
            }

            if (line is null)
            {
                yield break;
            }

            yield return (line, number);
        }
    }
}
