using static TorchSharp.torch;

namespace Wgqa.Data;

/// <summary>A padded batch as int64 tensors on a device. It owns them: dispose it.</summary>
public sealed class Seq2SeqBatch : IDisposable
{
    /// <summary>Copies a padded batch to a device.</summary>
    /// <param name="batch">The arrays.</param>
    /// <param name="device">Where the tensors go; the CPU where none is given.</param>
    public Seq2SeqBatch(PaddedBatch batch, Device? device = null)
    {
        Rows = batch.Rows;
        SourceTokens = batch.AttentionMask.Sum();
        TargetTokens = batch.Labels.LongCount(label => label != PaddedBatch.IgnoredLabel);

        // Whoever disposes the batch disposes them, not the scope that it was made in.
        var place = device ?? CPU;
        InputIds = tensor(batch.InputIds, [batch.Rows, batch.SourceLength]).Sent(place).DetachFromDisposeScope();
        AttentionMask = tensor(batch.AttentionMask, [batch.Rows, batch.SourceLength]).Sent(place).DetachFromDisposeScope();
        Labels = tensor(batch.Labels, [batch.Rows, batch.TargetLength]).Sent(place).DetachFromDisposeScope();
    }

    /// <summary>The batch of the examples at <paramref name="indices"/>, padded to the longest.</summary>
    /// <param name="examples">All examples.</param>
    /// <param name="indices">Which of them, as <see cref="BatchPlan"/> gives them.</param>
    /// <param name="padId">The model's padding id; 0 for T5.</param>
    /// <param name="device">Where the tensors go; the CPU where none is given.</param>
    public static Seq2SeqBatch Collate(IReadOnlyList<Seq2SeqExample> examples, IEnumerable<int> indices, int padId = 0, Device? device = null) =>
        new(PaddedBatch.Of([.. indices.Select(index => examples[index])], padId), device);

    /// <summary>b: how many examples.</summary>
    public int Rows { get; }

    /// <summary>Source ids without padding.</summary>
    public long SourceTokens { get; }

    /// <summary>Target ids without padding: what the loss averages over.</summary>
    public long TargetTokens { get; }

    /// <summary>int64 (b, s).</summary>
    public Tensor InputIds { get; }

    /// <summary>int64 (b, s): 1 on a source's ids, 0 on its padding.</summary>
    public Tensor AttentionMask { get; }

    /// <summary>int64 (b, t): −100 where the loss leaves out.</summary>
    public Tensor Labels { get; }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        InputIds.Dispose();
        AttentionMask.Dispose();
        Labels.Dispose();
    }
}
