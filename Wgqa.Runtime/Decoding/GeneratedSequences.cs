namespace Wgqa.Decoding;

/// <summary>What a search found: <c>num_return_sequences</c> sequences for each input, best first, input after input.</summary>
/// <param name="Tokens">Equally long rows, the start token or prompt included, filled with the pad token after their end.</param>
/// <param name="Scores">Σ log p / length^length_penalty of each sequence; null after greedy search, which computes none.</param>
public sealed record GeneratedSequences(IReadOnlyList<int[]> Tokens, IReadOnlyList<float>? Scores)
{
    /// <summary>Pads rows of any length to the longest.</summary>
    internal static GeneratedSequences From(IReadOnlyList<int[]> rows, IReadOnlyList<float>? scores, int padTokenId)
    {
        var width = rows.Max(row => row.Length);
        return new([.. rows.Select(row => (int[])[.. row, .. Enumerable.Repeat(padTokenId, width - row.Length)])], scores);
    }
}
