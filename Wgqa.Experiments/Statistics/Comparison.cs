using System.Globalization;
using System.Text.Json.Nodes;
using Wgqa.Metrics;

namespace Wgqa.Experiments.Statistics;

/// <summary>One system's corpus score against another's on the same texts.</summary>
/// <param name="Score">The system's score.</param>
/// <param name="Baseline">The other's.</param>
/// <param name="PValue">Of paired approximate randomisation.</param>
/// <param name="Bootstrap">The paired bootstrap.</param>
/// <param name="Trials">Trials of either test.</param>
/// <param name="Seed">Their seed.</param>
internal sealed record Comparison(double Score, double Baseline, double PValue, BootstrapComparison Bootstrap, int Trials, int Seed)
{
    /// <summary>The score less the baseline's.</summary>
    public double Difference => Score - Baseline;

    /// <summary>Runs both tests.</summary>
    public static Comparison Of(SufficientStatistics system, SufficientStatistics baseline, int trials, int seed) => new(
        system.CorpusScore,
        baseline.CorpusScore,
        PairedTests.ApproximateRandomization(system, baseline, trials, (ulong)seed),
        PairedTests.Bootstrap(system, baseline, trials, (ulong)seed),
        trials,
        seed);

    /// <summary>Two lines for a terminal.</summary>
    public string ToText(string metric) => string.Create(
        CultureInfo.InvariantCulture,
        $"{metric}: baseline {Baseline:0.00}, difference {Difference:+0.00;−0.00;0.00} [95 %: {Bootstrap.Difference.Low:+0.00;−0.00;0.00} … {Bootstrap.Difference.High:+0.00;−0.00;0.00}], {Verdict.OfP(PValue)} (p = {Verdict.Shown(PValue)} by approximate randomisation, {Verdict.Shown(Bootstrap.PValue)} by bootstrap, {Trials:N0} trials, seed {Seed})\n");

    /// <summary>The same for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["baseline"] = Baseline,
        ["difference"] = Difference,
        ["pValue"] = PValue,
        ["bootstrapPValue"] = Bootstrap.PValue,
        ["interval"] = Interval(Bootstrap.System),
        ["baselineInterval"] = Interval(Bootstrap.Baseline),
        ["differenceInterval"] = Interval(Bootstrap.Difference),
        ["trials"] = Trials,
        ["seed"] = Seed,
    };

    private static JsonObject Interval(BootstrapInterval interval) => new() { ["low"] = interval.Low, ["high"] = interval.High, ["mean"] = interval.Mean };
}
