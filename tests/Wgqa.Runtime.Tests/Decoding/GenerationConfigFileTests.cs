using Wgqa.Decoding;
using Wgqa.Testing;

namespace Wgqa.Runtime.Tests.Decoding;

public sealed class GenerationConfigFileTests : IDisposable
{
    // Nothing as it is by default, but for the lists, which records compare by identity.
    private static readonly GenerationOptions EveryField = new()
    {
        MaxLength = 30,
        MaxNewTokens = 9,
        MinLength = 2,
        MinNewTokens = 1,
        NumBeams = 4,
        NumReturnSequences = 2,
        LengthPenalty = 0.6,
        EarlyStopping = EarlyStopping.WhenNoneCanImprove,
        RepetitionPenalty = 1.5,
        NoRepeatNgramSize = 3,
        ForcedBosTokenId = 4,
        ForcedEosTokenId = 1,
        PadTokenId = 3,
        DecoderStartTokenId = 2,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AFolderWithoutTheFileGivesTheDefaults() =>
        Assert.Equal(64, GenerationConfigFile.Read(_folder.Root, new() { MaxLength = 64 }).MaxLength);

    [Fact]
    public void WithoutTheFileAnOldConfigurationsOptionsCount()
    {
        _folder.Write("config.json", """{"model_type": "t5", "num_beams": 4, "no_repeat_ngram_size": 3, "task_specific_params": {"summarization": {"num_beams": 2}}}""");
        var options = GenerationConfigFile.Read(_folder.Root, new() { MaxLength = 64 });
        Assert.Equal((4, 3, 64), (options.NumBeams, options.NoRepeatNgramSize, options.MaxLength));

        Write("""{"num_beams": 5}""");
        Assert.Equal((5, 0), (GenerationConfigFile.Read(_folder.Root, new()).NumBeams, GenerationConfigFile.Read(_folder.Root, new()).NoRepeatNgramSize));
    }

    [Fact]
    public void OptionsThatAreNotOfferedPassWhereTheyChangeNothing()
    {
        Write("""
            {"num_beam_groups": 1, "encoder_no_repeat_ngram_size": 0, "encoder_repetition_penalty": 1.0, "renormalize_logits": false, "begin_suppress_tokens": [],
             "sequence_bias": {}, "forced_decoder_ids": null, "temperature": 0.7, "top_k": 50, "use_cache": true, "num_beams": 2}
            """);
        Assert.Equal(2, GenerationConfigFile.Read(_folder.Root, new()).NumBeams);
    }

    [Fact]
    public void EveryFieldIsRead()
    {
        Write("""
            {"max_length": 30, "max_new_tokens": 9, "min_length": 2, "min_new_tokens": 1, "num_beams": 4, "num_return_sequences": 2, "length_penalty": 0.6,
             "early_stopping": "never", "repetition_penalty": 1.5, "no_repeat_ngram_size": 3, "bad_words_ids": [[5], [6, 7]], "suppress_tokens": [8],
             "forced_bos_token_id": 4, "forced_eos_token_id": 1, "pad_token_id": 3, "decoder_start_token_id": 2, "eos_token_id": [1, 9], "transformers_version": "4.35.0"}
            """);
        var options = GenerationConfigFile.Read(_folder.Root, new());
        Assert.Equal([5], options.BadWordsIds[0]);
        Assert.Equal([6, 7], options.BadWordsIds[1]);
        Assert.Equal([8], options.SuppressTokens);
        Assert.Equal([1, 9], options.EosTokenIds);
        Assert.Equal(
            EveryField with { BadWordsIds = options.BadWordsIds, SuppressTokens = options.SuppressTokens, EosTokenIds = options.EosTokenIds },
            options);
    }

    [Fact]
    public void AFieldThatIsLeftOutKeepsWhatItWasAndZeroIsAValue()
    {
        var before = EveryField with { ForcedEosTokenId = 5, BadWordsIds = [[5]], SuppressTokens = [8], EosTokenIds = [9] };
        Write("{}");
        Assert.Equal(before, GenerationConfigFile.Read(_folder.Root, before));

        Write("""{"pad_token_id": 0, "decoder_start_token_id": 0, "forced_bos_token_id": 0, "min_length": 0, "min_new_tokens": 0, "no_repeat_ngram_size": 0}""");
        Assert.Equal(
            before with { PadTokenId = 0, DecoderStartTokenId = 0, ForcedBosTokenId = 0, MinLength = 0, MinNewTokens = 0, NoRepeatNgramSize = 0 },
            GenerationConfigFile.Read(_folder.Root, before));
    }

    [Theory]
    [InlineData("true", EarlyStopping.WhenEnoughFinished)]
    [InlineData("false", EarlyStopping.Heuristic)]
    [InlineData("null", EarlyStopping.Heuristic)]
    public void EarlyStoppingIsAWordOrATruthValue(string json, EarlyStopping expected)
    {
        Write($$"""{"early_stopping": {{json}}, "eos_token_id": 7}""");
        Assert.Equal(expected, GenerationConfigFile.Read(_folder.Root, new()).EarlyStopping);
        Assert.Equal([7], GenerationConfigFile.Read(_folder.Root, new()).EosTokenIds);
    }

    [Theory]
    [InlineData("""{"num_beams": "four"}""", "num_beams is")]
    [InlineData("""{"num_beams": 1.5}""", "num_beams is 1.5; it must be a whole number")]
    [InlineData("""{"length_penalty": []}""", "length_penalty is")]
    [InlineData("""{"early_stopping": "always"}""", "it must be true, false or \"never\"")]
    [InlineData("""{"eos_token_id": [1, "</s>"]}""", "eos_token_id is")]
    [InlineData("""{"bad_words_ids": 3}""", "a list of lists of token ids")]
    [InlineData("""{"do_sample": true}""", "only greedy and beam search")]
    [InlineData("""{"num_beam_groups": 2}""", "num_beam_groups is 2; it must be left out: generation here has no such option.")]
    [InlineData("""{"encoder_no_repeat_ngram_size": 3}""", "encoder_no_repeat_ngram_size is 3; it must be left out")]
    [InlineData("""{"renormalize_logits": true}""", "renormalize_logits is true; it must be left out")]
    [InlineData("""{"begin_suppress_tokens": [5]}""", "begin_suppress_tokens is [5]; it must be left out")]
    [InlineData("""{"stop_strings": "."}""", "stop_strings is \".\"; it must be left out")]
    [InlineData("[]", "not an object")]
    [InlineData("{", "is not valid JSON")]
    public void AWrongValueIsNamed(string json, string part)
    {
        Write(json);
        var message = Assert.Throws<UserException>(() => GenerationConfigFile.Read(_folder.Root, new())).Message;
        Assert.Contains(part, message);
        Assert.Contains(GenerationConfigFile.FileName, message);
    }

    private void Write(string json) => File.WriteAllText(_folder.Path(GenerationConfigFile.FileName), json);
}
