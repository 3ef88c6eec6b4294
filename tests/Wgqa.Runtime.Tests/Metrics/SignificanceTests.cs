using System.Text.Json;
using Wgqa.Data;
using Wgqa.Testing;

namespace Wgqa.Metrics;

public class SignificanceTests
{
    private const string Baseline = "newstest2017.LIUM-NMT.4900.en-de";

    [SharedFact]
    public void ApproximateRandomizationOnWmt17HasTheExpectedPValues()
    {
        var expected = JsonDocument.Parse(File.ReadAllText(SharedFolder.Path("data", "metrics", "bleu-wmt17", "expected_significance.json"))).RootElement;
        var baseline = Wmt17(expected.GetProperty("baseline").GetString()!);

        foreach (var system in expected.GetProperty("p_values").EnumerateObject())
        {
            var p = PairedTests.ApproximateRandomization(Wmt17(system.Name), baseline);

            Assert.True(Math.Abs(system.Value.GetDouble() - p) < 0.01, $"{system.Name}: expected {system.Value.GetDouble()}, computed {p}");
        }
    }

    // From the Moses script with 2,000 trials, the mean of three runs, as sacrebleu's own tests have them.
    [SharedTheory]
    [InlineData("newstest2017.C-3MA.4959.en-de", 0)]
    [InlineData("newstest2017.KIT.4950.en-de", 0.02233)]
    [InlineData("newstest2017.LMU-nmt-reranked.4934.en-de", 0.04383)]
    [InlineData("newstest2017.LMU-nmt-single.4893.en-de", 0.20783)]
    [InlineData("newstest2017.online-B.0.en-de", 0.38100)]
    public void TheBootstrapOnWmt17HasMosesPValues(string system, double expected)
    {
        Assert.Equal(expected, PairedTests.Bootstrap(Wmt17(system), Wmt17(Baseline)).PValue, 0.01);
    }

    [SharedFact]
    public void TheBootstrapsMiddleOfRougeIsThatOfT5sAggregator()
    {
        var expected = JsonDocument.Parse(File.ReadAllText(SharedFolder.Path("data", "metrics", "rouge", "expected_bootstrap_results.json"))).RootElement;
        var scores = new Rouge().Scores(Prepared("prediction_large.txt"), Prepared("target_large.txt"));
        (string Name, Func<RougeScores, RougeScore> Part)[] parts = [("rouge1", s => s.Rouge1), ("rouge2", s => s.Rouge2), ("rougeLsum", s => s.RougeLsum)];
        foreach (var (name, part) in parts)
        {
            var bootstrap = PairedTests.Bootstrap(SufficientStatistics.MeanOf([.. scores.Select(score => part(score).F1)]));

            // Theirs is the middle of 1,000 unseeded trials, so that it is known to a few hundredths of a point. F1 from 0 to 1.
            Assert.Equal(expected.GetProperty(name).GetDouble() / 100, bootstrap.Median, 0.0005);
            Assert.InRange(expected.GetProperty(name).GetDouble() / 100, bootstrap.Low, bootstrap.High);
        }

        static string[] Prepared(string file) =>
            [.. File.ReadLines(SharedFolder.Path("data", "metrics", "rouge", file)).Select(line => line.Replace(" . ", " .\n", StringComparison.Ordinal))];
    }

    // Two published systems of neighbouring sizes are often within noise on a hundred articles; small and 11B are not.
    [SharedFact]
    public void PublishedT5SizesAreInTheirOrderWhereTheDifferenceIsSignificant()
    {
        var rouge = new Rouge(stem: true);
        var references = RealSumm("ref");
        string[] sizes = ["small", "base", "large", "3B", "11B"];
        var systems = sizes.Select(size => SufficientStatistics.MeanOf([.. rouge.Scores(RealSumm("out_" + size), references).Select(score => 100 * score.RougeLsum.F1)])).ToList();
        var found = 0;
        for (var small = 0; small < sizes.Length; small++)
        {
            for (var large = small + 1; large < sizes.Length; large++)
            {
                if (PairedTests.ApproximateRandomization(systems[large], systems[small]) < 0.05)
                {
                    found++;
                    Assert.True(systems[large].CorpusScore > systems[small].CorpusScore, $"{sizes[small]} is significantly better than {sizes[large]}");
                }
            }
        }

        Assert.True(PairedTests.ApproximateRandomization(systems[4], systems[0]) < 0.01);
        Assert.True(PairedTests.ApproximateRandomization(systems[3], systems[2]) > 0.05);
        Assert.InRange(found, 2, 9);
    }

