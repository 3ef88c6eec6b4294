namespace Wgqa.Data;

/// <summary>Examples in batches, epoch after epoch.</summary>
public interface IExampleBatches
{
    /// <summary>
    /// The batches of one epoch in their order, without the first <paramref name="skip"/>: a pure function of a seed and
    /// <paramref name="epoch"/>, so that a resumed run sees what the uninterrupted one would have seen.
    /// </summary>
    IEnumerable<IReadOnlyList<Seq2SeqExample>> Epoch(int epoch, int skip);
}
