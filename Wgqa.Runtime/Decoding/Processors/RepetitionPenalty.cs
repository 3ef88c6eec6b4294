using static TorchSharp.torch;

namespace Wgqa.Decoding.Processors;

/// <summary>Makes tokens that a row holds already less likely (CTRL, Keskar et al. 2019, section 4.1; negative scores are multiplied).</summary>
internal sealed class RepetitionPenalty(double penalty) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(TokenHistory history, Tensor scores)
    {
        var edits = new ScoreEdits(scores.size(1));
        var seen = new HashSet<int>();
        for (var row = 0; row < history.Rows; row++)
        {
            seen.Clear();
            foreach (var token in history.Row(row))
            {
                if (seen.Add(token))
                {
                    edits.Mark(row, token);
                }
            }
        }

        edits.Penalize(scores, penalty);
    }
}
