using System.Text.Json;
using Wgqa.Testing;

namespace Wgqa.Metrics;

public class RougeTests
{
    [SharedFact]
    public void SinglePairsScoreAsGooglesOwnTestsSay()
    {
        var expected = Expected();
        var targets = Strings(expected.GetProperty("small_target"));
        var predictions = Strings(expected.GetProperty("small_prediction"));
        var checks = 0;
        foreach (var item in expected.GetProperty("small_expected").EnumerateArray())
        {
            var i = item.GetProperty("i").GetInt32();
            var scores = new Rouge(item.GetProperty("stem").GetBoolean()).Score(predictions[i], targets[i]);
            var score = item.GetProperty("type").GetString() switch
            {
                "rouge1" => scores.Rouge1,
                "rouge2" => scores.Rouge2,
                "rougeL" => scores.RougeL,
                var type => throw new InvalidDataException($"unknown type {type}"),
            };
            AssertScore(item, score, 1e-5);
            checks++;
        }

        Assert.Equal(10, checks);
    }

    [SharedFact]
    public void SummariesOfSeveralLinesScoreAsGooglesOwnTestSays()
    {
        var expected = Expected();

        var scores = new Rouge(stem: true).Score(expected.GetProperty("multi0_prediction").GetString()!, expected.GetProperty("multi0_target").GetString()!);

        AssertScore(expected.GetProperty("multi0_expected_rougeLsum_stem"), scores.RougeLsum, 1e-5);
    }

    [SharedFact]
    public void AThousandPairsScoreAsTheAggregatorsMiddle()
    {
        var expected = Expected().GetProperty("large_expected_bootstrap_mid");
        var tolerance = Expected().GetProperty("tolerance").GetProperty("aggregate_bootstrap_vs_mean").GetDouble();
        var targets = Lines("target_large.txt");
        var predictions = Lines("prediction_large.txt");

        AssertScore(expected.GetProperty("rouge1_nostem"), new Rouge().Corpus(predictions, targets).Rouge1, tolerance);
        var stemmed = new Rouge(stem: true).Corpus(predictions, targets);
        AssertScore(expected.GetProperty("rouge1_stem"), stemmed.Rouge1, tolerance);
        AssertScore(expected.GetProperty("rougeL_stem"), stemmed.RougeL, tolerance);
    }

    [SharedFact]
    public void AThousandPairsScoreAsInT5sOwnTest()
    {
        // T5 breaks lines after " . " first, and takes the middle of a bootstrap: the mean, but for its noise.
        var expected = JsonDocument.Parse(File.ReadAllText(SharedFolder.Path("data", "metrics", "rouge", "expected_bootstrap_results.json"))).RootElement;
        static string[] Prepared(string file) => [.. Lines(file).Select(line => line.Replace(" . ", " .\n", StringComparison.Ordinal))];

        var scores = new Rouge().Corpus(Prepared("prediction_large.txt"), Prepared("target_large.txt"));

        Assert.Equal(expected.GetProperty("rouge1").GetDouble(), 100 * scores.Rouge1.F1, 0.2);
        Assert.Equal(expected.GetProperty("rouge2").GetDouble(), 100 * scores.Rouge2.F1, 0.2);
        Assert.Equal(expected.GetProperty("rougeLsum").GetDouble(), 100 * scores.RougeLsum.F1, 0.2);
    }

    [SharedFact]
    public void AWholeFileAsOneSummaryScoresAsGooglesOwnTestSays()
    {
        var expected = Expected().GetProperty("large_expected_bootstrap_mid").GetProperty("rougeLsum_whole_file_nostem_f_3places").GetDouble();
        static string Text(string file) => File.ReadAllText(SharedFolder.Path("data", "metrics", "rouge", file));

        Assert.Equal(expected, new Rouge().Score(Text("prediction_large.txt"), Text("target_large.txt")).RougeLsum.F1, 0.0005);
    }

