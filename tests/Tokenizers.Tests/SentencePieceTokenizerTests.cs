#if TOKENIZER_LOCAL
using System.Buffers;
using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Wgqa.Testing;

namespace Wgqa.Tokenizers.Tests;

public class SentencePieceTokenizerTests
{
    private readonly SentencePieceTokenizer _words = Create(SmallModel.Words);
    private readonly SentencePieceTokenizer _bytes = Create(SmallModel.Bytes);

    [Fact]
    public void IdsFollowTheModelsScores()
    {
        Assert.Equal([1, 4, 5, 6, 13], _words.EncodeToIds("the cats."));
        Assert.Equal([4, 5, 6, 13], _words.EncodeToIds("the cats.", addBeginningOfSentence: false, addEndOfSentence: false));
        Assert.Equal([4, 12, 2], _words.EncodeToIds("thethe".AsSpan(), addBeginningOfSentence: false, addEndOfSentence: true));
        Assert.Equal([1, 5, 0, 2], _words.EncodeToIds("catXYZ", addBeginningOfSentence: true, addEndOfSentence: true));
    }

    [Fact]
    public void AnEmptyTextHasNoIds()
    {
        Assert.Empty(_words.EncodeToIds(""));
        Assert.Equal(0, _words.CountTokens("", addBeginningOfSentence: true, addEndOfSentence: true));
        Assert.Equal([1], _words.EncodeToIds("   "));
    }

    [Fact]
    public void TokensLieWhereTheNormalizedTextHasThem()
    {
        var tokens = _words.EncodeToTokens("the  cat XY", out var normalized, addBeginningOfSentence: true, addEndOfSentence: true);
        Assert.Equal("▁the▁cat▁XY", normalized);
        Assert.Equal(
            [new(1, "<s>", 0..0), new(4, "▁the", 0..4), new(5, "▁cat", 4..8), new(3, "▁", 8..9), new(0, "XY", 9..11), new EncodedToken(2, "</s>", 11..11)],
            tokens);
        Assert.All(tokens.Skip(1).SkipLast(1), token => Assert.Equal(token.Value, normalized![token.Offset]));
    }

    [Fact]
    public void ALimitCutsOffTheEnd()
    {
        Assert.Equal([1, 4], _words.EncodeToIds("the cats", 2, out var normalized, out var consumed));
        Assert.Equal(("▁the▁cats", 4), (normalized, consumed));
        Assert.Equal([4, 5, 6], _words.EncodeToIds("the cats", addBeginningOfSentence: false, addEndOfSentence: true, 3, out _, out consumed));
        Assert.Equal(9, consumed);
        Assert.Equal(4, _words.CountTokens("the cats", false, true, true, true, out _, out _));
        Assert.Equal(2, _words.CountTokens("the cats", false, true, true, true, out _, out consumed, maxTokenCount: 2));
        Assert.Equal(8, consumed);
        Assert.Throws<ArgumentOutOfRangeException>(() => _words.EncodeToIds("the", 0, out _, out _));
    }

    [Fact]
    public void AnIndexIsFoundFromEitherEnd()
    {
        Assert.Equal(8, _words.GetIndexByTokenCount("the cats", false, false, 2, out var normalized, out var count));
        Assert.Equal(("▁the▁cats", 2), (normalized, count));
        Assert.Equal(4, _words.GetIndexByTokenCountFromEnd("the cats", false, false, 2, true, out _, out count));
        Assert.Equal(2, count);
        Assert.Equal(0, _words.GetIndexByTokenCountFromEnd("the cats", false, false, 9, true, out _, out count));
        Assert.Equal(3, count);
        Tokenizer general = _words;
        Assert.Equal(4, general.GetIndexByTokenCount("the cats", 2, out _, out count));
        Assert.Equal(8, general.GetIndexByTokenCountFromEnd("the cats", 1, out _, out count));
        Assert.Equal(1, count);
    }

    [Fact]
    public void WithoutNormalizationTheTextIsTakenAsItIs()
    {
        Assert.Equal([12, 5], _words.EncodeToIds("the▁cat", false, false, considerNormalization: false));
        Assert.Equal([12, 0], _words.EncodeToIds("the ", false, false, considerNormalization: false));
        _words.EncodeToTokens("the▁cat", out var normalized, false, false, considerNormalization: false);
        Assert.Null(normalized);
    }

    [Fact]
    public void TheNormalizerIsTheModels()
    {
        Assert.Equal("▁the▁cat", _words.Normalizer!.Normalize("  the   cat "));
        Assert.Null(_words.PreTokenizer);
    }

    [Fact]
    public void SpecialTokensAreSplitOffTheLongestFirst()
    {
        var tokenizer = Create(SmallModel.Words, new Dictionary<string, int> { ["<x>"] = 50, ["<x><y>"] = 51, ["the"] = 52 });
        Assert.Equal([52, 50, 5, 51], tokenizer.EncodeToIds("the<x> cat<x><y>", false, false));
        var tokens = tokenizer.EncodeToTokens("cat<x>s", out var normalized, false, false);
        Assert.Equal("▁cat<x>▁s", normalized);
        Assert.Equal(new EncodedToken(50, "<x>", 4..7), tokens[1]);
        Assert.Equal("cat s", tokenizer.Decode([5, 50, 3, 6]));
        Assert.Equal("cat<x> s", tokenizer.Decode([5, 50, 3, 6], considerSpecialTokens: true));
    }

