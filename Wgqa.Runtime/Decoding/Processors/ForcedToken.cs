using TorchSharp;
using static TorchSharp.torch;

namespace Wgqa.Decoding.Processors;

/// <summary>Allows one token only, at one position: its score becomes 0 and every other −∞.</summary>
/// <param name="position">Tokens that a row has when the rule applies.</param>
/// <param name="token">The token.</param>
internal sealed class ForcedToken(int position, int token) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(TokenHistory history, Tensor scores)
    {
        if (AppliesAt(history.Length) == true)
        {
            using Scalar never = float.NegativeInfinity, always = 0;
            scores.fill_(never);
            using var column = scores.select(1, token);
            column.fill_(always);
        }
    }

    /// <inheritdoc/>
    public bool? AppliesAt(int length) => length == position;
}
