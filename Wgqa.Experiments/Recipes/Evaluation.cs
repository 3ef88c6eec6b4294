using System.Diagnostics;
using Wgqa.Checkpoints;
using Wgqa.Data;
using Wgqa.Decoding;
using Wgqa.Experiments.Progress;
using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;

namespace Wgqa.Experiments.Recipes;

/// <summary>What generating from a test set came to.</summary>
/// <param name="Scores">Corpus scores, 0–100.</param>
/// <param name="Texts">Examples.</param>
/// <param name="Tokens">Tokens generated, ends included.</param>
/// <param name="Seconds">Time that generating took, encoder included.</param>
internal sealed record Evaluation(IReadOnlyDictionary<string, double> Scores, int Texts, long Tokens, double Seconds)
{
    /// <summary>Generated tokens per second.</summary>
    public double TokensPerSecond => Tokens / Seconds;

    /// <summary>Generates from every pair's source and scores the result.</summary>
    /// <returns>The scores, and the texts in the pairs' order.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled between two batches.</exception>
    public static (Evaluation Result, IReadOnlyList<string> Predictions) Run(
        T5 model,
        T5Tokenizer tokenizer,
        TextTask task,
        IReadOnlyList<TextPair> pairs,
        int beams,
        int batchSize,
        IProgressDisplay display,
        string title,
        CancellationToken stop = default,
        DecodingProfile? profile = null)
    {
        var options = T5Generation.DefaultOptions(model.Config) with { NumBeams = beams, MaxNewTokens = task.MaxTargetTokens };
        var generator = new TextGenerator(model, tokenizer, options, batchSize, task.MaxSourceTokens) { Profile = profile };
        using var progress = display.Start(title, pairs.Count);
        var clock = Stopwatch.StartNew();
        var predictions = generator.Generate([.. pairs.Select(pair => task.Prefix + pair.Source)], new InterruptibleProgress(
            done => progress.Report(done, ""),
            done => $"Interrupted after {done} of {pairs.Count} texts; the same command begins this evaluation again.",
            stop));
        var seconds = clock.Elapsed.TotalSeconds;
        var tokens = tokenizer.EncodeBatch(predictions).Sum(ids => (long)ids.Length);
        var scores = task.Score(predictions, [.. pairs.Select(pair => pair.References)]);
        return (new(scores, pairs.Count, tokens, seconds), predictions);
    }

    /// <summary>Writes generated texts, one a line: a line end inside a text becomes a space.</summary>
    public static void Write(string file, IReadOnlyList<string> texts) =>
        CompleteFile.Write(file, string.Join('\n', texts.Select(text => text.ReplaceLineEndings(" "))) + "\n");
}
