using Wgqa.Data;
using Wgqa.Experiments.Statistics;
using Wgqa.Metrics;

namespace Wgqa.Experiments.Tests.Statistics;

public class EffectTests
{
    [Fact]
    public void AnEffectIsTheMeanOfTheSeedsDifferences()
    {
        var effect = Effect.Family([new("A", "B", Runs((1, 10), (2, 12), (3, 14), (9, 99)), Runs((1, 9), (2, 10), (3, 13)))], 500, 1).Single();

        Assert.Equal([1, 2, 3], effect.Seeds);
        Assert.All(effect.Differences.Zip([1.0, 2, 1]), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
        Assert.Equal(4.0 / 3, effect.Mean, 1e-9);
        Assert.Equal(1.0 / 3, effect.StandardError!.Value, 1e-9);
        Assert.Equal(effect.Mean + (4.302653 * effect.StandardError.Value), effect.Interval.High, 1e-5);
    }

    [Fact]
    public void TheVerdictSaysLevelAndSeeds()
    {
        // The same difference each time but for a little: significant. Differences of either sign: not.
        var (level, shifted) = (Runs((1, 20), (2, 21), (3, 22), (4, 21), (5, 20)), Runs((1, 23), (2, 24.1), (3, 24.9), (4, 24), (5, 23)));
        var (better, worse) = (Judge(shifted, level), Judge(level, shifted));
        var none = Judge(Runs((1, 20.5), (2, 20.6), (3, 22.3), (4, 20.7), (5, 20.1)), level);

        Assert.Equal("significantly better at 0.05, n = 5 seeds", better.Words);
        Assert.Equal("significantly worse at 0.05, n = 5 seeds", worse.Words);
        Assert.StartsWith("no significant difference at 0.05, n = 5 seeds", none.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void ADifferenceOverSeedsThatOtherTextsWouldNotShowIsNotSignificant()
    {
        // Every seed says the same of one text in a hundred, and the others are equal: that text decides, and it is one.
        static Dictionary<long, SufficientStatistics> OneText(double score) => Enumerable.Range(1, 4).ToDictionary(
            seed => (long)seed,
            seed => SufficientStatistics.MeanOf([.. Enumerable.Range(0, 100).Select(text => text == 0 ? score + (0.01 * score * seed) : 50)]));
        var effect = Judge(OneText(90), OneText(10));

        Assert.True(effect.AdjustedOverSeeds < 0.05);
        Assert.True(effect.AdjustedOverTexts > 0.05);
        Assert.False(effect.IsSignificant);
        Assert.Equal("no significant difference at 0.05, n = 4 seeds; there is one over seeds, not over texts", effect.Words);
    }

    [Fact]
    public void OneSeedSaysNothingAboutOthers()
    {
        var effect = Judge(Runs((1, 30)), Runs((1, 20)));

        Assert.Null(effect.OverSeeds);
        Assert.Equal("significantly better at 0.05 over the test's texts; n = 1 seed: nothing is said about other seeds", effect.Words);
        Assert.Equal(effect.Bootstrap.Difference.Low, effect.Interval.Low);
    }

    [Fact]
    public void ComparisonsOfOneTableAreAdjustedTogether()
    {
        var baseline = Runs((1, 20), (2, 21), (3, 22));
        var system = Runs((1, 21), (2, 22.2), (3, 22.9));
        var alone = Judge(system, baseline);
        var family = Effect.Family([.. Enumerable.Range(0, 4).Select(i => new Effect.Pair($"S{i}", "B", system, baseline)), new("none", "B", Runs((7, 1)), baseline)], 500, 1);

        Assert.Equal(4, family.Count);
        Assert.All(family, effect => Assert.Equal(Math.Min(1, 4 * alone.OverSeeds!.PValue), effect.AdjustedOverSeeds!.Value, 1e-12));
        Assert.All(family, effect => Assert.Equal(Math.Min(1, 4 * alone.OverTexts), effect.AdjustedOverTexts, 1e-12));
    }

    [Fact]
    public void ThePapersOrderingIsJudgedLinkByLink()
    {
        var scores = new Dictionary<string, double>
        {
            ["Mha"] = 30,
            ["WGqa"] = 26.2,
            ["RowWGqa"] = 25.8,
            ["Gqa"] = 26,
            ["WMqa"] = 15,
            ["Mqa"] = 17,
            ["RandWGqa"] = 3,
            ["RandWMqa"] = 1,
        };
        var ordering = PaperOrdering.Of(scores.ToDictionary(pair => pair.Key, pair => Around(pair.Value)), 500, 1);

        Assert.Equal([true, null, true, false, true], ordering.Links.Select(link => link.Holds));
        Assert.Equal(["WGqa", "RowWGqa"], ordering.Links[1].BetterVariants);
        Assert.StartsWith("holds: significantly better at 0.05, n = 4 seeds", ordering.Links[0].Words, StringComparison.Ordinal);
        Assert.StartsWith("not settled: no significant difference at 0.05, n = 4 seeds", ordering.Links[1].Words, StringComparison.Ordinal);
        Assert.StartsWith("reversed: significantly worse at 0.05, n = 4 seeds", ordering.Links[3].Words, StringComparison.Ordinal);
        Assert.StartsWith("The paper's ordering does not hold: 3 of its 5 links hold, 1 is reversed, 1 is not settled by these runs. Its smallest step is that from MQA to weighted MQA, −", ordering.Words, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOrderingWithoutRunsSaysSo()
    {
        var ordering = PaperOrdering.Of(new Dictionary<string, IReadOnlyDictionary<long, SufficientStatistics>> { ["Mha"] = Around(3), ["WGqa"] = Runs((77, 2)) }, 100, 1);

        Assert.All(ordering.Links, link => Assert.Null(link.Effect));
        Assert.Contains("cannot be judged", ordering.Words, StringComparison.Ordinal);
        Assert.Contains("not judged", ordering.Links[0].Words, StringComparison.Ordinal);
    }

    private static Effect Judge(IReadOnlyDictionary<long, SufficientStatistics> system, IReadOnlyDictionary<long, SufficientStatistics> baseline) =>
        Effect.Family([new("A", "B", system, baseline)], 500, 1).Single();

    // Four seeds around a score, up and down by something of their own.
    private static IReadOnlyDictionary<long, SufficientStatistics> Around(double score) =>
        Runs([.. Enumerable.Range(1, 4).Select(seed => (seed, score + (0.5 * Math.Sin(7 * score * seed))))]);

    // For each seed a hundred texts whose scores vary around the given one.
    private static Dictionary<long, SufficientStatistics> Runs(params (int Seed, double Score)[] runs) => runs.ToDictionary(run => (long)run.Seed, run =>
    {
        var random = new SeededRandom((ulong)run.Seed);
        double[] noise = [.. Enumerable.Range(0, 100).Select(_ => random.Next(2000) / 1000.0)];
        return SufficientStatistics.MeanOf([.. noise.Select(value => run.Score + value - noise.Average())]);
    });
}
