using Wgqa.Text;

namespace Wgqa.Metrics;

/// <summary>
/// Corpus BLEU as sacrebleu computes it: matches are clipped by the most generous reference, summed over the corpus, and
/// only then made into precisions; never an average of sentence scores.
/// Source: Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation" (ACL 2002), and sacrebleu 2.
/// One instance is used by one thread at a time.
/// </summary>
public sealed class Bleu
{
    private readonly Vocabulary _vocabulary = new();
    private readonly NgramIndex _ngrams = new();

    /// <summary>How lines are cut into tokens.</summary>
    public BleuTokenizer Tokenizer { get; init; } = BleuTokenizer.V13a;

    /// <summary>What an order without a match counts.</summary>
    public BleuSmoothing Smoothing { get; init; } = BleuSmoothing.Exponential;

    /// <summary>Lower-case both sides first.</summary>
    public bool Lowercase { get; init; }

    /// <summary>
    /// Leave out the orders that the hypothesis is too short for. For single sentences; sacrebleu's corpus scores do not.
    /// </summary>
    public bool EffectiveOrder { get; init; }

    /// <summary>The longest n-gram that counts.</summary>
    public int MaxOrder { get; init; } = 4;

    /// <summary>The score of a corpus against one reference for each line.</summary>
    /// <exception cref="UserException">The counts differ, or there is nothing to score.</exception>
    public BleuScore Corpus(IReadOnlyList<string> hypotheses, IReadOnlyList<string> references) =>
        Corpus(hypotheses, [references]);

    /// <summary>The score of a corpus against several references for each line.</summary>
    /// <param name="hypotheses">The lines to score.</param>
    /// <param name="referenceStreams">As many lists as references, each with a line for each hypothesis; null where a line has fewer references.</param>
    /// <exception cref="UserException">The counts differ, a line has no reference at all, or there is nothing to score.</exception>
    public BleuScore Corpus(IReadOnlyList<string> hypotheses, IReadOnlyList<IReadOnlyList<string?>> referenceStreams) =>
        Score(Statistics(hypotheses, referenceStreams).Aggregate(BleuStatistics.Zero(MaxOrder), (sum, line) => sum + line));

    /// <summary>The score of one sentence. <see cref="EffectiveOrder"/> is as set: set it, as sacrebleu recommends.</summary>
    public BleuScore Sentence(string hypothesis, params IReadOnlyList<string> references) =>
        Score(Statistics([hypothesis], [.. references.Select(reference => new[] { reference })]).Single());

    /// <summary>What each line adds to the corpus score, for tests that resample lines.</summary>
    /// <inheritdoc cref="Corpus(IReadOnlyList{string}, IReadOnlyList{IReadOnlyList{string?}})"/>
    public IReadOnlyList<BleuStatistics> Statistics(IReadOnlyList<string> hypotheses, IReadOnlyList<IReadOnlyList<string?>> referenceStreams)
    {
        if (hypotheses.Count == 0)
        {
            throw new UserException("BLEU has no lines to score: the hypotheses are empty.");
        }

        if (referenceStreams.Count == 0)
        {
            throw new UserException("BLEU needs at least one reference for each line.");
        }

        for (var r = 0; r < referenceStreams.Count; r++)
        {
            if (referenceStreams[r].Count != hypotheses.Count)
            {
                throw new UserException($"There are {hypotheses.Count} hypotheses but {referenceStreams[r].Count} lines of reference {r + 1}.");
            }
        }

        var statistics = new BleuStatistics[hypotheses.Count];
        for (var i = 0; i < statistics.Length; i++)
        {
            var references = referenceStreams.Select(stream => stream[i]).OfType<string>().ToList();
            if (references.Count == 0)
            {
                throw new UserException($"Line {i + 1} has no reference.");
            }

            statistics[i] = Compare(hypotheses[i], references);
        }

        return statistics;
    }

