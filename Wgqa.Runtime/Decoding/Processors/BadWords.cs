using static TorchSharp.torch;

namespace Wgqa.Decoding.Processors;

/// <summary>
/// Bans the last token of each bad word whose other tokens end the row. As in Hugging Face a word counts only once the row
/// is as long as the word, and a word that is the end token alone is ignored.
/// </summary>
internal sealed class BadWords(IReadOnlyList<IReadOnlyList<int>> words, IReadOnlyList<int> eosTokenIds) : IScoreProcessor
{
    private readonly int[][] _words = [.. words.Where(word => word.Count > 1 || !eosTokenIds.Contains(word[0])).Select(word => word.ToArray())];

    /// <inheritdoc/>
    public void Apply(TokenHistory history, Tensor scores)
    {
        var edits = new ScoreEdits(scores.size(1));
        for (var row = 0; row < history.Rows; row++)
        {
            var tokens = history.Row(row);
            foreach (var word in _words)
            {
                if (word.Length == 1 || (word.Length <= tokens.Length && tokens.EndsWith(word.AsSpan(..^1))))
                {
                    edits.Mark(row, word[^1]);
                }
            }
        }

        edits.Ban(scores);
    }
}
