namespace Wgqa.Data;

public class SpanCorruptionTests
{
    private const int FirstSentinel = 1_000_000;
    private const int End = 1;

    [Theory]
    [InlineData(512, 568, 114)] // T5's own: 85 tokens in 28 spans
    [InlineData(128, 141, 29)]
    [InlineData(256, 284, 58)]
    [InlineData(1024, 1137, 229)]
    public void InputsOfAWantedLengthHoldAsManyTokensAsThePublishedCodeFinds(int input, int tokens, int target)
    {
        var corruption = new SpanCorruption();
        Assert.Equal(tokens, corruption.TokensFor(input));
        Assert.Equal((input, target), corruption.Lengths(tokens));
    }

    [Fact]
    public void EveryInputLengthIsMetExactly() => Assert.All(Enumerable.Range(3, 1200), length =>
    {
        var corruption = new SpanCorruption();
        var tokens = corruption.TokensFor(length);
        Assert.Equal(length, corruption.Lengths(tokens).Input);
        Assert.True(corruption.Lengths(tokens + 1).Input > length);
    });

    [Fact]
    public void OtherSettingsMissAnInputLengthByOneAtMost() => Assert.All(Enumerable.Range(3, 600), length =>
    {
        foreach (var corruption in new SpanCorruption[] { new() { NoiseDensity = 0.5 }, new() { NoiseDensity = 0.3, MeanSpanLength = 1 }, new() { NoiseDensity = 0.9, MeanSpanLength = 8 } })
        {
            Assert.InRange(corruption.Lengths(corruption.TokensFor(length)).Input, length - 1, length);
        }
    });

    [Theory]
    [InlineData(0.15, 3, 568)]
    [InlineData(0.15, 3, 2)]
    [InlineData(0.15, 3, 7)]
    [InlineData(0.5, 2, 33)]
    [InlineData(0.9, 1, 100)]
    [InlineData(0.01, 10, 50)]
    public void EveryTokenIsOnceInTheInputOrInTheTargetInItsPlace(double density, double span, int length)
    {
        var corruption = new SpanCorruption { NoiseDensity = density, MeanSpanLength = span };
        var tokens = Enumerable.Range(100, length).ToArray();
        for (var seed = 0UL; seed < 50; seed++)
        {
            var random = new SeededRandom(seed);
            var example = corruption.Corrupt(tokens, Sentinel, End, ref random);

            Assert.Equal(corruption.Lengths(length), (example.InputIds.Length, example.Labels.Length));
            Assert.Equal((End, End), (example.InputIds[^1], example.Labels[^1]));

            // The target, cut at its sentinels, put back where the input has them.
            var spans = new Dictionary<int, List<int>>();
            var current = new List<int>();
            foreach (var id in example.Labels[..^1])
            {
                if (id >= FirstSentinel)
                {
                    spans.Add(id, current = []);
                }
                else
                {
                    current.Add(id);
                }
            }

            Assert.Equal(tokens, example.InputIds[..^1].SelectMany(id => id >= FirstSentinel ? spans[id] : [id]));
            Assert.All(spans.Values, Assert.NotEmpty);
        }
    }

    [Fact]
    public void SentinelsCountUpFromTheFirstOnBothSides()
    {
        var random = new SeededRandom(3);
        var example = new SpanCorruption().Corrupt(Enumerable.Range(100, 568).ToArray(), Sentinel, End, ref random);

        Assert.Equal(Enumerable.Range(FirstSentinel, 28), example.InputIds.Where(id => id >= FirstSentinel));
        Assert.Equal(Enumerable.Range(FirstSentinel, 28), example.Labels.Where(id => id >= FirstSentinel));
        Assert.Equal(FirstSentinel, example.Labels[0]);
    }

    [Fact]
    public void SpansHaveTheirMeanLengthAndEveryTokenButTheEdgesTheSameChance()
    {
        var corruption = new SpanCorruption();
        const int Draws = 4000;
        var replaced = new int[200];
        var lengths = new List<int>();
        for (var seed = 0; seed < Draws; seed++)
        {
            var random = new SeededRandom(7, (ulong)seed);
            var mask = corruption.Mask(replaced.Length, ref random);
            Assert.Equal(30, mask.Count(noise => noise));
            Assert.False(mask[0]);
            var run = 0;
            for (var i = 0; i < mask.Length; i++)
            {
                replaced[i] += mask[i] ? 1 : 0;
                run = mask[i] ? run + 1 : 0;
                if (run > 0 && (i + 1 == mask.Length || !mask[i + 1]))
                {
                    lengths.Add(run);
                }
            }
        }

        Assert.Equal(Draws * 10, lengths.Count);
        Assert.Equal(3.0, lengths.Average(), 10);
        Assert.InRange(lengths.Max(), 8, 21);

        // Standard error of a share of 0.15 over 4,000 draws: 0.0056.
        Assert.All(replaced[20..180], count => Assert.InRange(count / (double)Draws, 0.15 - 0.03, 0.15 + 0.03));
    }

    [Fact]
    public void TheSpansAreAFunctionOfTheSeed()
    {
        static int[] Input(ulong seed)
        {
            var random = new SeededRandom(seed);
            return new SpanCorruption().Corrupt(Enumerable.Range(100, 100).ToArray(), Sentinel, End, ref random).InputIds;
        }

        Assert.Equal(Input(1), Input(1));
        Assert.NotEqual(Input(1), Input(2));
    }

    [Theory]
    [InlineData(0, 3, "0")]
    [InlineData(1, 3, "1")]
    [InlineData(double.NaN, 3, "NaN")]
    [InlineData(0.15, 0.5, "0.5")]
    [InlineData(0.15, double.PositiveInfinity, "Infinity")]
    public void ImpossibleSettingsAreRefused(double density, double span, string named)
    {
        var error = Assert.Throws<UserException>(new SpanCorruption { NoiseDensity = density, MeanSpanLength = span }.Validate);
        Assert.Contains($"is {named};", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnInputTooShortForAnySpanIsRefused() =>
        Assert.Contains("2 tokens", Assert.Throws<UserException>(() => new SpanCorruption().TokensFor(2)).Message, StringComparison.Ordinal);

    private static int Sentinel(int span) => FirstSentinel + span;
}
