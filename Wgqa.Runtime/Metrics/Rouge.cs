using System.Runtime.InteropServices;

namespace Wgqa.Metrics;

/// <summary>
/// ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum as Google's rouge_score computes them.
/// Source: Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004); ROUGE-Lsum is its section 3.2 with sentences
/// separated by line breaks, and each token counted at most as often as it occurs.
/// One instance is used by one thread at a time.
/// </summary>
/// <param name="stem">Stem words of more than three letters first, as rouge_score's <c>use_stemmer</c>.</param>
public sealed class Rouge(bool stem = false)
{
    private readonly RougeTokenizer _tokenizer = new(stem);
    private readonly NgramIndex _ngrams = new();
    private readonly CommonSubsequence _common = new();

    /// <summary>The scores of one prediction.</summary>
    /// <param name="prediction">What is scored.</param>
    /// <param name="target">The reference.</param>
    public RougeScores Score(string prediction, string target)
    {
        var targetTokens = _tokenizer.Tokenize(target);
        var predictionTokens = _tokenizer.Tokenize(prediction);
        return new RougeScores(
            Ngrams(targetTokens, predictionTokens, 1),
            Ngrams(targetTokens, predictionTokens, 2),
            RougeScore.Of(_common.Length(targetTokens, predictionTokens), targetTokens.Length, predictionTokens.Length),
            Summary(Sentences(target), Sentences(prediction)));
    }

    /// <summary>The scores of a corpus: the mean over its pairs of each precision, recall and F1.</summary>
    /// <exception cref="UserException">The counts differ, or there is nothing to score.</exception>
    public RougeScores Corpus(IReadOnlyList<string> predictions, IReadOnlyList<string> targets) => RougeScores.Mean(Scores(predictions, targets));

    /// <summary>The scores of each pair, for tests that resample pairs.</summary>
    /// <exception cref="UserException">The counts differ, or there is nothing to score.</exception>
    public IReadOnlyList<RougeScores> Scores(IReadOnlyList<string> predictions, IReadOnlyList<string> targets)
    {
        if (targets.Count != predictions.Count)
        {
            throw new UserException($"There are {predictions.Count} predictions but {targets.Count} references.");
        }

        if (targets.Count == 0)
        {
            throw new UserException("ROUGE has no lines to score: the predictions are empty.");
        }

        var scores = new RougeScores[targets.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = Score(predictions[i], targets[i]);
        }

        return scores;
    }

    private List<int[]> Sentences(string text)
    {
        var sentences = new List<int[]>();
        foreach (var line in text.AsSpan().Split('\n'))
        {
            sentences.Add(_tokenizer.Tokenize(text.AsSpan()[line]));
        }

        return sentences;
    }

    private RougeScore Ngrams(int[] target, int[] prediction, int order)
    {
        _ngrams.Clear();
        var counts = new List<int>(target.Length);
        for (var i = 0; i + order <= target.Length; i++)
        {
            var ngram = Number(target, i, order);
            while (counts.Count <= ngram)
            {
                counts.Add(0);
            }

            counts[ngram]++;
        }

        var matches = 0;
        for (var i = 0; i + order <= prediction.Length; i++)
        {
            var ngram = Number(prediction, i, order);
            if (ngram < counts.Count && counts[ngram] > 0)
            {
                counts[ngram]--;
                matches++;
            }
        }

        return RougeScore.Of(matches, target.Length - order + 1, prediction.Length - order + 1);
    }

    private int Number(int[] tokens, int start, int order)
    {
        var ngram = NgramIndex.Empty;
        for (var n = 0; n < order; n++)
        {
            ngram = _ngrams.Extend(ngram, tokens[start + n]);
        }

        return ngram;
    }

    // For each sentence of the target, the union over the prediction's sentences of their common subsequences with it. A token
    // counts while both sides have it left, as ROUGE-1.5.5 does and the paper's formula does not.
    private RougeScore Summary(List<int[]> target, List<int[]> prediction)
    {
        var available = Counts(prediction);
        var hits = 0;
        foreach (var sentence in target)
        {
            var marks = new bool[sentence.Length];
            foreach (var candidate in prediction)
            {
                _common.Mark(sentence, candidate, marks);
            }

            for (var i = 0; i < marks.Length; i++)
            {
                var token = sentence[i];
                if (marks[i] && available.GetValueOrDefault(token) > 0)
                {
                    hits++;
                    available[token]--;
                }
            }
        }

        return RougeScore.Of(hits, target.Sum(sentence => sentence.Length), prediction.Sum(sentence => sentence.Length));
    }

    private static Dictionary<int, int> Counts(List<int[]> sentences)
    {
        var counts = new Dictionary<int, int>();
        foreach (var token in sentences.SelectMany(sentence => sentence))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, token, out _)++;
        }

        return counts;
    }
}