    // Computed with rouge_score's algorithm and NLTK's stemmer in Python. T5's papers report the same order of sizes, but for
    // 3B and large, which are within noise of each other on a hundred articles.
    [SharedTheory]
    [InlineData("small", false, 41.591844173, 19.388561629, 29.361031211, 38.778957471)]
    [InlineData("small", true, 42.937009772, 19.805691504, 30.007609396, 39.804596189)]
    [InlineData("base", true, 43.770451181, 20.257547008, 31.271330449, 40.714554508)]
    [InlineData("large", true, 45.141467513, 21.957572612, 32.718441869, 42.051875707)]
    [InlineData("3B", true, 44.894819114, 21.878387236, 32.372589154, 41.66886235)]
    [InlineData("11B", false, 45.241068621, 21.638683743, 32.633587622, 42.305971156)]
    [InlineData("11B", true, 46.411568335, 22.137166899, 33.129928041, 43.15554087)]
    public void PublishedSummariesOfT5ScoreAsWithTheReferenceScorer(string size, bool stem, double rouge1, double rouge2, double rougeL, double rougeLsum)
    {
        var scores = new Rouge(stem).Corpus(RealSumm("out_" + size), RealSumm("ref"));

        Assert.Equal(rouge1, 100 * scores.Rouge1.F1, 1e-8);
        Assert.Equal(rouge2, 100 * scores.Rouge2.F1, 1e-8);
        Assert.Equal(rougeL, 100 * scores.RougeL.F1, 1e-8);
        Assert.Equal(rougeLsum, 100 * scores.RougeLsum.F1, 1e-8);
    }

    [SharedFact]
    public void LargerT5ModelsHaveHigherRouge()
    {
        var rouge = new Rouge(stem: true);
        var references = RealSumm("ref");
        var scores = new[] { "small", "base", "large", "11B" }.Select(size => rouge.Corpus(RealSumm("out_" + size), references)).ToList();

        foreach (var (smaller, larger) in scores.Zip(scores.Skip(1)))
        {
            Assert.True(smaller.Rouge1.F1 < larger.Rouge1.F1);
            Assert.True(smaller.Rouge2.F1 < larger.Rouge2.F1);
            Assert.True(smaller.RougeL.F1 < larger.RougeL.F1);
            Assert.True(smaller.RougeLsum.F1 < larger.RougeLsum.F1);
        }
    }

    [Fact]
    public void AnIdenticalPairScoresOne()
    {
        var scores = new Rouge().Score("the CAT sat on: the mat\nit purred", "The cat sat on the mat.\nIt purred.");

        Assert.Equal(new RougeScores(new(1, 1, 1), new(1, 1, 1), new(1, 1, 1), new(1, 1, 1)), scores);
    }

    [Theory]
    [InlineData("", "a b")]
    [InlineData("a b", "")]
    [InlineData("", "")]
    [InlineData("…!?", "a")]
    [InlineData("Привет", "Привет")]
    public void ASideWithoutTokensScoresZero(string target, string prediction)
    {
        Assert.Equal(new RougeScores(default, default, default, default), new Rouge().Score(prediction, target));
    }

    [Fact]
    public void ASingleTokenHasNoPairs()
    {
        var scores = new Rouge().Score("Yes!", "yes");

        Assert.Equal(new RougeScore(1, 1, 1), scores.Rouge1);
        Assert.Equal(default, scores.Rouge2);
        Assert.Equal(new RougeScore(1, 1, 1), scores.RougeL);
    }

    [Fact]
    public void MatchesAreClippedAndOrdered()
    {
        // Common words: a ×1 (clipped), b, c → 3. Common pairs: "b c" → 1. Common subsequence: "a b c" → 3.
        var scores = new Rouge().Score("a a x b c", "a b c d");

        AssertClose(new RougeScore(3.0 / 5, 3.0 / 4, 2.0 / 3), scores.Rouge1);
        AssertClose(new RougeScore(1.0 / 4, 1.0 / 3, 2.0 / 7), scores.Rouge2);
        AssertClose(new RougeScore(3.0 / 5, 3.0 / 4, 2.0 / 3), scores.RougeL);
    }

