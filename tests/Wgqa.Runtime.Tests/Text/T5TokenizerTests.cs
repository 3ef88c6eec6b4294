#if TOKENIZER_LOCAL // training needs libsentencepiece
using System.Text;
using System.Text.Json;
using Wgqa.Testing;
using Wgqa.Text;

namespace Wgqa.Tests.Text;

public sealed class T5TokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly T5Tokenizer _tokenizer = SmallVocabulary.Tokenizer;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnEmptyTextIsJustItsEnd()
    {
        Assert.Equal([1], _tokenizer.Encode(""));
        Assert.Equal([1], _tokenizer.Encode(" \t\n "));
        Assert.Empty(_tokenizer.Encode("", addEos: false));
        Assert.Equal("", _tokenizer.Decode([]));
    }

    [Fact]
    public void SentinelsCountDownwardsFromTheEndOfTheVocabulary()
    {
        var last = _tokenizer.VocabularySize - 1;
        Assert.Equal([last, last - 99, last - 10, 1], _tokenizer.Encode("<extra_id_0><extra_id_99> <extra_id_10>"));
        Assert.Equal((last, SmallVocabulary.Size), (_tokenizer.SentinelId(0), _tokenizer.SentinelId(99)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _tokenizer.SentinelId(100));
    }

    [Theory]
    [InlineData("<extra_id_100>")]
    [InlineData("<extra_id_00>")]
    [InlineData("<extra_id_-1>")]
    [InlineData("<extra_id_ 1>")]
    [InlineData("<extra_id_>")]
    [InlineData("<extra_id_1")]
    [InlineData("<extra_id_99999999999>")]
    [InlineData("<EXTRA_ID_1>")]
    [InlineData("< /s>")]
    [InlineData("<")]
    public void WhatOnlyLooksLikeASpecialTokenIsText(string text) =>
        Assert.All(_tokenizer.Encode(text)[..^1], id => Assert.InRange(id, _tokenizer.UnkId, SmallVocabulary.Size - 1));

    [Fact]
    public void SpecialTokensInATextAreSplitOffWithTheSpaceBesideThem()
    {
        var the = _tokenizer.Encode("the", addEos: false);
        Assert.Equal([.. the, 1, .. the, 0, .. the, 2, .. the, 1], _tokenizer.Encode("the</s>the <pad>\u00A0the\u001C<unk>  the"));
        Assert.Equal([.. the, 2, .. _tokenizer.Encode("<", addEos: false), 2, 1], _tokenizer.Encode("the <unk><<unk>"));
    }

    [Fact]
    public void ATextThatEndsWithItsEndGetsNoSecondOne()
    {
        Assert.Equal(_tokenizer.Encode("the garden"), _tokenizer.Encode("the garden</s>"));
        Assert.Equal(_tokenizer.Encode("the garden"), _tokenizer.Encode("the garden </s>  "));
        Assert.Equal([1, 1], _tokenizer.Encode("</s></s>"));
    }

    [Fact]
    public void TruncationLeavesRoomForTheEnd()
    {
        var whole = _tokenizer.Encode("The river crosses the garden.");
        for (var length = 1; length <= whole.Length + 1; length++)
        {
            var cut = _tokenizer.Encode("The river crosses the garden.", length);
            Assert.Equal(Math.Min(length, whole.Length), cut.Length);
            Assert.Equal([.. whole[..(cut.Length - 1)], 1], cut);
            Assert.Equal(whole[..Math.Min(length, whole.Length - 1)], _tokenizer.Encode("The river crosses the garden.", length, addEos: false));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => _tokenizer.Encode("x", 0));
    }

    [Fact]
    public void TruncationAtAnEndInTheTextAddsNoSecondOne()
    {
        var the = _tokenizer.Encode("the", addEos: false);
        Assert.Equal([.. the, 1], _tokenizer.Encode("the</s>the the the", the.Length + 2));
    }

    [Fact]
    public void SpecialTokensAreShownOrLeftOut()
    {
        int[] ids = [0, .. _tokenizer.Encode("the <extra_id_5> garden", addEos: false), 2, 1, 0];
        Assert.Equal("the garden", _tokenizer.Decode(ids));
        Assert.Equal("<pad> the<extra_id_5> garden<unk></s><pad>", _tokenizer.Decode(ids, skipSpecialTokens: false));
    }

    [Fact]
    public void AnIdAboveTheVocabularyIsNoText()
    {
        int[] ids = [.. _tokenizer.Encode("the", addEos: false), _tokenizer.VocabularySize, _tokenizer.VocabularySize + 27];
        Assert.Equal("the", _tokenizer.Decode(ids));
        Assert.Equal("the<extra_id_-1><extra_id_-28>", _tokenizer.Decode(ids, skipSpecialTokens: false));
    }

    [Fact]
    public void ANegativeIdIsRefused() =>
        Assert.Contains("-100", Assert.Throws<UserException>(() => _tokenizer.Decode([-100])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("seven , letters .", "seven, letters.")]
    [InlineData("the ' clock", "the'clock")]
    [InlineData("does n't see", "doesn't see")]
    [InlineData("dog 's", "dog's")]
    public void SpacesBeforePunctuationAreCleanedUp(string text, string cleaned)
    {
        var vocabulary = T5Tokenizer.FromModel(SentencePieceTraining.Train([.. SmallVocabulary.Sentences, "' , n't 's"], 60));
        Assert.Equal(cleaned, vocabulary.Decode(vocabulary.Encode(text)));
        Assert.Equal(text, vocabulary.Decode(vocabulary.Encode(text), cleanUpSpaces: false));
    }

    [Fact]
    public void HalfASurrogatePairIsAnUnknownCharacterAndNoCrash()
    {
        var unknown = _tokenizer.Encode("the \uFFFD garden");
        Assert.Equal(unknown, _tokenizer.Encode("the \uD83D garden"));
        Assert.Equal(unknown, _tokenizer.Encode("the \uDE00 garden"));
        Assert.Equal(1, _tokenizer.Encode("\uD83D\uDE00").Count(id => id == _tokenizer.UnkId));
    }

    [Fact]
    public void AZeroInATextIsACharacterLikeAnother()
    {
        var ids = _tokenizer.Encode("the\0garden");
        Assert.Equal(1, ids.Count(id => id == _tokenizer.UnkId));
        Assert.Equal([.. _tokenizer.Encode("the", addEos: false)], ids[..^1].TakeWhile(id => id != _tokenizer.UnkId));
    }

    [Fact]
    public void AVeryLongLineIsEncodedWhole()
    {
        var ids = _tokenizer.Encode(string.Join(' ', Enumerable.Repeat("the", 200_000)));
        Assert.Equal(200_001, ids.Length);
        Assert.Single(ids.Distinct(), id => id != _tokenizer.EosId);
    }

    [Fact]
    public void ABatchHasTheIdsOfItsTexts()
    {
        string[] texts = [.. SmallVocabulary.Sentences, "", "<extra_id_3>"];
        Assert.Equal(texts.Select(text => _tokenizer.Encode(text, 9)), _tokenizer.EncodeBatch(texts, 9));
        Assert.Empty(_tokenizer.EncodeBatch([]));

        // Many at once, some of which have special tokens in them, are empty, or are cut off.
        string[] many = [.. Enumerable.Range(0, 3000).Select(i => i % 7 == 0 ? "" : string.Concat(Enumerable.Repeat($"{texts[i % texts.Length]} {i} ", i % 5)))];
        foreach (var (longest, closed, threads) in new[] { (int.MaxValue, true, (int?)null), (int.MaxValue, false, 1), (9, true, 2), (1, true, 3), (4, false, null) })
        {
            Assert.Equal(many.Select(text => _tokenizer.Encode(text, longest, closed)), _tokenizer.EncodeBatch(many, longest, closed, threads));
        }
    }

    [Fact]
    public void ASavedVocabularyLoadsAsItWas()
    {
        T5Tokenizer.FromModel(SmallVocabulary.Model, sentinels: 7).Save(_folder.Path("new"));
        var loaded = T5Tokenizer.Load(_folder.Path("new"));
        Assert.Equal(SmallVocabulary.Model, loaded.Model.ToArray());
        Assert.Equal(7, loaded.SentinelCount);
        Assert.Equal(["spiece.model", "tokenizer_config.json"], Directory.GetFiles(_folder.Path("new")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void TheConfigurationBesideAVocabularyIsHeeded()
    {
        _tokenizer.Save(_folder.Root);
        File.WriteAllText(_folder.Path("tokenizer_config.json"), """{ "extra_ids": 0, "clean_up_tokenization_spaces": false }""");
        var loaded = T5Tokenizer.Load(_folder.Path("spiece.model"));
        Assert.Equal(SmallVocabulary.Size, loaded.VocabularySize);
        Assert.Equal("the .", loaded.Decode([.. _tokenizer.Encode("the", addEos: false), .. _tokenizer.Encode(" .", addEos: false)]));
        Assert.Equal("the.", loaded.Decode(_tokenizer.Encode("the ."), cleanUpSpaces: true));
    }

    [Theory]
    [InlineData("{ \"extra_ids\": ", "tokenizer_config.json")]
    [InlineData("{ \"extra_ids\": \"many\" }", "tokenizer_config.json")]
    [InlineData("{ \"extra_ids\": -3 }", "-3")]
    [InlineData("[]", "tokenizer_config.json")]
    [InlineData("{ \"additional_special_tokens\": 3 }", "additional_special_tokens is 3; it must be a list of tokens.")]
    [InlineData("{ \"added_tokens_decoder\": { \"164\": \"<sep>\" } }", "added_tokens_decoder.164 is \"<sep>\"; it must be an object with content, at the number of a token.")]
    public void ABadConfigurationIsNamed(string json, string named)
    {
        _tokenizer.Save(_folder.Root);
        File.WriteAllText(_folder.Path("tokenizer_config.json"), json);
        Assert.Contains(named, Assert.Throws<UserException>(() => T5Tokenizer.Load(_folder.Root)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Additions => new()
    {
        { "added_tokens.json", """{"<sep>": 164, "<sep>2": 166, "the garden": 165}""" },
        {
            "tokenizer_config.json",
            """
            {"extra_ids": 100, "additional_special_tokens": ["<extra_id_0>", "<sep>2"], "added_tokens_decoder":
             {"0": {"content": "<pad>", "special": true}, "163": {"content": "<extra_id_0>", "special": true},
              "164": {"content": "<sep>", "special": false}, "166": {"content": "<sep>2"}, "165": {"content": "the garden", "lstrip": false}}}
            """
        },
    };

    [Theory]
    [MemberData(nameof(Additions))]
    public void AddedTokensAreSplitOffWithTheSpaceBesideThemTheLongestFirst(string file, string json)
    {
        _tokenizer.Save(_folder.Root);
        File.WriteAllText(_folder.Path(file), json);
        var loaded = T5Tokenizer.Load(_folder.Root);
        var (dog, the) = (_tokenizer.Encode("dog", addEos: false), _tokenizer.Encode("the", addEos: false));
        int[] ids = [.. dog, 164, .. the, 166, 165, 163, .. dog, 1];
        Assert.Equal(ids, loaded.Encode("dog <sep>  the<sep>2 the garden<extra_id_0>dog"));
        Assert.Equal(loaded.EncodeBatch(["the garden", "dog"]), (int[][])[[165, 1], [.. dog, 1]]);
        Assert.Equal("dog <sep> the <sep>2 the garden <extra_id_0> dog</s>", loaded.Decode(ids, skipSpecialTokens: false));
        Assert.Equal(file == "added_tokens.json" ? "dog <sep> the <sep>2 the garden dog" : "dog <sep> the the garden dog", loaded.Decode(ids));
        Assert.Equal((167, 163, false), (loaded.VocabularySize, loaded.SentinelId(0), loaded.IsSentinel(164)));
        Assert.Contains("3 added tokens, 167 ids", Assert.Throws<UserException>(() => loaded.EnsureFits(166, "config.json")).Message, StringComparison.Ordinal);

        loaded.Save(_folder.Path("again"));
        Assert.Equal(ids, T5Tokenizer.Load(_folder.Path("again")).Encode("dog <sep>  the<sep>2 the garden<extra_id_0>dog"));
    }

    [Fact]
    public void ASpecialTokenWithoutAnIdHasItsPiecesOrTheNext()
    {
        _tokenizer.Save(_folder.Root);
        File.WriteAllText(_folder.Path("tokenizer_config.json"), """{"extra_ids": 2, "additional_special_tokens": ["<extra_id_0>", "<extra_id_1>", {"content": "<sep>"}, "\u2581the"]}""");
        var loaded = T5Tokenizer.Load(_folder.Root);
        Assert.Equal([66, 65, .. _tokenizer.Encode("the", addEos: false), 1], loaded.Encode("<sep><extra_id_0>\u2581the"));

        // As older releases write them, which T5's own may be among.
        File.WriteAllText(_folder.Path("tokenizer_config.json"), "{}");
        File.WriteAllText(_folder.Path("special_tokens_map.json"), """{"additional_special_tokens": ["<extra_id_0>", "<sep>"], "eos_token": "</s>"}""");
        Assert.Equal("", T5Tokenizer.Load(_folder.Root).Decode([164]));
    }

    [Theory]
    [InlineData("""{"<extra_id_0>": 164}""", "<extra_id_0> is 164; it must be 163, which is <extra_id_0>'s id in this vocabulary.")]
    [InlineData("""{"<sep>": 164, "<hl>": 164}""", "<hl> is 164; it must be the id of one token that is not empty, below 2147483647.")]
    [InlineData("""{"<sep>": 2147483647}""", "<sep> is 2147483647; it must be the id of one token that is not empty, below 2147483647.")]
    [InlineData("""{"<sep>": "164"}""", "<sep> is \"164\"; it must be a whole number from 0 up.")]
    public void AddedTokensThatCannotBeAreNamed(string json, string says)
    {
        _tokenizer.Save(_folder.Root);
        File.WriteAllText(_folder.Path("added_tokens.json"), json);
        Assert.Equal($"{_folder.Path("added_tokens.json")}: {says}", Assert.Throws<UserException>(() => T5Tokenizer.Load(_folder.Root)).Message);
    }

    [Fact]
    public void AMissingVocabularyIsNamed()
    {
        var expected = _folder.Path("spiece.model");
        Assert.Contains(expected, Assert.Throws<UserException>(() => T5Tokenizer.Load(_folder.Root)).Message, StringComparison.Ordinal);
        Assert.Contains("no/such", Assert.Throws<UserException>(() => T5Tokenizer.Load("no/such/spiece.model")).Message, StringComparison.Ordinal);
    }

    private static byte[] WithAWrongNormalizationMap()
    {
        // The map follows the normalizer's name; libsentencepiece would read a gigabyte behind it.
        byte[] model = [.. SmallVocabulary.Model];
        model.AsSpan(model.AsSpan().IndexOf("nmt_nfkc"u8) + 100, 400).Fill(0x7E);
        return model;
    }

    public static TheoryData<byte[]> Corrupt => new()
    {
        Array.Empty<byte>(),
        Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\n"),
        Encoding.UTF8.GetBytes(new string('{', 5000)),
        SmallVocabulary.Model[..^1],
        SmallVocabulary.Model[..1000],
        SmallVocabulary.Model[..7],
        new byte[4096],
        WithAWrongNormalizationMap(),
    };

    [Theory]
    [MemberData(nameof(Corrupt))]
    public void ACorruptVocabularyIsNamed(byte[] content)
    {
        var file = _folder.Path("spiece.model");
        File.WriteAllBytes(file, content);
        var message = Assert.Throws<UserException>(() => T5Tokenizer.Load(_folder.Root)).Message;
        Assert.StartsWith(file, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void AVocabularyWithoutT5sPiecesIsRefused()
    {
        // pieces { piece: "<unk>" type: UNKNOWN } pieces { piece: "a" }
        byte[] other = [0x0A, 9, 0x0A, 5, .. "<unk>"u8, 0x18, 2, 0x0A, 3, 0x0A, 1, .. "a"u8];
        var error = Assert.Throws<UserException>(() => T5Tokenizer.FromModel(other));
        Assert.Contains("<pad>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelWithTooFewRowsIsRefused()
    {
        _tokenizer.EnsureFits(_tokenizer.VocabularySize, "config.json");
        _tokenizer.EnsureFits(_tokenizer.VocabularySize + 28, "config.json");
        var error = Assert.Throws<UserException>(() => _tokenizer.EnsureFits(163, "model/config.json"));
        Assert.Contains("model/config.json is only 163", error.Message, StringComparison.Ordinal);
        Assert.Contains("164 ids", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AVocabularyWithAnotherBeginningOfSentenceGivesTheSameIds()
    {
        // What is loaded where the package Microsoft.ML.Tokenizers does the work.
        var patched = T5Tokenizer.FromModel(new SentencePieceProto(SmallVocabulary.Model).WithBeginningOfSentence(0));
        foreach (var sentence in SmallVocabulary.Sentences)
        {
            Assert.Equal(_tokenizer.Encode(sentence), patched.Encode(sentence));
        }
    }

    [Fact]
    public void SeveralThreadsMayUseOneTokenizer()
    {
        string[] sentences = [.. SmallVocabulary.Sentences];
        int[][] alone = [.. sentences.Select(sentence => _tokenizer.Encode(sentence))];
        Parallel.For(0, 2000, i => Assert.Equal(alone[i % alone.Length], _tokenizer.Encode(sentences[i % alone.Length])));
    }

    [Fact]
    public void TheConfigurationWrittenIsJsonThatHuggingFaceReads()
    {
        _tokenizer.Save(_folder.Root);
        using var json = JsonDocument.Parse(File.ReadAllBytes(_folder.Path("tokenizer_config.json")));
        Assert.Equal("T5Tokenizer", json.RootElement.GetProperty("tokenizer_class").GetString());
        Assert.Equal(100, json.RootElement.GetProperty("extra_ids").GetInt32());
        Assert.Equal("</s>", json.RootElement.GetProperty("eos_token").GetString());
    }
}
#endif
