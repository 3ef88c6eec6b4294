using System.Text;

namespace Wgqa.Experiments.Commands;

/// <summary>Standard input as lines of strict UTF-8.</summary>
internal static class StandardInput
{
    /// <summary>Each line with its number, from 1.</summary>
    /// <param name="stop">Ends the wait for a line, as when somebody types.</param>
    /// <exception cref="UserException">A line is not UTF-8.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled; the message says how many lines had been read.</exception>
    public static IEnumerable<(string Line, int Number)> Lines(CancellationToken stop)
    {
        using var reader = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16);
        for (var number = 1; ; number++)
        {
            string? line;
            try
            {
                line = Next(reader, stop);
            }
            catch (OperationCanceledException)
            {
                throw new OperationCanceledException($"Interrupted after {number - 1} lines of standard input.");
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

    // A line that has been read already is there at once. Where one is waited for, a thread waits, which cannot be called back.
    private static string? Next(StreamReader reader, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return reader.ReadLineAsync().WaitAsync(stop).GetAwaiter().GetResult();
    }
}
