namespace Wgqa.Metrics;

/// <summary>Precision, recall and their harmonic mean, each 0 to 1.</summary>
/// <param name="Precision">Matches for each unit of the prediction.</param>
/// <param name="Recall">Matches for each unit of the target.</param>
/// <param name="F1">2PR / (P + R), 0 where both are 0; of a corpus, the mean of the pairs' F1.</param>
public readonly record struct RougeScore(double Precision, double Recall, double F1)
{
    internal static RougeScore Of(int matches, int target, int prediction)
    {
        if (target <= 0 || prediction <= 0)
        {
            return default;
        }

        var (precision, recall) = ((double)matches / prediction, (double)matches / target);
        return new RougeScore(precision, recall, matches == 0 ? 0 : 2 * precision * recall / (precision + recall));
    }
}

/// <summary>The four scores of a pair, or of a corpus.</summary>
/// <param name="Rouge1">Single words.</param>
/// <param name="Rouge2">Pairs of neighbouring words.</param>
/// <param name="RougeL">The longest common subsequence of the whole texts.</param>
/// <param name="RougeLsum">The union of the sentences' common subsequences, sentences being lines.</param>
public sealed record RougeScores(RougeScore Rouge1, RougeScore Rouge2, RougeScore RougeL, RougeScore RougeLsum)
{
    /// <summary>The mean of each part.</summary>
    /// <exception cref="InvalidOperationException">There are no scores.</exception>
    public static RougeScores Mean(IReadOnlyCollection<RougeScores> scores)
    {
        return new RougeScores(Part(s => s.Rouge1), Part(s => s.Rouge2), Part(s => s.RougeL), Part(s => s.RougeLsum));

        RougeScore Part(Func<RougeScores, RougeScore> part) => new(
            scores.Average(s => part(s).Precision),
            scores.Average(s => part(s).Recall),
            scores.Average(s => part(s).F1));
    }
}
