namespace Wgqa.Decoding;

/// <summary>
/// The best finished hypotheses of one input, at most <c>num_beams</c>. Lengths in scores count generated tokens, the end
/// token included (Hugging Face from 4.35; releases before counted otherwise).
/// </summary>
internal sealed class FinishedHypotheses(GenerationOptions options, int promptLength)
{
    private readonly List<Hypothesis> _kept = [];

    private double Worst => _kept.Min(hypothesis => hypothesis.Score);

    /// <summary>Adds a hypothesis if it is among the best; of two equals the one that came first is dropped first, as in Hugging Face.</summary>
    /// <param name="tokens">Its tokens, without the end token.</param>
    /// <param name="sumLogProbability">Σ log p, the end token's included.</param>
    /// <param name="generated">Tokens generated, the end token included.</param>
    public void Add(ReadOnlySpan<int> tokens, double sumLogProbability, int generated)
    {
        var score = Score(sumLogProbability, generated);
        if (_kept.Count < options.NumBeams || score > Worst)
        {
            _kept.Add(new(tokens.ToArray(), score));
            if (_kept.Count > options.NumBeams)
            {
                _kept.Remove(_kept.MinBy(hypothesis => hypothesis.Score)!);
            }
        }
    }

    /// <summary>Whether the search for this input is over.</summary>
    /// <param name="bestSumLogProbability">Σ log p of the step's best candidate, finished or not.</param>
    /// <param name="length">Tokens of a sequence that the step extended, prompt and new token included.</param>
    public bool IsSettled(double bestSumLogProbability, int length)
    {
        if (_kept.Count < options.NumBeams)
        {
            return false;
        }

        var attainableAt = options.EarlyStopping is EarlyStopping.WhenNoneCanImprove && options.LengthPenalty > 0
            ? options.MaxLengthAfter(promptLength)
            : length;
        return options.EarlyStopping is EarlyStopping.WhenEnoughFinished
            || Worst >= Score(bestSumLogProbability, attainableAt - promptLength);
    }

    /// <summary>The best <paramref name="count"/>, best first; of two equals the later one first, as in Hugging Face.</summary>
    public IEnumerable<Hypothesis> Best(int count) => _kept.OrderBy(hypothesis => hypothesis.Score).Reverse().Take(count);

    private double Score(double sumLogProbability, int generated) => sumLogProbability / Math.Pow(generated, options.LengthPenalty);
}
