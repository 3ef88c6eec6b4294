using System.Numerics;

namespace Wgqa.Metrics;

/// <summary>
/// A corpus whose score is a function of sums over its segments: BLEU of clipped matches, totals and lengths, a mean of
/// segment scores of scores and counts. Any choice of segments is then scored from a sum of rows, without its texts.
/// </summary>
public sealed class SufficientStatistics
{
    private readonly double[] _rows;   // (segments, stride), zeros beyond the width
    private readonly ScoreOfSums _score;

    /// <summary>A score from sums, one per column.</summary>
    public delegate double ScoreOfSums(ReadOnlySpan<double> sums);

    private SufficientStatistics(int segments, int width, ScoreOfSums score)
    {
        if (segments == 0)
        {
            throw new UserException("There is nothing to compare: the corpus has no segments.");
        }

        (Segments, Width, _score) = (segments, width, score);
        Stride = (width + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        _rows = new double[segments * Stride];
        Sums = new double[width];
    }

    /// <summary>How many segments there are.</summary>
    public int Segments { get; }

    /// <summary>How many sums the score is a function of.</summary>
    public int Width { get; }

    /// <summary>The score of all segments.</summary>
    public double CorpusScore => _score(Sums);

    /// <summary>The sums over all segments.</summary>
    internal double[] Sums { get; }

    /// <summary>The length of a row in memory: the width, filled up to whole vectors.</summary>
    internal int Stride { get; }

    /// <summary>Corpus BLEU, 0–100.</summary>
    /// <param name="bleu">How it is computed.</param>
    /// <param name="lines">What <see cref="Bleu.Statistics"/> says of each line.</param>
    /// <exception cref="UserException">There are no lines.</exception>
    public static SufficientStatistics Of(Bleu bleu, IReadOnlyList<BleuStatistics> lines)
    {
        var orders = bleu.MaxOrder;
        var statistics = new SufficientStatistics(lines.Count, 2 + (2 * orders), sums => bleu.Score(Line(sums, orders)).Score);
        for (var i = 0; i < lines.Count; i++)
        {
            var row = statistics.RowOf(i);
            (row[0], row[1]) = (lines[i].HypothesisLength, lines[i].ReferenceLength);
            for (var n = 0; n < orders; n++)
            {
                (row[2 + n], row[2 + orders + n]) = (lines[i].Matches[n], lines[i].Totals[n]);
            }
        }

        return statistics.Summed();

        // Counts are whole numbers far below 2⁵³: exact in a double, in any order of addition.
        static BleuStatistics Line(ReadOnlySpan<double> sums, int orders)
        {
            var (matches, totals) = (new long[orders], new long[orders]);
            for (var n = 0; n < orders; n++)
            {
                (matches[n], totals[n]) = ((long)sums[2 + n], (long)sums[2 + orders + n]);
            }

            return new((long)sums[0], (long)sums[1], matches, totals);
        }
    }

    /// <summary>The mean of scores that each segment has for itself, such as ROUGE's F1.</summary>
    /// <exception cref="UserException">There are no scores.</exception>
    public static SufficientStatistics MeanOf(IReadOnlyList<double> scores)
    {
        var statistics = new SufficientStatistics(scores.Count, 2, static sums => sums[0] / sums[1]);
        for (var i = 0; i < scores.Count; i++)
        {
            var row = statistics.RowOf(i);
            (row[0], row[1]) = (scores[i], 1);
        }

        return statistics.Summed();
    }

    /// <summary>
    /// One corpus in several versions, such as the outputs of the same variant trained from several seeds: its score is the mean
    /// of the versions' scores, and a segment that is drawn or swapped is so in all of them, because what one sentence says about
    /// two systems it says again under every seed.
    /// </summary>
    /// <param name="versions">At least one; all over the same segments in the same order.</param>
    /// <exception cref="UserException">The versions have different counts of segments.</exception>
    public static SufficientStatistics MeanOver(IReadOnlyList<SufficientStatistics> versions)
    {
        if (versions.FirstOrDefault(version => version.Segments != versions[0].Segments) is { } other)
        {
            throw new UserException($"The versions of a corpus have {versions[0].Segments} and {other.Segments} segments; they must be of the same texts.");
        }

        var statistics = new SufficientStatistics(versions[0].Segments, versions.Sum(version => version.Width), MeanScore);
        for (var i = 0; i < statistics.Segments; i++)
        {
            var row = statistics.RowOf(i);
            var column = 0;
            foreach (var version in versions)
            {
                version.Row(i)[..version.Width].CopyTo(row[column..]);
                column += version.Width;
            }
        }

        return statistics.Summed();

        double MeanScore(ReadOnlySpan<double> sums)
        {
            var (total, column) = (0.0, 0);
            foreach (var version in versions)
            {
                total += version._score(sums.Slice(column, version.Width));
                column += version.Width;
            }

            return total / versions.Count;
        }
    }

    /// <summary>The score of sums over some choice of segments.</summary>
    public double Score(ReadOnlySpan<double> sums) => _score(sums[..Width]);

    /// <summary>A segment's row, filled up with zeros.</summary>
    internal ReadOnlySpan<double> Row(int segment) => _rows.AsSpan(segment * Stride, Stride);

    /// <summary>Adds a segment's row to sums of length <see cref="Stride"/>.</summary>
    internal void AddRow(int segment, Span<double> sums)
    {
        var row = Row(segment);
        for (var column = 0; column < sums.Length; column += Vector<double>.Count)
        {
            (new Vector<double>(sums[column..]) + new Vector<double>(row[column..])).CopyTo(sums[column..]);
        }
    }

    private Span<double> RowOf(int segment) => _rows.AsSpan(segment * Stride, Stride);

    private SufficientStatistics Summed()
    {
        for (var i = 0; i < Segments; i++)
        {
            for (var column = 0; column < Width; column++)
            {
                Sums[column] += Row(i)[column];
            }
        }

        return this;
    }
}
