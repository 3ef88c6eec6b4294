namespace Wgqa.Data;

/// <summary>Examples in memory, in the batches of a plan.</summary>
/// <param name="examples">All examples.</param>
/// <param name="plan">From an epoch to its batches, each the examples' indices: <see cref="BatchPlan.Epoch"/>, <see cref="TokenBudgetPlan.Epoch"/>.</param>
public sealed class PlannedBatches(IReadOnlyList<Seq2SeqExample> examples, Func<int, IReadOnlyList<int[]>> plan) : IExampleBatches
{
    /// <inheritdoc/>
    public IEnumerable<IReadOnlyList<Seq2SeqExample>> Epoch(int epoch, int skip) =>
        plan(epoch).Skip(skip).Select(batch => (IReadOnlyList<Seq2SeqExample>)Array.ConvertAll(batch, index => examples[index]));
}
