namespace Wgqa.Data;

/// <summary>
/// Examples side by side, each padded at its end to the longest: inputs with the padding id and a zero in the mask, labels
/// with −100, which the loss leaves out.
/// </summary>
/// <param name="Rows">b: how many examples.</param>
/// <param name="SourceLength">s: the longest source.</param>
/// <param name="TargetLength">t: the longest target.</param>
/// <param name="InputIds">(b, s), row by row.</param>
/// <param name="AttentionMask">(b, s): 1 on a source's ids, 0 on its padding.</param>
/// <param name="Labels">(b, t).</param>
public sealed record PaddedBatch(int Rows, int SourceLength, int TargetLength, long[] InputIds, long[] AttentionMask, long[] Labels)
{
    /// <summary>The label that the loss leaves out.</summary>
    public const long IgnoredLabel = -100;

    /// <summary>No example at all: the share of a process in a batch that is smaller than there are processes.</summary>
    public static PaddedBatch Empty { get; } = new(0, 0, 0, [], [], []);

    /// <summary>Pads examples.</summary>
    /// <param name="examples">At least one.</param>
    /// <param name="padId">The model's padding id; 0 for T5.</param>
    public static PaddedBatch Of(IReadOnlyList<Seq2SeqExample> examples, int padId = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(examples.Count);
        var (s, t) = (examples.Max(example => example.InputIds.Length), examples.Max(example => example.Labels.Length));
        var batch = new PaddedBatch(examples.Count, s, t, new long[examples.Count * s], new long[examples.Count * s], new long[examples.Count * t]);
        Array.Fill(batch.InputIds, padId);
        Array.Fill(batch.Labels, IgnoredLabel);
        for (var row = 0; row < examples.Count; row++)
        {
            Widen(examples[row].InputIds, batch.InputIds.AsSpan(row * s));
            Widen(examples[row].Labels, batch.Labels.AsSpan(row * t));
            batch.AttentionMask.AsSpan(row * s, examples[row].InputIds.Length).Fill(1);
        }

        return batch;
    }

    /// <summary>The share of padding in batches' tokens, sources and targets together.</summary>
    /// <param name="batches">At least one, of at least one example each.</param>
    public static double PaddingShare(IEnumerable<IReadOnlyList<Seq2SeqExample>> batches)
    {
        var (tokens, cells) = (0L, 0L);
        foreach (var batch in batches)
        {
            tokens += batch.Sum(static example => (long)example.Length);
            cells += (long)batch.Count * (batch.Max(static example => example.InputIds.Length) + batch.Max(static example => example.Labels.Length));
        }

        return 1 - ((double)tokens / cells);
    }

    private static void Widen(int[] ids, Span<long> row)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            row[i] = ids[i];
        }
    }
}
