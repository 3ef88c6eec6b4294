namespace Wgqa.Decoding.Processors;

/// <summary>Which rules a set of options asks for.</summary>
internal static class ScoreProcessors
{
    /// <summary>The rules in the order in which Hugging Face applies them.</summary>
    public static IReadOnlyList<IScoreProcessor> For(GenerationOptions options, int promptLength)
    {
        var processors = new List<IScoreProcessor>();
        if (options.RepetitionPenalty != 1)
        {
            processors.Add(new RepetitionPenalty(options.RepetitionPenalty));
        }

        if (options.NoRepeatNgramSize > 0)
        {
            processors.Add(new NoRepeatNgram(options.NoRepeatNgramSize));
        }

        if (options.BadWordsIds.Count > 0)
        {
            processors.Add(new BadWords(options.BadWordsIds, options.EosTokenIds));
        }

        if (Math.Max(options.MinLength, promptLength + options.MinNewTokens) is var shortest && shortest > promptLength)
        {
            processors.Add(new MinimumLength(shortest, options.EosTokenIds));
        }

        if (options.ForcedBosTokenId is { } first)
        {
            processors.Add(new ForcedToken(1, first));
        }

        if (options.ForcedEosTokenId is { } last)
        {
            processors.Add(new ForcedToken(options.MaxLengthAfter(promptLength) - 1, last));
        }

        if (options.SuppressTokens.Count > 0)
        {
            processors.Add(new SuppressedTokens(options.SuppressTokens));
        }

        return processors;
    }
}
