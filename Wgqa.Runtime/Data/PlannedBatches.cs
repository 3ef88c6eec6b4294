namespace Wgqa.Data;

/// <summary>Examples in memory, in the batches of a plan.</summary>
/// <param name="examples">All examples.</param>
/// <param name="plan">Which of them are in which batch.</param>
public sealed class PlannedBatches(IReadOnlyList<Seq2SeqExample> examples, BatchPlan plan) : IExampleBatches
{
    /// <inheritdoc/>
    public IEnumerable<IReadOnlyList<Seq2SeqExample>> Epoch(int epoch, int skip) =>
        plan.Epoch(epoch).Skip(skip).Select(batch => (IReadOnlyList<Seq2SeqExample>)Array.ConvertAll(batch, index => examples[index]));
}
