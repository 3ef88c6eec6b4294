using System.IO.Compression;
using System.Text.Json;
using Wgqa.Testing;

namespace Wgqa.Metrics;

public class BleuTests
{
    [SharedTheory]
    [InlineData("13a")]
    [InlineData("none")]
    [InlineData("intl")]
    public void CorpusScoresWithTwoReferencesAreSacrebleus(string tokenizer)
    {
        var expected = Expected();
        var bleu = new Bleu { Tokenizer = BleuTokenizer.Named(tokenizer) };
        var hypotheses = Strings(expected.GetProperty("hypotheses"));
        var references = expected.GetProperty("reference_streams").EnumerateArray().Select(Strings).ToList();

        var score = bleu.Corpus(hypotheses, references);

        Assert.Equal(expected.GetProperty("corpus_bleu").GetProperty(tokenizer).GetDouble(), score.Score, 1e-6);
    }

    [SharedTheory]
    [InlineData("exp", null, "13a", 8.493)]
    [InlineData("none", null, "13a", 0)]
    [InlineData("floor", 0.1, "13a", 4.51688)]
    [InlineData("floor", null, "13a", 4.51688)]
    [InlineData("floor", 0.5, "13a", 10.1)]
    [InlineData("add-k", 1.0, "13a", 14.882)]
    [InlineData("add-k", null, "13a", 14.882)]
    [InlineData("add-k", 2.0, "13a", 21.389)]
    [InlineData("exp", null, "none", 7.347)]
    [InlineData("exp", null, "char", 40.8759)]
    public void SentenceScoresAreSacrebleusForEachSmoothing(string smoothing, double? value, string tokenizer, double expectedScore)
    {
        var sentence = Expected().GetProperty("sentence");
        var bleu = new Bleu
        {
            EffectiveOrder = true,
            Smoothing = BleuSmoothing.Named(smoothing, value),
            Tokenizer = BleuTokenizer.Named(tokenizer),
        };

        var score = bleu.Sentence(sentence.GetProperty("hypothesis").GetString()!, sentence.GetProperty("reference").GetString()!);

        Assert.Equal(expectedScore, score.Score, sentence.GetProperty("tolerance").GetDouble());
    }

    // 2 of 4 words, 1 of 3 pairs, none of 2 triples and none of 1 quadruple match.
    [Theory]
    [InlineData("exp", null, 2 / 4.0 * (1 / 3.0) * (1 / 2.0 / 2) * (1 / 4.0 / 1))]
    [InlineData("none", null, 0)]
    [InlineData("floor", null, 2 / 4.0 * (1 / 3.0) * (0.1 / 2) * (0.1 / 1))]
    [InlineData("floor", 0.5, 2 / 4.0 * (1 / 3.0) * (0.5 / 2) * (0.5 / 1))]
    [InlineData("add-k", null, 2 / 4.0 * (2 / 4.0) * (1 / 3.0) * (1 / 2.0))]
    [InlineData("add-k", 2.0, 2 / 4.0 * (3 / 5.0) * (2 / 4.0) * (2 / 3.0))]
    public void AnOrderWithoutAMatchCountsAsTheSmoothingSays(string smoothing, double? value, double product)
    {
        var score = new Bleu { Smoothing = BleuSmoothing.Named(smoothing, value) }.Corpus(["a b x y"], ["a b c d"]);

        Assert.Equal(100 * Math.Pow(product, 1 / 4.0), score.Score, 1e-9);
    }

    [SharedFact]
    public void ThreeThousandTranslatedLinesHaveThePublishedScore()
    {
        static string[] Joined(string file) =>
            [.. File.ReadLines(SharedFolder.Path("data", "metrics", "bleu-tfnmt", file)).Select(line => line.Replace("@@ ", "", StringComparison.Ordinal))];
        var expected = JsonDocument.Parse(File.ReadAllText(SharedFolder.Path("data", "metrics", "bleu-tfnmt", "expected.json"))).RootElement;
        var (hypotheses, references) = (Joined("deen_output"), Joined("deen_ref_bpe"));
        var bleu = new Bleu { Tokenizer = BleuTokenizer.None, Smoothing = BleuSmoothing.None };

        // The published number takes an empty line (three hypotheses are) for one token; sacrebleu does not.
        static string[] WithEmptyTokens(string[] lines) => [.. lines.Select(line => line.Length == 0 ? "<empty>" : line)];
        Assert.Equal(expected.GetProperty("bleu").GetDouble(), bleu.Corpus(WithEmptyTokens(hypotheses), WithEmptyTokens(references)).Score, 1e-9);
        Assert.Equal(22.58467752124882, bleu.Corpus(hypotheses, references).Score, 1e-9);
    }

