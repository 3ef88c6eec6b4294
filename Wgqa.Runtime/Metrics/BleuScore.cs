using System.Globalization;

namespace Wgqa.Metrics;

/// <summary>A BLEU score and its parts.</summary>
/// <param name="Score">0 to 100.</param>
/// <param name="Precisions">For each order from 1, 0 to 100, smoothed.</param>
/// <param name="Matches">For each order, the clipped matches as counted, before any smoothing.</param>
/// <param name="Totals">For each order, the n-grams of the hypotheses, before any smoothing.</param>
/// <param name="BrevityPenalty">1 where the hypotheses are at least as long as the references, else less.</param>
/// <param name="HypothesisLength">Tokens of all hypotheses.</param>
/// <param name="ReferenceLength">Tokens of the references, for each line the one closest in length.</param>
public sealed record BleuScore(
    double Score,
    IReadOnlyList<double> Precisions,
    IReadOnlyList<long> Matches,
    IReadOnlyList<long> Totals,
    double BrevityPenalty,
    long HypothesisLength,
    long ReferenceLength)
{
    /// <summary>sacrebleu's line: the score, the precisions, the brevity penalty and the lengths.</summary>
    public override string ToString()
    {
        var ratio = ReferenceLength == 0 ? 0 : (double)HypothesisLength / ReferenceLength;
        var precisions = string.Join('/', Precisions.Select(p => p.ToString("0.0", CultureInfo.InvariantCulture)));
        return string.Create(CultureInfo.InvariantCulture, $"BLEU = {Score:0.00} {precisions} (BP = {BrevityPenalty:0.000} ratio = {ratio:0.000} hyp_len = {HypothesisLength} ref_len = {ReferenceLength})");
    }
}

/// <summary>What one line, or a sum of lines, contributes to BLEU.</summary>
/// <param name="HypothesisLength">Tokens of the hypothesis.</param>
/// <param name="ReferenceLength">Tokens of the reference closest in length, the shorter of two equally close.</param>
/// <param name="Matches">For each order from 1, the hypothesis's n-grams that a reference has, clipped.</param>
/// <param name="Totals">For each order, the hypothesis's n-grams.</param>
public sealed record BleuStatistics(long HypothesisLength, long ReferenceLength, IReadOnlyList<long> Matches, IReadOnlyList<long> Totals)
{
    /// <summary>The sum of no lines.</summary>
    public static BleuStatistics Zero(int maxOrder) => new(0, 0, new long[maxOrder], new long[maxOrder]);

    /// <summary>The sum, part by part.</summary>
    public static BleuStatistics operator +(BleuStatistics left, BleuStatistics right) => new(
        left.HypothesisLength + right.HypothesisLength,
        left.ReferenceLength + right.ReferenceLength,
        [.. left.Matches.Zip(right.Matches, (a, b) => a + b)],
        [.. left.Totals.Zip(right.Totals, (a, b) => a + b)]);
}