    [Fact]
    public void ASystemAgainstItselfHasPOne()
    {
        var statistics = SufficientStatistics.MeanOf([0.1, 0.7, 0.3, 0.2]);

        Assert.Equal(1, PairedTests.ApproximateRandomization(statistics, statistics, 500));
        Assert.Equal(1, PairedTests.Bootstrap(statistics, statistics, 500).PValue);
        Assert.Equal(0, PairedTests.Bootstrap(statistics, statistics, 500).Difference.High);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(129)]
    public void WhichSystemIsTheBaselineDoesNotMatter(int segments)
    {
        var (a, b) = (RandomBleu(segments, 1, 0.5), RandomBleu(segments, 2, 0.55));

        Assert.Equal(PairedTests.ApproximateRandomization(a, b, 700, 3), PairedTests.ApproximateRandomization(b, a, 700, 3));
        var (forth, back) = (PairedTests.Bootstrap(a, b, 700, 3), PairedTests.Bootstrap(b, a, 700, 3));
        Assert.Equal(forth.PValue, back.PValue);
        Assert.Equal(forth.Difference.Low, -back.Difference.High, 1e-9);
        Assert.Equal(forth.System, back.Baseline);
    }

    [Fact]
    public void TheSeedDecidesEverything()
    {
        var (a, b) = (RandomBleu(300, 1, 0.5), RandomBleu(300, 2, 0.5));
        var (first, again, other) = (PairedTests.Bootstrap(a, b, 400, 7), PairedTests.Bootstrap(a, b, 400, 7), PairedTests.Bootstrap(a, b, 400, 8));

        Assert.Equal(first, again);
        Assert.NotEqual(first.Difference, other.Difference);
        Assert.Equal(PairedTests.ApproximateRandomization(a, b, 400, 7), PairedTests.ApproximateRandomization(a, b, 400, 7));
    }

    [Fact]
    public void FewSegmentsGiveTheExactShareOfExchanges()
    {
        // Differences 3, 1 and 1: of the eight signs, only +++ and −−− reach 5, and all but two of them 3.
        double[] zeros = [0, 0, 0];

        Assert.Equal(2.0 / 8, PairedTests.ApproximateRandomization(SufficientStatistics.MeanOf([3, 1, 1]), SufficientStatistics.MeanOf(zeros), 40_000), 0.01);
        Assert.Equal(6.0 / 8, PairedTests.ApproximateRandomization(SufficientStatistics.MeanOf([3, 1, -1]), SufficientStatistics.MeanOf(zeros), 40_000), 0.01);
    }

    [Fact]
    public void UnderTheNullHypothesisPIsUniform()
    {
        // Two systems of the same quality, 400 times: a share x of the p-values lies below x (Kolmogorov's bound at 0.001 is 1.95/√400).
        double[] p = [.. Enumerable.Range(0, 400).Select(i => PairedTests.ApproximateRandomization(RandomBleu(80, (2 * i) + 1, 0.5), RandomBleu(80, (2 * i) + 2, 0.5), 199)).Order()];
        var largest = p.Select((value, i) => Math.Max(Math.Abs(value - (i / 400.0)), Math.Abs(value - ((i + 1) / 400.0)))).Max();

        Assert.True(largest < 0.0975, $"the distribution of p differs from a uniform one by {largest}");
    }

    [Fact]
    public void ABetterSystemIsFoundAndTheIntervalExcludesZero()
    {
        var (better, worse) = (RandomBleu(500, 1, 0.7), RandomBleu(500, 2, 0.5));
        var bootstrap = PairedTests.Bootstrap(better, worse, 1000);

        Assert.Equal(1.0 / 1001, PairedTests.ApproximateRandomization(better, worse, 1000));
        Assert.Equal(1.0 / 1001, bootstrap.PValue);
        Assert.True(bootstrap.Difference.Low > 0);
        Assert.InRange(better.CorpusScore, bootstrap.System.Low, bootstrap.System.High);
    }

    [Fact]
    public void TheBootstrapsIntervalOfAMeanIsItsStandardErrorsWorth()
    {
        var random = new SeededRandom(5);
        double[] scores = [.. Enumerable.Range(0, 2000).Select(_ => random.Next(1000) / 1000.0)];
        var error = Math.Sqrt(scores.Sum(score => Math.Pow(score - scores.Average(), 2)) / scores.Length / scores.Length);

        var interval = PairedTests.Bootstrap(SufficientStatistics.MeanOf(scores));

        Assert.Equal(scores.Average(), interval.Mean, 0.05 * error);
        Assert.Equal(1.96 * error, interval.HalfWidth, 0.06 * error);
    }