    [Fact]
    public void SpecialTokensAreDecodedOnRequest()
    {
        Assert.Equal("the cats", _words.Decode([1, 4, 5, 6, 0, 2]));
        Assert.Equal("<s>the cats<unk></s>", _words.Decode([1, 4, 5, 6, 0, 2], considerSpecialTokens: true));
        Assert.Equal("", _words.Decode([]));
    }

    [Fact]
    public void IdsThatTheModelLacksAreLeftOutOfText() =>
        Assert.Equal("the cat", _words.Decode([4, 99, -1, 5]));

    [Fact]
    public void TextIsWrittenAsFarAsItFits()
    {
        var destination = new char[20];
        Assert.Equal(OperationStatus.Done, _words.Decode([4, 5, 6], destination, out var consumed, out var written));
        Assert.Equal((3, "the cats"), (consumed, new string(destination, 0, written)));
        Assert.Equal(OperationStatus.DestinationTooSmall, _words.Decode([4, 5, 6], destination.AsSpan(0, 7), out consumed, out written));
        Assert.Equal((2, "the cat"), (consumed, new string(destination, 0, written)));
        Assert.Equal(OperationStatus.DestinationTooSmall, _words.Decode([4, 5], destination.AsSpan(0, 2), out consumed, out written));
        Assert.Equal((0, 0), (consumed, written));
    }

    [Fact]
    public void AnUnknownCharacterIsItsBytesWhereTheModelHasThem()
    {
        Assert.True(_bytes.ByteFallback);
        Assert.Equal([259, 260, 3 + 0xF0, 3 + 0x9F, 3 + 0x98, 3 + 0x80, 260], _bytes.EncodeToIds("a😀a", false, false));
        var tokens = _bytes.EncodeToTokens("a😀é", out var normalized, false, false);
        Assert.Equal("▁a😀é", normalized);
        Assert.Equal([0..1, 1..2, 2..4, 4..4, 4..4, 4..4, 4..5, 5..5], tokens.Select(token => token.Offset));
        Assert.Equal("a😀é", _bytes.Decode(tokens.Select(token => token.Id)));
    }

    [Fact]
    public void TheModelSaysWhatItIs()
    {
        Assert.Equal((0, 1, 2), (_words.UnknownId, _words.BeginningOfSentenceId, _words.EndOfSentenceId));
        Assert.Equal(("<unk>", "<s>", "</s>"), (_words.UnknownToken, _words.BeginningOfSentenceToken, _words.EndOfSentenceToken));
        Assert.Equal((true, true, false, false), (_words.AddDummyPrefix, _words.EscapeWhiteSpaces, _words.TreatWhitespaceAsSuffix, _words.ByteFallback));
        Assert.Equal((true, false), (_words.AddBeginningOfSentence, _words.AddEndOfSentence));
        Assert.Equal(14, _words.Vocabulary.Count);
        Assert.Equal(5, _words.Vocabulary["▁cat"]);
        Assert.Null(_words.SpecialTokens);
    }

    [Fact]
    public void WhatIsNoModelIsRefused()
    {
        Assert.Throws<InvalidDataException>(() => Create([]));
        Assert.Throws<InvalidDataException>(() => Create([1, 2, 3, 4]));
        Assert.Throws<InvalidDataException>(() => Create(SmallModel.Words[..^6]));
        Assert.Throws<ArgumentNullException>(() => SentencePieceTokenizer.Create((Stream)null!));
        Assert.Throws<ArgumentNullException>(() => _words.EncodeToIds((string)null!));
    }

    [Fact]
    public void TokensAreEqualByValue()
    {
        Assert.Equal(new EncodedToken(3, "▁", 0..1), new EncodedToken(3, "▁", 0..1));
        Assert.NotEqual(new EncodedToken(3, "▁", 0..1), new EncodedToken(3, "▁", 1..2));
    }

    [SharedFact]
    public void EveryGoldenTextHasSentencePiecesTokens()
    {
        var tokenizer = Create(File.ReadAllBytes(SharedFolder.Path("golden", "tokenizer", "spiece.model")));
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("golden", "tokenizer", "golden.json")));
        foreach (var entry in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var text = entry.GetProperty("text").GetString()!;
            var tokens = tokenizer.EncodeToTokens(text, out var normalized, false, false);
            Assert.Equal(entry.GetProperty("sp_pieces").EnumerateArray().Select(piece => piece.GetString()), tokens.Select(token => token.Value));
            Assert.Equal(entry.GetProperty("sp_ids").EnumerateArray().Select(id => id.GetInt32()), tokens.Select(token => token.Id));
            Assert.All(tokens, token => Assert.Equal(token.Value, normalized![token.Offset]));
        }
    }

    private static SentencePieceTokenizer Create(byte[] model, IReadOnlyDictionary<string, int>? specialTokens = null) =>
        SentencePieceTokenizer.Create(new MemoryStream(model), addBeginningOfSentence: true, addEndOfSentence: false, specialTokens);
}
#endif