    [Fact]
    public void SummaryScoreTakesTheUnionOverSentences()
    {
        // Lin's example: w1 w2 and w1 w3 w5 of "w1 w2 w3 w4 w5" make a union of four.
        // As one line they would have three in order.
        var scores = new Rouge().Score("w1 w3 w8 w9 w5\nw1 w2 w6 w7 w8", "w1 w2 w3 w4 w5");

        Assert.Equal(4.0 / 5, scores.RougeLsum.Recall, 1e-12);
        Assert.Equal(4.0 / 10, scores.RougeLsum.Precision, 1e-12);
    }

    [Fact]
    public void OfSeveralCommonSubsequencesSummaryScoreTakesRougeScores()
    {
        // "b a" has either word of "a b" in order, and a is the one that is taken, which "a c" has too: b is not found.
        Assert.Equal(1.0 / 2, new Rouge().Score("b a\na c", "a b").RougeLsum.Recall, 1e-12);
    }

    [Fact]
    public void SummaryScoreDoesNotCountATokenTwice()
    {
        // Both target lines find the one "a" of the prediction: one hit.
        var scores = new Rouge().Score("a", "a b\na c");

        AssertClose(new RougeScore(1, 1.0 / 4, 0.4), scores.RougeLsum);
    }

    [Fact]
    public void StemmingMakesInflectionsMatch()
    {
        Assert.Equal(0, new Rouge().Score("runs cat", "running cats").Rouge1.F1);
        Assert.Equal(1, new Rouge(stem: true).Score("runs cat", "running cats").Rouge1.F1);
        Assert.Equal(0, new Rouge(stem: true).Score("hi", "his").Rouge1.F1); // three letters are left alone
    }

    [Fact]
    public void LettersThatLowerCaseIntoAsciiCountAsPythonHasThem()
    {
        // The Kelvin sign becomes k; a dotted capital I becomes an i and a mark that separates.
        Assert.Equal(1, new Rouge().Score("kelvin", "\u212aelvin").Rouge1.F1);
        Assert.Equal(1, new Rouge().Score("i stanbul", "\u0130stanbul").Rouge2.F1);
    }

    [Fact]
    public void TheCorpusScoreIsTheMeanOfThePairs()
    {
        var scores = new Rouge().Corpus(["a b c d", "x y z w"], ["a b", "c d"]);

        Assert.Equal(0.25, scores.Rouge1.Precision, 1e-12);
        Assert.Equal(0.5, scores.Rouge1.Recall, 1e-12);
        Assert.Equal(1.0 / 3, scores.Rouge1.F1, 1e-12);
    }

    [Fact]
    public void DifferentCountsAreTheUsersErrorAndNameBoth()
    {
        var error = Assert.Throws<UserException>(() => new Rouge().Corpus(["a"], ["a", "b", "c"]));

        Assert.Contains("3", error.Message, StringComparison.Ordinal);
        Assert.Contains("1", error.Message, StringComparison.Ordinal);
        Assert.Throws<UserException>(() => new Rouge().Corpus([], []));
    }

    private static void AssertClose(RougeScore expected, RougeScore actual)
    {
        Assert.Equal(expected.Precision, actual.Precision, 1e-12);
        Assert.Equal(expected.Recall, actual.Recall, 1e-12);
        Assert.Equal(expected.F1, actual.F1, 1e-12);
    }

    private static void AssertScore(JsonElement expected, RougeScore score, double tolerance)
    {
        Assert.Equal(expected.GetProperty("p").GetDouble(), score.Precision, tolerance);
        Assert.Equal(expected.GetProperty("r").GetDouble(), score.Recall, tolerance);
        Assert.Equal(expected.GetProperty("f").GetDouble(), score.F1, tolerance);
    }

    private static string[] Lines(string file) => File.ReadAllLines(SharedFolder.Path("data", "metrics", "rouge", file));

    private static string[] RealSumm(string file) =>
    [
        .. File.ReadLines(SharedFolder.Path("data", "summarization", "realsumm", "t5", file + ".txt")).Select(line =>
            string.Join('\n', line.Replace("<t>", "", StringComparison.Ordinal).Split("</t>", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))),
    ];

    private static JsonElement Expected() =>
        JsonDocument.Parse(File.ReadAllText(SharedFolder.Path("data", "metrics", "rouge", "expected_google_rouge.json"))).RootElement;

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];
}
