#if TOKENIZER_LOCAL // training needs libsentencepiece
using System.Text;
using Wgqa.Text;

namespace Wgqa.Tests.Text;

public class SentencePieceTrainingTests
{
    [Fact]
    public void ATrainedVocabularyHasT5sSpecialPieces()
    {
        var tokenizer = SmallVocabulary.Tokenizer;
        Assert.Equal((0, 1, 2), (tokenizer.PadId, tokenizer.EosId, tokenizer.UnkId));
        Assert.Equal(SmallVocabulary.Size + 100, tokenizer.VocabularySize);
    }

    [Fact]
    public void TheSameSentencesGiveTheSameVocabulary() =>
        Assert.Equal(SmallVocabulary.Model, SentencePieceTraining.Train(SmallVocabulary.Sentences, SmallVocabulary.Size));

    [Fact]
    public void TrainingTextComesBackFromItsIds()
    {
        var tokenizer = SmallVocabulary.Tokenizer;
        foreach (var sentence in SmallVocabulary.Sentences)
        {
            var ids = tokenizer.Encode(sentence);
            Assert.DoesNotContain(tokenizer.UnkId, ids);
            Assert.Equal(sentence, tokenizer.Decode(ids));
        }
    }

    [Fact]
    public void AFrequentWordIsOnePieceThoughASpaceAlwaysFollowsIt() =>
        Assert.Equal(3, SmallVocabulary.Tokenizer.Encode("the the").Length);

    [Fact]
    public void ALargerVocabularyNeedsFewerIds()
    {
        var smaller = T5Tokenizer.FromModel(SentencePieceTraining.Train(SmallVocabulary.Sentences, 45));
        Assert.True(Ids(smaller) > Ids(SmallVocabulary.Tokenizer));

        static int Ids(T5Tokenizer tokenizer) => SmallVocabulary.Sentences.Sum(sentence => tokenizer.Encode(sentence).Length);
    }

    [Fact]
    public void ATextThatYieldsTooFewPiecesSaysHowMany()
    {
        var error = Assert.Throws<UserException>(() => SentencePieceTraining.Train(["one two three"], 1000));
        Assert.Contains("1000", error.Message, StringComparison.Ordinal);
        var size = int.Parse(error.Message[(error.Message.LastIndexOf("<= ", StringComparison.Ordinal) + 3)..].TrimEnd('.'), System.Globalization.CultureInfo.InvariantCulture);
        Assert.NotEmpty(SentencePieceTraining.Train(["one two three"], size));
    }

    [Fact]
    public void AVocabularyMayBeSmallerOnRequest()
    {
        var tokenizer = T5Tokenizer.FromModel(SentencePieceTraining.Train(["one two three"], 1000, orFewer: true));
        Assert.InRange(tokenizer.VocabularySize, 110, 150);
        Assert.Equal("three one", tokenizer.Decode(tokenizer.Encode("three one")));
    }

    [Fact]
    public void AVocabularySmallerThanTheAlphabetIsRefused()
    {
        var error = Assert.Throws<UserException>(() => SentencePieceTraining.Train(SmallVocabulary.Sentences, 10));
        Assert.Contains("10 vs ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(3)]
    public void AVocabularyWithoutRoomForTextIsRefused(int size) =>
        Assert.Throws<UserException>(() => SentencePieceTraining.Train(SmallVocabulary.Sentences, size));

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void ACoverageOutsideItsRangeIsRefused(double coverage) =>
        Assert.Throws<UserException>(() => SentencePieceTraining.Train(SmallVocabulary.Sentences, 100, coverage));

    // Each of these reaches a check in libsentencepiece that ends the process when there is nothing left to train on.
    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\u200B\u00AD\u0001")]
    [InlineData("\u2581\u2581")]
    [InlineData("\u2585")]
    [InlineData("\0\0")]
    [InlineData("\uD800")]
    public void ATextWithoutAVisibleCharacterIsRefused(string nothing)
    {
        Assert.Throws<UserException>(() => SentencePieceTraining.Train([nothing, nothing], 50));
        Assert.NotEmpty(SentencePieceTraining.Train([nothing, "some text", nothing], 50, orFewer: true));
    }

    [Fact]
    public void NormalizationLeavesSomethingOfEveryVisibleCharacter()
    {
        for (var value = 0x1; value <= 0x2FFFF; value++)
        {
            if (Rune.TryCreate(value, out var character) && SentencePieceTraining.IsVisible(character))
            {
                Assert.True(SmallVocabulary.Tokenizer.Encode(character.ToString(), addEos: false).Length > 0, $"U+{value:X4} comes to nothing");
            }
        }
    }

    [Fact]
    public void AnEmojiIsTextEnough() =>
        Assert.DoesNotContain(2, T5Tokenizer.FromModel(SentencePieceTraining.Train(["😀"], 10, orFewer: true)).Encode("😀"));

    [Fact]
    public void NoSentencesAreRefused() =>
        Assert.Throws<UserException>(() => SentencePieceTraining.Train([], 50));

    [Fact]
    public void RareCharactersAreLeftOutOnRequest()
    {
        string[] text = [.. Enumerable.Repeat("aaaa bbbb", 500), "x"];
        Assert.DoesNotContain(2, T5Tokenizer.FromModel(SentencePieceTraining.Train(text, 20, orFewer: true)).Encode("x"));
        Assert.Contains(2, T5Tokenizer.FromModel(SentencePieceTraining.Train(text, 20, 0.99, orFewer: true)).Encode("x"));
    }

    [Fact]
    public void ALongSentenceIsTrainedOn()
    {
        // libsentencepiece's own limit is 4,192 bytes.
        var sentence = string.Join(' ', Enumerable.Repeat("Zyzzyva", 2000));
        var tokenizer = T5Tokenizer.FromModel(SentencePieceTraining.Train(["abc", sentence], 40, orFewer: true));
        Assert.DoesNotContain(tokenizer.UnkId, tokenizer.Encode("Zyzzyva"));
    }
}
#endif