    // Computed with sacrebleu 2's own code on these files.
    [SharedTheory]
    [InlineData("newstest2017.C-3MA.4959.en-de", "none", 17.72476584143154)]
    [InlineData("newstest2017.C-3MA.4959.en-de", "13a", 22.674635039470754)]
    [InlineData("newstest2017.C-3MA.4959.en-de", "char", 57.789511212553535)]
    [InlineData("newstest2017.online-B.0.en-de", "none", 21.591138671903344)]
    [InlineData("newstest2017.online-B.0.en-de", "13a", 26.651046216335573)]
    [InlineData("newstest2017.online-B.0.en-de", "intl", 26.773879720654577)]
    public void SystemsOfWmt17ScoreAsWithSacrebleu(string system, string tokenizer, double expected)
    {
        var score = new Bleu { Tokenizer = BleuTokenizer.Named(tokenizer) }.Corpus(Wmt17(system), Wmt17("newstest2017.ref.en-de"));

        Assert.Equal(expected, score.Score, 1e-9);
    }

    [Fact]
    public void AnIdenticalCorpusScoresOneHundred()
    {
        string[] lines = ["Das ist ein kleiner Test.", "Noch eine Zeile, mit Komma."];

        var score = new Bleu().Corpus(lines, lines);

        Assert.Equal(100, score.Score, 1e-9);
        Assert.Equal([100.0, 100.0, 100.0, 100.0], score.Precisions);
        Assert.Equal(1, score.BrevityPenalty);
    }

