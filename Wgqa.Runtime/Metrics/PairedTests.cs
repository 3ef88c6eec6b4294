using System.Numerics;
using Wgqa.Data;

namespace Wgqa.Metrics;

/// <summary>
/// Whether two systems' corpus scores on the same segments differ by more than chance.
/// The tests are functions of their seed: trials have random numbers of their own, so that the number of threads changes nothing.
/// </summary>
public static class PairedTests
{
    /// <summary>Trials when nothing else is asked for, as in sacrebleu's and multeval's approximate randomisation.</summary>
    public const int DefaultTrials = 10_000;

    // Sums of fractions taken in another order differ in their last digits; a tie is still a tie.
    private const double Tie = 1e-9;

    // Draws have other random numbers than shuffles.
    private const ulong Draws = 1UL << 63;

    /// <summary>
    /// Paired approximate randomisation, two-sided: the share of trials in which two systems, made by exchanging the outputs of
    /// each segment with probability one half, differ at least as much as the two that are compared. One is added to both counts,
    /// so that a true null hypothesis is not rejected too often with few trials.
    /// Sources: Noreen (1989); Riezler and Maxwell (ACL 2005 workshop on evaluation measures); multeval's
    /// <c>StratifiedApproximateRandomizationTest</c>. sacrebleu's <c>--paired-ar</c> counts only trials that differ more, which
    /// is the same but for ties: identical systems have p = 1 here and 1/(trials + 1) there.
    /// </summary>
    /// <returns>The p-value, above 0 and at most 1.</returns>
    /// <exception cref="UserException">The systems have different counts of segments.</exception>
    /// <exception cref="ArgumentException">They are not scored by the same sums.</exception>
    public static double ApproximateRandomization(SufficientStatistics system, SufficientStatistics baseline, int trials = DefaultTrials, ulong seed = 1)
    {
        RequirePaired(system, baseline, trials);
        if (system.Width != baseline.Width)
        {
            throw new ArgumentException($"outputs are exchanged one for one; a segment of the systems has {system.Width} and {baseline.Width} sums", nameof(baseline));
        }

        var observed = Math.Abs(system.CorpusScore - baseline.CorpusScore);
        var atLeast = 0;
        Parallel.For(0, trials, () => new Scratch(system, baseline), (trial, _, scratch) =>
        {
            // Whatever leaves the one sum enters the other.
            scratch.Clear();
            var random = new SeededRandom(seed, (ulong)trial);
            for (var first = 0; first < system.Segments; first += 64)
            {
                var exchanged = random.Next() & (system.Segments - first < 64 ? (1UL << (system.Segments - first)) - 1 : ulong.MaxValue);
                for (; exchanged != 0; exchanged &= exchanged - 1)
                {
                    var segment = first + BitOperations.TrailingZeroCount(exchanged);
                    system.AddRow(segment, scratch.System);
                    baseline.AddRow(segment, scratch.Baseline);
                }
            }

            for (var column = 0; column < system.Width; column++)
            {
                var moved = scratch.Baseline[column] - scratch.System[column];
                (scratch.System[column], scratch.Baseline[column]) = (system.Sums[column] + moved, baseline.Sums[column] - moved);
            }

            var difference = Math.Abs(system.Score(scratch.System) - baseline.Score(scratch.Baseline));
            scratch.Count += difference >= observed - Tie ? 1 : 0;
            return scratch;
        }, scratch => Interlocked.Add(ref atLeast, scratch.Count));
        return (atLeast + 1.0) / (trials + 1.0);
    }

