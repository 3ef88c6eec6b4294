using Wgqa.Decoding;
using Wgqa.Models;
using Wgqa.Tests.Text;

namespace Wgqa.Runtime.Tests.Decoding;

[Trait(TestDevice.Trait, TestDevice.Any)]
[Trait(TestDevice.Needs, "libsentencepiece")]
public class TextGeneratorTests
{
    private static readonly T5Config Config = SmallT5.Tied with { VocabSize = SmallVocabulary.Tokenizer.VocabularySize };

    private static readonly string[] Texts = ["seven letters", "The river crosses the quiet street.", "", "Das Mädchen sucht den Schlüssel.", "dog", "A small dog remembers nothing at all."];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public void TextsComeBackInTheirOwnOrderWhateverTheBatches(int beams, int returned)
    {
        using var model = SmallT5.Create(Config);
        var options = new GenerationOptions { MaxNewTokens = 12, NumBeams = beams, NumReturnSequences = returned };
        string[] alone = [.. Texts.SelectMany(text => new TextGenerator(model, SmallVocabulary.Tokenizer, options).Generate([text]))];
        Assert.Equal(Texts.Length * returned, alone.Length);
        Assert.True(alone.Distinct().Count() > 1);
        Assert.Equal(alone, new TextGenerator(model, SmallVocabulary.Tokenizer, options, batchSize: 4).Generate(Texts));
        Assert.Equal(alone, new TextGenerator(model, SmallVocabulary.Tokenizer, options, batchSize: 64).Generate(Texts));
    }

    [Fact]
    public void ALongTextIsCutToTheSourceLength()
    {
        using var model = SmallT5.Create(Config);
        var options = new GenerationOptions { MaxNewTokens = 12 };
        var tokenizer = SmallVocabulary.Tokenizer;
        var cut = new TextGenerator(model, tokenizer, options, maxSourceLength: 3);
        var (text, other) = (Texts[1], Texts[1] + " The old clock doesn't see seven letters.");
        Assert.Equal(tokenizer.Encode(text, 3), tokenizer.Encode(other, 3));
        Assert.Equal(cut.Generate([text]), cut.Generate([other]));
    }

    [Fact]
    public void ProgressCountsTexts()
    {
        using var model = SmallT5.Create(Config);
        var seen = new List<int>();
        new TextGenerator(model, SmallVocabulary.Tokenizer, new() { MaxNewTokens = 2 }, batchSize: 4).Generate(Texts, new Recorder(seen));
        Assert.Equal([4, 6], seen);
    }

    [Fact]
    public void NoTextsGiveNone()
    {
        using var model = SmallT5.Create(Config);
        Assert.Empty(new TextGenerator(model, SmallVocabulary.Tokenizer, new()).Generate([]));
    }

    [Fact]
    public void AVocabularyLargerThanTheModelsIsRefused()
    {
        using var model = SmallT5.Create(SmallT5.Tied);
        Assert.Contains("vocab_size", Assert.Throws<UserException>(() => new TextGenerator(model, SmallVocabulary.Tokenizer, new()).Generate(Texts)).Message);
        Assert.Contains("batch size is 0", Assert.Throws<UserException>(() => new TextGenerator(model, SmallVocabulary.Tokenizer, new(), batchSize: 0).Generate(Texts)).Message);
    }

    private sealed class Recorder(List<int> seen) : IProgress<int>
    {
        public void Report(int value) => seen.Add(value);
    }
}
