using Wgqa.Decoding;

namespace Wgqa.Runtime.Tests.Decoding;

public class GenerationOptionsTests
{
    public static TheoryData<GenerationOptions, string> Impossible => new()
    {
        { new() { NumBeams = 0 }, "num_beams is 0" },
        { new() { NumReturnSequences = 0 }, "num_return_sequences is 0" },
        { new() { NumReturnSequences = 3, NumBeams = 2 }, "num_return_sequences is 3 and num_beams is 2" },
        { new() { MaxNewTokens = 0 }, "max_new_tokens is 0" },
        { new() { MaxNewTokens = 999999999 }, "max_new_tokens is 999999999; sequences are of at most 1048576 tokens" },
        { new() { MaxNewTokens = int.MaxValue }, "max_new_tokens is 2147483647; sequences are of at most" },
        { new() { MaxLength = 1 }, "max_length is 1" },
        { new() { MinLength = -1 }, "min_length is -1" },
        { new() { MinNewTokens = -1 }, "min_new_tokens is -1" },
        { new() { MinLength = 21 }, "min_length is 21 and the longest sequence allowed has 20 tokens" },
        { new() { MinNewTokens = 6, MaxNewTokens = 5 }, "min_new_tokens is 6 and at most 5 tokens" },
        { new() { NoRepeatNgramSize = -2 }, "no_repeat_ngram_size is -2" },
        { new() { LengthPenalty = double.NaN }, "length_penalty is NaN" },
        { new() { RepetitionPenalty = 0 }, "repetition_penalty is 0" },
        { new() { EarlyStopping = (EarlyStopping)9 }, "early_stopping is 9" },
        { new() { BadWordsIds = [[4], []] }, "bad_words_ids" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void ImpossibleOptionsAreNamed(GenerationOptions options, string part) =>
        Assert.Contains(part, Assert.Throws<UserException>(() => options.Validate(promptLength: 1)).Message);

    [Fact]
    public void TheDefaultsAndTheLimitsAreAllowed()
    {
        new GenerationOptions().Validate(1);
        new GenerationOptions { MaxNewTokens = 20, MinLength = 21, MinNewTokens = 20, NumBeams = 4, NumReturnSequences = 4 }.Validate(1);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-1)]
    public void ATokenOutsideTheVocabularyIsNamed(int token)
    {
        GenerationOptions[] all =
        [
            new() { PadTokenId = token }, new() { DecoderStartTokenId = token }, new() { EosTokenIds = [1, token] }, new() { ForcedBosTokenId = token },
            new() { ForcedEosTokenId = token }, new() { SuppressTokens = [token] }, new() { BadWordsIds = [[2], [3, token]] },
        ];
        Assert.All(all, options => Assert.Contains($"names token {token}; the model's vocabulary has 10", Assert.Throws<UserException>(() => options.ValidateTokens(10)).Message));
        new GenerationOptions { ForcedEosTokenId = 9 }.ValidateTokens(10);
    }

    [Fact]
    public void NewTokensCountFromThePrompt()
    {
        Assert.Equal(25, new GenerationOptions { MaxNewTokens = 20 }.MaxLengthAfter(5));
        Assert.Equal(20, new GenerationOptions().MaxLengthAfter(5));
    }
}
