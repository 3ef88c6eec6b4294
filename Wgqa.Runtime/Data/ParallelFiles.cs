using System.Text;

namespace Wgqa.Data;

/// <summary>Two files: line n of one is the source of line n of the other.</summary>
internal sealed class ParallelFiles(string source, string target, DataOptions options) : DataSource($"{source},{target}", options)
{
    private protected override IEnumerable<TextPair> ReadPairs()
    {
        using var sources = new LineReader(source);
        using var targets = new LineReader(target);
        while (true)
        {
            var hasSource = sources.TryRead(out var sourceLine);
            var hasTarget = targets.TryRead(out var targetLine);
            if (hasSource && hasTarget)
            {
                yield return new TextPair(Encoding.UTF8.GetString(sourceLine.Span), Encoding.UTF8.GetString(targetLine.Span));
                continue;
            }

            if (hasSource || hasTarget)
            {
                throw new UserException($"{source} has {Count(sources)} lines but {target} has {Count(targets)}: aligned files have the same number.");
            }

            yield break;
        }
    }

    // Reads on to the end, so that the message can name both counts.
    private static long Count(LineReader reader)
    {
        while (reader.TryRead(out _))
        {
        }

        return reader.Number;
    }
}
