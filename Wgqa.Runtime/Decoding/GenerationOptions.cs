namespace Wgqa.Decoding;

/// <summary>How sequences are generated: the arguments of Hugging Face's <c>generate</c>, with its meanings and defaults.</summary>
/// <remarks>Lengths count tokens of the decoder's sequence, its start token (or prompt) included.</remarks>
public sealed record GenerationOptions
{
    /// <summary>The longest sequence, start token included. <see cref="MaxNewTokens"/>, when set, replaces it.</summary>
    public int MaxLength { get; init; } = 20;

    /// <summary>The most tokens generated after the start token or prompt.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>No sequence ends before it has this many tokens, start token included.</summary>
    public int MinLength { get; init; }

    /// <summary>No sequence ends before this many tokens have been generated.</summary>
    public int MinNewTokens { get; init; }

    /// <summary>Beams per input; 1 is greedy search.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary>Hypotheses returned per input, best first.</summary>
    public int NumReturnSequences { get; init; } = 1;

    /// <summary>A finished hypothesis scores Σ log p / length^this; above 0 favours long ones. Beam search only.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>When beam search stops. Beam search only.</summary>
    public EarlyStopping EarlyStopping { get; init; }

    /// <summary>Divides the positive and multiplies the negative scores of tokens seen already; 1 changes nothing.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>No n-gram of this size occurs twice; 0 allows all.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary>Token sequences that never occur.</summary>
    public IReadOnlyList<IReadOnlyList<int>> BadWordsIds { get; init; } = [];

    /// <summary>Tokens that never occur.</summary>
    public IReadOnlyList<int> SuppressTokens { get; init; } = [];

    /// <summary>The token after the start token, if it is fixed.</summary>
    public int? ForcedBosTokenId { get; init; }

    /// <summary>The token at <see cref="MaxLength"/>, if it is fixed.</summary>
    public int? ForcedEosTokenId { get; init; }

    /// <summary>Fills a row after its end, and is masked out of an encoder's input.</summary>
    public int PadTokenId { get; init; }

    /// <summary>What an encoder–decoder model's decoder starts from.</summary>
    public int DecoderStartTokenId { get; init; }

    /// <summary>The tokens that end a sequence; empty for none.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [1];

    // Room for the longest sequence is made at once; more is a slip, and would fill the memory.
    private const int LongestSequence = 1 << 20;

    /// <summary>The longest sequence after a prompt of <paramref name="promptLength"/> tokens.</summary>
    public int MaxLengthAfter(int promptLength) => MaxNewTokens is { } added ? (int)Math.Min(int.MaxValue, (long)promptLength + added) : MaxLength;

    /// <summary>Checks every value against the others.</summary>
    /// <param name="promptLength">Tokens that each row starts from.</param>
    /// <exception cref="UserException">A value is out of its range, or two contradict each other.</exception>
    public void Validate(int promptLength)
    {
        Require(NumBeams >= 1, $"num_beams is {NumBeams}; it must be at least 1.");
        Require(NumReturnSequences >= 1, $"num_return_sequences is {NumReturnSequences}; it must be at least 1.");
        Require(NumReturnSequences <= NumBeams, $"num_return_sequences is {NumReturnSequences} and num_beams is {NumBeams}; a search returns no more sequences than it has beams.");
        Require(MaxNewTokens is null or >= 1, $"max_new_tokens is {MaxNewTokens}; it must be at least 1.");
        var longest = MaxLengthAfter(promptLength);
        Require(longest > promptLength, $"max_length is {longest}; it must be more than the {promptLength} tokens that a sequence starts with.");
        Require(longest <= LongestSequence, $"{(MaxNewTokens is null ? "max_length" : "max_new_tokens")} is {MaxNewTokens ?? MaxLength}; sequences are of at most {LongestSequence} tokens.");
        Require(MinLength >= 0, $"min_length is {MinLength}; it must be at least 0.");
        Require(MinNewTokens >= 0, $"min_new_tokens is {MinNewTokens}; it must be at least 0.");
        Require(MinLength <= longest, $"min_length is {MinLength} and the longest sequence allowed has {longest} tokens.");
        Require(promptLength + MinNewTokens <= longest, $"min_new_tokens is {MinNewTokens} and at most {longest - promptLength} tokens may be generated.");
        Require(NoRepeatNgramSize >= 0, $"no_repeat_ngram_size is {NoRepeatNgramSize}; it must be at least 0.");
        Require(double.IsFinite(LengthPenalty), $"length_penalty is {LengthPenalty}; it must be a finite number.");
        Require(double.IsFinite(RepetitionPenalty) && RepetitionPenalty > 0, $"repetition_penalty is {RepetitionPenalty}; it must be more than 0.");
        Require(Enum.IsDefined(EarlyStopping), $"early_stopping is {EarlyStopping}; it must be one of {string.Join(", ", Enum.GetNames<EarlyStopping>())}.");
        Require(BadWordsIds.All(word => word.Count > 0), "bad_words_ids holds an empty word; each needs at least one token.");
    }

    /// <summary>Checks that every token named here is one of a model's.</summary>
    /// <param name="vocabularySize">Tokens that the model scores.</param>
    /// <exception cref="UserException">A token is not.</exception>
    public void ValidateTokens(long vocabularySize)
    {
        Check("pad_token_id", [PadTokenId]);
        Check("decoder_start_token_id", [DecoderStartTokenId]);
        Check("eos_token_id", EosTokenIds);
        Check("forced_bos_token_id", ForcedBosTokenId is { } bos ? [bos] : []);
        Check("forced_eos_token_id", ForcedEosTokenId is { } eos ? [eos] : []);
        Check("suppress_tokens", SuppressTokens);
        foreach (var word in BadWordsIds)
        {
            Check("bad_words_ids", word);
        }

        void Check(string field, IReadOnlyList<int> tokens)
        {
            foreach (var token in tokens)
            {
                Require(token >= 0 && token < vocabularySize, $"{field} names token {token}; the model's vocabulary has {vocabularySize} tokens, 0 to {vocabularySize - 1}.");
            }
        }
    }

    private static void Require(bool holds, string sentence)
    {
        if (!holds)
        {
            throw new UserException(sentence);
        }
    }
}