    [Fact]
    public void AnIntervalLeavesOutAFortiethOnEitherSide()
    {
        Assert.Equal(new BootstrapInterval(Mean: 40.5, Median: 40.5, Low: 3, High: 78), BootstrapInterval.Of([.. Enumerable.Range(1, 80).Reverse().Select(static i => (double)i)]));
        Assert.Equal(new BootstrapInterval(Mean: 3, Median: 2, Low: 1, High: 6), BootstrapInterval.Of([6, 1, 2]));
    }

    [Fact]
    public void SumsOfLinesScoreAsTheCorpusDoes()
    {
        string[] hypotheses = ["the dog bit the young man .", "a cat sat .", ""];
        string[] references = ["the dog bit the old man .", "a cat sat down .", "empty"];
        var bleu = new Bleu();

        Assert.Equal(bleu.Corpus(hypotheses, references).Score, SufficientStatistics.Of(bleu, bleu.Statistics(hypotheses, [references])).CorpusScore);
        Assert.Equal(0.5, SufficientStatistics.MeanOf([0.2, 0.8]).CorpusScore, 1e-12);
    }

    [Fact]
    public void SeveralVersionsScoreTheirMeanAndMoveTogether()
    {
        var (a, b) = (RandomBleu(100, 1, 0.5), RandomBleu(100, 2, 0.6));

        Assert.Equal((a.CorpusScore + b.CorpusScore) / 2, SufficientStatistics.MeanOver([a, b]).CorpusScore, 1e-12);

        // The same outputs under a second seed say nothing new about the sentences: p stays what it was.
        var (other, _) = (RandomBleu(100, 3, 0.53), 0);
        Assert.Equal(
            PairedTests.ApproximateRandomization(a, other, 2000),
            PairedTests.ApproximateRandomization(SufficientStatistics.MeanOver([a, a]), SufficientStatistics.MeanOver([other, other]), 2000),
            1e-9);
    }

    [Fact]
    public void DifferentCountsAreTheUsersErrorAndNameBoth()
    {
        var (three, two) = (SufficientStatistics.MeanOf([1, 2, 3]), SufficientStatistics.MeanOf([1, 2]));

        foreach (var test in new Action[]
        {
            () => PairedTests.ApproximateRandomization(three, two),
            () => PairedTests.Bootstrap(three, two),
            () => SufficientStatistics.MeanOver([three, two]),
        })
        {
            var error = Assert.Throws<UserException>(test);
            Assert.Contains("3", error.Message, StringComparison.Ordinal);
            Assert.Contains("2", error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<UserException>(() => SufficientStatistics.MeanOf([]));
        Assert.Throws<UserException>(() => PairedTests.Bootstrap(two, two, trials: 0));
    }

    // Lines of 12 words, of which each is right with the given probability.
    private static SufficientStatistics RandomBleu(int lines, int seed, double quality)
    {
        var random = new SeededRandom((ulong)seed);
        var bleu = new Bleu { Tokenizer = BleuTokenizer.None };
        var reference = string.Join(' ', Enumerable.Range(0, 12).Select(word => $"w{word}"));
        string[] hypotheses = [.. Enumerable.Range(0, lines).Select(_ => string.Join(' ', Enumerable.Range(0, 12).Select(word => random.Next(1000) < 1000 * quality ? $"w{word}" : "x")))];
        return SufficientStatistics.Of(bleu, bleu.Statistics(hypotheses, [Enumerable.Repeat(reference, lines).ToArray()]));
    }

    private static SufficientStatistics Wmt17(string system)
    {
        var bleu = new Bleu { Tokenizer = BleuTokenizer.None };
        return SufficientStatistics.Of(bleu, bleu.Statistics(Lines(system), [Lines("newstest2017.ref.en-de")]));

        static string[] Lines(string name) => [.. TextLines.Read(SharedFolder.Path("data", "metrics", "bleu-wmt17", name + ".gz"))];
    }

    private static string[] RealSumm(string name) =>
        [.. File.ReadLines(SharedFolder.Path("data", "summarization", "realsumm", "t5", name + ".txt"))
            .Select(line => string.Join('\n', line.Split("</t>", StringSplitOptions.RemoveEmptyEntries).Select(sentence => sentence.Replace("<t>", "", StringComparison.Ordinal).Trim())))];
}
