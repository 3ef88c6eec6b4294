using Wgqa.Experiments.Recipes;
using Wgqa.Metrics;

namespace Wgqa.Experiments.Statistics;

/// <summary>A task's first metric, text by text, for tests that resample texts.</summary>
internal static class TaskScores
{
    /// <summary>What <see cref="TextTask.Score"/> computes under <see cref="TextTask.Metric"/>, as sums over texts; 0–100.</summary>
    /// <param name="task">The task.</param>
    /// <param name="predictions">One text per example.</param>
    /// <param name="references">All acceptable texts per example.</param>
    /// <exception cref="UserException">The counts differ, or there is nothing to score.</exception>
    public static SufficientStatistics Of(TextTask task, IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        if (task.Metric != "bleu")
        {
            return SufficientStatistics.MeanOf([.. new Rouge(stem: true).Scores(predictions, [.. references.Select(acceptable => acceptable[0])]).Select(score => 100 * score.RougeL.F1)]);
        }

        var bleu = new Bleu();
        var streams = Enumerable.Range(0, references.Max(acceptable => acceptable.Count))
            .Select(stream => (IReadOnlyList<string?>)[.. references.Select(acceptable => stream < acceptable.Count ? acceptable[stream] : null)]);
        return SufficientStatistics.Of(bleu, bleu.Statistics(predictions, [.. streams]));
    }
}