    [Fact]
    public void TheScoreIsTheBrevityPenaltyTimesTheGeometricMeanOfTheClippedPrecisions()
    {
        // Hypothesis 5 tokens, reference 6. "the" occurs 2 times in the reference and 3 times here: clipped to 2.
        var score = new Bleu { Tokenizer = BleuTokenizer.None }.Corpus(["the cat the cat the"], ["the cat sat on the mat"]);

        // Unigrams: the ×2 and cat ×1 of 5. Bigrams: "the cat" once of 4. Trigrams 0 of 3 → 1/2, 4-grams 0 of 2 → 1/4.
        Assert.Equal([3L, 1L, 0L, 0L], score.Matches);
        Assert.Equal([5L, 4L, 3L, 2L], score.Totals);
        Assert.All(score.Precisions.Zip([60, 25, 100.0 / 6, 12.5]), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
        Assert.Equal(Math.Exp(1 - (6.0 / 5)), score.BrevityPenalty, 1e-12);
        Assert.Equal(score.BrevityPenalty * Math.Pow(60 * 25 * (100.0 / 6) * 12.5, 0.25), score.Score, 1e-9);
    }

    [Fact]
    public void AnEmptyHypothesisScoresZeroAndCountsItsReference()
    {
        var score = new Bleu().Corpus(["", "a b c d"], ["one two", "a b c d"]);

        Assert.Equal(4, score.HypothesisLength);
        Assert.Equal(6, score.ReferenceLength);
        Assert.Equal(100 * Math.Exp(-0.5), score.Score, 1e-9);
        Assert.Equal(0, new Bleu().Corpus([""], ["one two"]).Score);
        Assert.Equal(0, new Bleu().Corpus([""], ["one two"]).BrevityPenalty);
    }

    [Fact]
    public void ASingleTokenCountsOnlyWithEffectiveOrder()
    {
        Assert.Equal(0, new Bleu().Sentence("yes", "yes").Score);
        Assert.Equal(100, new Bleu { EffectiveOrder = true }.Sentence("yes", "yes").Score, 1e-9);
    }

    [Fact]
    public void OfTwoReferencesEquallyCloseTheShorterIsTheLength()
    {
        var score = new Bleu { Tokenizer = BleuTokenizer.None }.Corpus(["a b c"], [["a b c d"], ["a b"]]);

        Assert.Equal(2, score.ReferenceLength);
        Assert.Equal(1, score.BrevityPenalty);
    }

    [Fact]
    public void ALineMayHaveFewerReferencesButNotNone()
    {
        string?[] second = [null, "c d e f"];

        var score = new Bleu().Corpus(["a b c d", "c d e f"], [["a b c d", "x y"], second]);

        Assert.Equal(100, score.Score, 1e-9);
        var error = Assert.Throws<UserException>(() => new Bleu().Corpus(["a", "b"], [["a", null!], second[..1].Append(null).ToArray()]));
        Assert.Contains("Line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LowercaseIgnoresCaseOnBothSides()
    {
        Assert.True(new Bleu().Corpus(["The Dog Barks Now"], ["the dog barks now"]).Score < 1e-6);
        Assert.Equal(100, new Bleu { Lowercase = true }.Corpus(["The Dog Barks ÜBER ΟΔΟΣ"], ["the dog barks über οδος"]).Score, 1e-9);
    }

    [Fact]
    public void DifferentCountsAreTheUsersErrorAndNameBoth()
    {
        var error = Assert.Throws<UserException>(() => new Bleu().Corpus(["a", "b", "c"], ["a", "b"]));

        Assert.Contains("3", error.Message, StringComparison.Ordinal);
        Assert.Contains("2", error.Message, StringComparison.Ordinal);
        Assert.Throws<UserException>(() => new Bleu().Corpus([], Array.Empty<string>()));
    }

    [Theory]
    [InlineData("13a", "Hello, world! It's 3,000.50 at 10-12.", "Hello , world ! It's 3,000.50 at 10 - 12 .")]
    [InlineData("13a", "&quot;A&amp;B&quot; &lt;skipped&gt; a<skipped>b", "\" A & B \" < skipped > ab")]
    [InlineData("13a", "<SKIPPED>&QUOT;", "< SKIPPED > & QUOT ;")]
    [InlineData("13a", "a..b ...,1", "a . . b . . . ,1")]
    [InlineData("13a", "naïve „Straße“ 1.", "naïve „Straße“ 1 .")]
    [InlineData("none", "  Hello,\tworld!\u00a0x ", "Hello, world! x")]
    [InlineData("char", "a b\u00e9😀", "a b \u00e9 😀")]
    [InlineData("intl", "„Straße“, 3,5 € 😀x 1.", "„ Straße “ , 3,5 € 😀 x 1.")]
    [InlineData("intl", "don't a-b ½-¼ x𝟏.𝟐", "don ' t a - b ½-¼ x𝟏.𝟐")]
    public void LinesAreCutAsSacrebleuCutsThem(string tokenizer, string line, string tokens)
    {
        Assert.Equal(tokens, string.Join(' ', BleuTokenizer.Named(tokenizer).Tokenize(line)));
    }

    [Fact]
    public void UnknownNamesAreTheUsersErrorAndListTheKnownOnes()
    {
        Assert.Contains("13a", Assert.Throws<UserException>(() => BleuTokenizer.Named("zh")).Message, StringComparison.Ordinal);
        Assert.Contains("add-k", Assert.Throws<UserException>(() => BleuSmoothing.Named("laplace")).Message, StringComparison.Ordinal);
        Assert.Throws<UserException>(() => BleuSmoothing.Named("exp", 0.5));
        Assert.Throws<UserException>(() => BleuSmoothing.Named("floor", -1));
    }

    [Fact]
    public void LineStatisticsSumToTheCorpusScore()
    {
        string[] hypotheses = ["the dog bit the man .", "a cat sat ."];
        string[] references = ["the dog bit the old man .", "a cat sat down ."];
        var bleu = new Bleu();

        var sum = bleu.Statistics(hypotheses, [references]).Aggregate((a, b) => a + b);

        Assert.Equal(bleu.Corpus(hypotheses, references).Score, bleu.Score(sum).Score);
    }

    [Fact]
    public void ItPrintsAsSacrebleuDoes()
    {
        Assert.Equal(
            "BLEU = 100.00 100.0/100.0/100.0/100.0 (BP = 1.000 ratio = 1.000 hyp_len = 4 ref_len = 4)",
            new Bleu().Corpus(["a b c d"], ["a b c d"]).ToString());
    }

    private static string[] Wmt17(string name)
    {
        using var file = File.OpenRead(SharedFolder.Path("data", "metrics", "bleu-wmt17", name + ".gz"));
        using var text = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        return text.ReadToEnd().TrimEnd('\n').Split('\n');
    }

    private static JsonElement Expected() =>
        JsonDocument.Parse(File.ReadAllText(SharedFolder.Path("data", "metrics", "expected_bleu.json"))).RootElement;

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];
}