    /// <summary>The score of summed statistics.</summary>
    public BleuScore Score(BleuStatistics statistics)
    {
        var (hypothesisLength, referenceLength) = (statistics.HypothesisLength, statistics.ReferenceLength);
        var penalty = hypothesisLength >= referenceLength ? 1
            : hypothesisLength > 0 ? Math.Exp(1 - ((double)referenceLength / hypothesisLength))
            : 0;
        var precisions = new double[MaxOrder];
        var score = new BleuScore(0, precisions, statistics.Matches, statistics.Totals, penalty, hypothesisLength, referenceLength);
        if (statistics.Matches.All(matches => matches == 0))
        {
            return score;
        }

        var half = 1.0;
        var orders = MaxOrder;
        for (var n = 0; n < MaxOrder; n++)
        {
            var added = Smoothing.Name == "add-k" && n > 0 ? Smoothing.Value : 0;
            var matches = statistics.Matches[n] + added;
            var total = statistics.Totals[n] + added;
            if (total == 0)
            {
                break;
            }

            orders = EffectiveOrder ? n + 1 : orders;
            precisions[n] = 100 * (matches, Smoothing.Name) switch
            {
                ( > 0, _) => matches / total,
                (_, "exp") => (half /= 2) / total,
                (_, "floor") => Smoothing.Value / total,
                _ => 0,
            };
        }

        // The logarithm of a zero precision is minus infinity, and its exponential the zero that BLEU then is.
        var mean = precisions.Take(orders).Sum(Math.Log) / orders;
        return score with { Score = penalty * Math.Exp(mean) };
    }

    private BleuStatistics Compare(string hypothesis, List<string> references)
    {
        _ngrams.Clear();
        var tokens = Tokens(hypothesis);
        var bestReferenceLength = -1;
        var clip = new List<int>();
        foreach (var reference in references)
        {
            var referenceTokens = Tokens(reference);
            var (difference, best) = (Math.Abs(tokens.Length - referenceTokens.Length), Math.Abs(tokens.Length - bestReferenceLength));
            if (bestReferenceLength < 0 || difference < best || (difference == best && referenceTokens.Length < bestReferenceLength))
            {
                bestReferenceLength = referenceTokens.Length;
            }

            var counts = Count(referenceTokens, null);
            while (clip.Count < counts.Count)
            {
                clip.Add(0);
            }

            for (var ngram = 0; ngram < counts.Count; ngram++)
            {
                clip[ngram] = Math.Max(clip[ngram], counts[ngram]);
            }
        }

        var totals = new long[MaxOrder];
        var matches = new long[MaxOrder];
        for (var n = 0; n < MaxOrder; n++)
        {
            totals[n] = Math.Max(0, tokens.Length - n);
        }

        // Each occurrence in the hypothesis matches while the reference's count lasts.
        Count(tokens, (ngram, order) =>
        {
            if (ngram < clip.Count && clip[ngram] > 0)
            {
                clip[ngram]--;
                matches[order]++;
            }
        });
        return new BleuStatistics(tokens.Length, bestReferenceLength, matches, totals);
    }

    private int[] Tokens(string line)
    {
        var tokens = Tokenizer.Tokenize(PythonWhitespace.StripEnd(Lowercase ? PythonText.Lower(line) : line).ToString());
        var numbers = new int[tokens.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = _vocabulary[tokens[i]];
        }

        return numbers;
    }

    // How often each n-gram of 1 to MaxOrder tokens occurs, by its number.
    private List<int> Count(int[] tokens, Action<int, int>? seen)
    {
        var counts = new List<int>(tokens.Length * MaxOrder);
        for (var i = 0; i < tokens.Length; i++)
        {
            var ngram = NgramIndex.Empty;
            for (var n = 0; n < MaxOrder && i + n < tokens.Length; n++)
            {
                ngram = _ngrams.Extend(ngram, tokens[i + n]);
                while (counts.Count <= ngram)
                {
                    counts.Add(0);
                }

                counts[ngram]++;
                seen?.Invoke(ngram, n);
            }
        }

        return counts;
    }
}
