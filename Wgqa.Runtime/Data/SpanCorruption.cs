namespace Wgqa.Data;

/// <summary>
/// T5's pretraining objective: spans of a text are replaced by sentinels, and the target is what was replaced, each span behind its
/// sentinel. Source: Raffel et al. 2020, section 3.1.4; the lengths of spans are drawn as <c>random_spans_noise_mask</c> of the
/// authors' code draws them, which Hugging Face's <c>run_t5_mlm_flax</c> took over.
/// </summary>
public sealed record SpanCorruption
{
    /// <summary>The share of a text's tokens that are replaced.</summary>
    public double NoiseDensity { get; init; } = 0.15;

    /// <summary>Tokens of a replaced span, on average.</summary>
    public double MeanSpanLength { get; init; } = 3;

    /// <summary>Refuses what no text can be corrupted by.</summary>
    /// <exception cref="UserException">A field is out of its range.</exception>
    public void Validate()
    {
        if (NoiseDensity is not (> 0 and < 1))
        {
            throw new UserException($"the noise density is {NoiseDensity}; it must be between 0 and 1.");
        }

        if (!double.IsFinite(MeanSpanLength) || MeanSpanLength < 1)
        {
            throw new UserException($"the mean span length is {MeanSpanLength}; it must be at least 1.");
        }
    }

    /// <summary>What becomes of so many tokens: how many are replaced, in how many spans. Halves are rounded to even, as numpy does.</summary>
    /// <param name="tokens">Tokens of a text, at least 2.</param>
    public (int Noise, int Spans) Counts(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 2);
        var noise = Math.Clamp((int)Math.Round(tokens * NoiseDensity), 1, tokens - 1);
        return (noise, Math.Max(1, (int)Math.Round(Math.Min(noise, tokens - noise) / MeanSpanLength)));
    }

    /// <summary>The lengths that so many tokens come to, sentinels and end included.</summary>
    public (int Input, int Target) Lengths(int tokens)
    {
        var (noise, spans) = Counts(tokens);
        return (tokens - noise + spans + 1, noise + spans + 1);
    }

    /// <summary>
    /// The most tokens whose input has at most <paramref name="inputLength"/> ids, sentinels and end included: 568 for 512. At T5's
    /// density and span length the input then has exactly that many; at others it may have one fewer.
    /// </summary>
    /// <exception cref="UserException">No text is so short.</exception>
    public int TokensFor(int inputLength)
    {
        var tokens = 2;
        if (Lengths(tokens).Input > inputLength)
        {
            throw new UserException($"an input of {inputLength} tokens cannot hold a corrupted text; the shortest has {Lengths(tokens).Input}.");
        }

        while (Lengths(tokens + 1).Input <= inputLength)
        {
            tokens++;
        }

        return tokens;
    }

    /// <summary>Which tokens are replaced. The first is not, the last is.</summary>
    /// <param name="tokens">Tokens of the text, at least 2.</param>
    /// <param name="random">Where the spans are drawn from.</param>
    public bool[] Mask(int tokens, ref SeededRandom random)
    {
        var (noise, spans) = Counts(tokens);
        var replaced = Segments(noise, spans, ref random);
        var kept = Segments(tokens - noise, spans, ref random);
        var mask = new bool[tokens];
        var at = 0;
        for (var span = 0; span < spans; span++)
        {
            at += kept[span];
            mask.AsSpan(at, replaced[span]).Fill(true);
            at += replaced[span];
        }

        return mask;
    }

    /// <summary>A text as an example: both sides are closed by the end-of-text id, and no padding is needed beside others of its length.</summary>
    /// <param name="tokens">The text's ids, at least 2.</param>
    /// <param name="sentinel">From the number of a span, the first being 0, to its sentinel's id.</param>
    /// <param name="end">The end-of-text id.</param>
    /// <param name="random">Where the spans are drawn from.</param>
    public Seq2SeqExample Corrupt(ReadOnlySpan<int> tokens, Func<int, int> sentinel, int end, ref SeededRandom random)
    {
        var mask = Mask(tokens.Length, ref random);
        var (inputLength, targetLength) = Lengths(tokens.Length);
        var (input, target) = (new int[inputLength], new int[targetLength]);
        var (read, written, spans) = (0, 0, 0);
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!mask[i])
            {
                input[read++] = tokens[i];
                continue;
            }

            if (!mask[i - 1])
            {
                input[read++] = target[written++] = sentinel(spans++);
            }

            target[written++] = tokens[i];
        }

        (input[read], target[written]) = (end, end);
        return new(input, target);
    }

    /// <summary>Splits items into that many segments of at least one, each way as likely as another.</summary>
    private static int[] Segments(int items, int segments, ref SeededRandom random)
    {
        var begins = new bool[items - 1];   // whether item i + 1 begins a segment
        begins.AsSpan(0, segments - 1).Fill(true);
        random.Shuffle<bool>(begins);
        var lengths = new int[segments];
        var segment = 0;
        lengths[0] = 1;
        foreach (var begin in begins)
        {
            segment += begin ? 1 : 0;
            lengths[segment]++;
        }

        return lengths;
    }
}
