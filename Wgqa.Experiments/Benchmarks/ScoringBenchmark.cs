using System.Diagnostics;
using Wgqa.Experiments.Demo;
using Wgqa.Metrics;

namespace Wgqa.Experiments.Benchmarks;

/// <summary>Scoring as many texts as an evaluation has: ROUGE of 10,000 pairs, BLEU of 3,000.</summary>
internal static class ScoringBenchmark
{
    /// <summary>Times both.</summary>
    public static IEnumerable<BenchmarkResult> Run(int runs, CancellationToken stop)
    {
        var pairs = Grammar.Pairs(1, 10_000);
        string[] predictions = [.. pairs.Select(pair => pair.References[0])];
        string[] references = [.. predictions.Skip(1), predictions[0]];   // some words in common, and an order of their own
        yield return Case("rouge", predictions, references, static (texts, targets) => new Rouge(stem: true).Corpus(texts, targets), runs, stop);
        yield return Case("bleu", predictions[..3000], references[..3000], static (texts, targets) => new Bleu().Corpus(texts, targets), runs, stop);
    }

    private static BenchmarkResult Case(string task, string[] predictions, string[] references, Func<string[], string[], object> score, int runs, CancellationToken stop)
    {
        var (seconds, _) = Alternating.Medians(
            runs,
            () =>
            {
                var clock = Stopwatch.StartNew();
                score(predictions, references);
                return clock.Elapsed.TotalSeconds;
            },
            null,
            stop);
        return new() { Task = task, Case = $"{predictions.Length} pairs", Seconds = seconds, Runs = runs, PerSecond = predictions.Length / seconds };
    }
}
