using System.Globalization;
using Wgqa.Data;
using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;

namespace Wgqa.Experiments.Recipes;

/// <summary>A task's pairs as examples, and how they are put into batches.</summary>
/// <param name="Training">What the model learns from.</param>
/// <param name="Validation">What is held out.</param>
/// <param name="BatchSize">Pairs per batch, where <paramref name="BatchTokens"/> is null.</param>
/// <param name="BatchTokens">Tokens per batch, padding included.</param>
internal sealed record TrainingExamples(IReadOnlyList<Seq2SeqExample> Training, IReadOnlyList<Seq2SeqExample> Validation, int BatchSize, int? BatchTokens)
{
    /// <summary>The examples of pairs.</summary>
    public static TrainingExamples Encode(TextTask task, T5Tokenizer tokenizer, IReadOnlyList<TextPair> training, IReadOnlyList<TextPair> validation, int batchSize, int? batchTokens)
    {
        var encoder = task.Encoder(tokenizer);
        return new([.. encoder.Encode(training)], [.. encoder.Encode(validation)], batchSize, batchTokens);
    }

    /// <summary>Batches in so many epochs.</summary>
    public long Batches(int epochs, long seed) => BatchTokens is null
        ? (long)epochs * BatchPlan.Batches(Training.Count, BatchSize)
        : Enumerable.Range(0, epochs).Sum(epoch => (long)Budgeted(Training, seed)(epoch).Count);

    /// <summary>What trains a model on them; the tokenizer's files are copied beside the result.</summary>
    public Seq2SeqTask Task(T5 model, long seed, string tokenizerFolder) => BatchTokens is null
        ? new(model, Training, BatchSize, seed, Validation) { TokenizerFrom = tokenizerFolder }
        : new(
            model,
            new PlannedBatches(Training, Budgeted(Training, seed)),
            Validation.Count == 0 ? [] : new PlannedBatches(Validation, Budgeted(Validation, 0)).Epoch(0, 0))
        { TokenizerFrom = tokenizerFolder };

    /// <summary>How much of the first epoch is padding, in a sentence.</summary>
    public string Padding(long seed)
    {
        var plan = BatchTokens is null ? new BatchPlan(Training.Count, BatchSize, unchecked((ulong)seed), [.. Training.Select(example => example.Length)]).Epoch : Budgeted(Training, seed);
        List<IReadOnlyList<Seq2SeqExample>> batches = [.. new PlannedBatches(Training, plan).Epoch(0, 0)];
        return string.Create(CultureInfo.InvariantCulture, $"{batches.Count:N0} batches in an epoch, of whose tokens {100 * PaddedBatch.PaddingShare(batches):0.0} % are padding");
    }

    private Func<int, IReadOnlyList<int[]>> Budgeted(IReadOnlyList<Seq2SeqExample> examples, long seed) => new TokenBudgetPlan(examples, BatchTokens!.Value, unchecked((ulong)seed)).Epoch;
}