    /// <summary>
    /// Paired bootstrap: both systems scored on the same segments, drawn with replacement. The p-value is sacrebleu's
    /// (<c>--paired-bs</c>) and the Moses script's: the share of trials in which the absolute difference exceeds its own mean by
    /// at least the observed one, one added to both counts.
    /// Sources: Koehn, "Statistical Significance Tests for Machine Translation Evaluation" (EMNLP 2004); Riezler and Maxwell (2005).
    /// </summary>
    /// <exception cref="UserException">The systems have different counts of segments.</exception>
    public static BootstrapComparison Bootstrap(SufficientStatistics system, SufficientStatistics baseline, int trials = DefaultTrials, ulong seed = 1)
    {
        RequirePaired(system, baseline, trials);
        var (scores, baselineScores) = (new double[trials], new double[trials]);
        Parallel.For(0, trials, () => new Scratch(system, baseline), (trial, _, scratch) =>
        {
            scratch.Clear();
            var random = new SeededRandom(seed, Draws + (ulong)trial);
            for (var i = 0; i < system.Segments; i++)
            {
                var segment = random.Next(system.Segments);
                system.AddRow(segment, scratch.System);
                baseline.AddRow(segment, scratch.Baseline);
            }

            (scores[trial], baselineScores[trial]) = (system.Score(scratch.System), baseline.Score(scratch.Baseline));
            return scratch;
        }, static _ => { });

        double[] differences = [.. scores.Zip(baselineScores, static (score, other) => score - other)];
        var observed = Math.Abs(system.CorpusScore - baseline.CorpusScore);
        var mean = differences.Average(Math.Abs);
        var beyond = differences.Count(difference => Math.Abs(difference) - mean >= observed - Tie);
        return new((beyond + 1.0) / (trials + 1.0), BootstrapInterval.Of(scores), BootstrapInterval.Of(baselineScores), BootstrapInterval.Of(differences));
    }

    /// <summary>How far one corpus's score varies with the choice of its segments: a bootstrap of one system.</summary>
    public static BootstrapInterval Bootstrap(SufficientStatistics system, int trials = DefaultTrials, ulong seed = 1) =>
        Bootstrap(system, system, trials, seed).System;

    private static void RequirePaired(SufficientStatistics system, SufficientStatistics baseline, int trials)
    {
        if (system.Segments != baseline.Segments)
        {
            throw new UserException($"A paired test needs the same segments on both sides; there are {system.Segments} and {baseline.Segments}.");
        }

        if (trials < 1)
        {
            throw new UserException($"The number of trials is {trials}; it must be at least 1.");
        }
    }

    private sealed class Scratch(SufficientStatistics system, SufficientStatistics baseline)
    {
        public double[] System { get; } = new double[system.Stride];

        public double[] Baseline { get; } = new double[baseline.Stride];

        public int Count { get; set; }

        public void Clear()
        {
            Array.Clear(System);
            Array.Clear(Baseline);
        }
    }
}

/// <summary>What a bootstrap says about one quantity.</summary>
/// <param name="Mean">The mean over the trials.</param>
/// <param name="Median">Their middle, which rouge_score's aggregator calls <c>mid</c>.</param>
/// <param name="Low">The lower end of the central 95 %.</param>
/// <param name="High">The upper end.</param>
public sealed record BootstrapInterval(double Mean, double Median, double Low, double High)
{
    /// <summary>Half the interval's width: sacrebleu's <c>ci</c>.</summary>
    public double HalfWidth => (High - Low) / 2;

    // sacrebleu's choice of ends: a fortieth of the trials is left out on either side.
    internal static BootstrapInterval Of(double[] trials)
    {
        double[] sorted = [.. trials.Order()];
        var left = sorted.Length / 40;
        var median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return new(trials.Average(), median, sorted[left], sorted[^(left + 1)]);
    }
}

/// <summary>What a paired bootstrap says about two systems.</summary>
/// <param name="PValue">Two-sided, above 0 and at most 1.</param>
/// <param name="System">The first system's score.</param>
/// <param name="Baseline">The second system's score.</param>
/// <param name="Difference">The first score less the second.</param>
public sealed record BootstrapComparison(double PValue, BootstrapInterval System, BootstrapInterval Baseline, BootstrapInterval Difference);
