using static TorchSharp.torch;

namespace Wgqa.Decoding.Processors;

/// <summary>Bans every token that would complete an n-gram which its row holds already; the start token counts as part of the row.</summary>
internal sealed class NoRepeatNgram(int size) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(TokenHistory history, Tensor scores)
    {
        var edits = new ScoreEdits(scores.size(1));
        for (var row = 0; row < history.Rows; row++)
        {
            var tokens = history.Row(row);
            if (tokens.Length < size)
            {
                continue;
            }

            var prefix = tokens[^(size - 1)..];
            for (var start = 0; start + size <= tokens.Length; start++)
            {
                if (tokens.Slice(start, size - 1).SequenceEqual(prefix))
                {
                    edits.Mark(row, tokens[start + size - 1]);
                }
            }
        }

        edits.Ban(scores);
    }
}
