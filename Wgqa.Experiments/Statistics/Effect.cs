using System.Globalization;
using Wgqa.Experiments.Sweeps;
using Wgqa.Metrics;

namespace Wgqa.Experiments.Statistics;

/// <summary>
/// One variant, or the mean of several, against another: over seeds, where each seed's difference is one observation, and over the test's
/// texts, where the models are taken as they are. The first says whether training again would show the same, the second whether other
/// texts would.
/// </summary>
internal sealed record Effect
{
    /// <summary>What is compared.</summary>
    public required string Of { get; init; }

    /// <summary>What it is compared with.</summary>
    public required string Against { get; init; }

    /// <summary>The seeds that both have finished.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>For each seed, the score less the other's.</summary>
    public required IReadOnlyList<double> Differences { get; init; }

    /// <summary>The paired t-test over seeds; null with one seed.</summary>
    public StudentsTest? OverSeeds { get; init; }

    /// <summary>The p-value of approximate randomisation over texts, which exchanges a text's outputs under all seeds at once.</summary>
    public required double OverTexts { get; init; }

    /// <summary>The paired bootstrap over texts.</summary>
    public required BootstrapComparison Bootstrap { get; init; }

    /// <summary>The p-value over seeds, adjusted for the other comparisons of the same table.</summary>
    public double? AdjustedOverSeeds { get; init; }

    /// <summary>The p-value over texts, adjusted for the other comparisons of the same table.</summary>
    public required double AdjustedOverTexts { get; init; }

    /// <summary>The mean difference.</summary>
    public double Mean => Differences.Average();

    /// <summary>The mean difference's standard error over seeds; null with one seed.</summary>
    public double? StandardError => MeanAndError.Of(Differences)!.StandardError;

    /// <summary>The 95 % confidence interval: over seeds where there are two or more, else over texts.</summary>
    public (double Low, double High) Interval => OverSeeds is { } test
        ? (Mean - test.HalfWidth, Mean + test.HalfWidth)
        : (Bootstrap.Difference.Low, Bootstrap.Difference.High);

    /// <summary>
    /// Whether the difference is significant at 0.05 after adjustment: over texts and, where there is such a test, over seeds too. To say that one is
    /// better is to say it of other seeds and of other texts.
    /// </summary>
    public bool IsSignificant => Math.Max(AdjustedOverSeeds ?? 0, AdjustedOverTexts) < Verdict.Level;

    /// <summary>The judgement in words.</summary>
    public string Words
    {
        get
        {
            var found = !IsSignificant ? "no significant difference at 0.05" : Mean > 0 ? "significantly better at 0.05" : "significantly worse at 0.05";
            if (AdjustedOverSeeds is null)
            {
                var seeds = Seeds.Count == 1 ? "n = 1 seed" : $"n = {Seeds.Count} seeds without spread";
                return $"{found} over the test's texts; {seeds}: nothing is said about other seeds";
            }

            var words = $"{found}, n = {Seeds.Count} seeds";
            return (AdjustedOverSeeds < Verdict.Level, AdjustedOverTexts < Verdict.Level) switch
            {
                (false, true) => $"{words}; there is one over texts, not over seeds",
                (true, false) => $"{words}; there is one over seeds, not over texts",
                _ => words,
            };
        }
    }

    /// <summary>
    /// Compares several pairs as one family: the p-values are adjusted together. A pair without a common seed is left out.
    /// </summary>
    /// <param name="pairs">For each pair the statistics of either side by seed.</param>
    /// <param name="trials">Trials of the tests over texts.</param>
    /// <param name="seed">Their seed.</param>
    public static IReadOnlyList<Effect> Family(IEnumerable<Pair> pairs, int trials, int seed)
    {
        var effects = pairs.Select(pair => Compare(pair, trials, seed)).OfType<Effect>().ToList();
        var overSeeds = HolmAdjustment.Of([.. effects.Select(effect => effect.OverSeeds?.PValue)]);
        var overTexts = HolmAdjustment.Of([.. effects.Select(effect => (double?)effect.OverTexts)]);
        return [.. effects.Select((effect, i) => effect with { AdjustedOverSeeds = overSeeds[i], AdjustedOverTexts = overTexts[i]!.Value })];
    }

    private static Effect? Compare(Pair pair, int trials, int seed)
    {
        long[] seeds = [.. pair.System.Keys.Intersect(pair.Baseline.Keys).Order()];
        if (seeds.Length == 0)
        {
            return null;
        }

        var system = SufficientStatistics.MeanOver([.. seeds.Select(s => pair.System[s])]);
        var baseline = SufficientStatistics.MeanOver([.. seeds.Select(s => pair.Baseline[s])]);
        double[] differences = [.. seeds.Select(s => pair.System[s].CorpusScore - pair.Baseline[s].CorpusScore)];
        var overTexts = PairedTests.ApproximateRandomization(system, baseline, trials, (ulong)seed);
        return new()
        {
            Of = pair.Of,
            Against = pair.Against,
            Seeds = seeds,
            Differences = differences,
            OverSeeds = StudentsTest.Of(differences),
            OverTexts = overTexts,
            Bootstrap = PairedTests.Bootstrap(system, baseline, trials, (ulong)seed),
            AdjustedOverTexts = overTexts,
        };
    }

    /// <summary>Two sides of a comparison, each with its statistics by seed.</summary>
    internal sealed record Pair(string Of, string Against, IReadOnlyDictionary<long, SufficientStatistics> System, IReadOnlyDictionary<long, SufficientStatistics> Baseline);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Of} − {Against}: {Mean:0.00}, {Words}");
}
