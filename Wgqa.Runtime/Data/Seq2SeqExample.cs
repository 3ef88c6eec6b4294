namespace Wgqa.Data;

/// <summary>A pair as token ids.</summary>
/// <param name="InputIds">The source with its task prefix, closed by the end-of-text id.</param>
/// <param name="Labels">The target, closed by the end-of-text id.</param>
public sealed record Seq2SeqExample(int[] InputIds, int[] Labels)
{
    /// <summary>The ids of both sides.</summary>
    public int Length => InputIds.Length + Labels.Length;
}
