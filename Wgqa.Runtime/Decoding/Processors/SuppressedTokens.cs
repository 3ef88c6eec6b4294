using TorchSharp;
using static TorchSharp.torch;

namespace Wgqa.Decoding.Processors;

/// <summary>Bans the same tokens in every row at every step.</summary>
internal sealed class SuppressedTokens(IReadOnlyList<int> tokens) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(TokenHistory history, Tensor scores) => Ban(tokens, scores);

    /// <inheritdoc/>
    public bool? AppliesAt(int length) => true;

    /// <summary>Makes the scores of <paramref name="tokens"/> −∞ in every row.</summary>
    public static void Ban(IReadOnlyList<int> tokens, Tensor scores)
    {
        using Scalar never = float.NegativeInfinity;
        foreach (var token in tokens)
        {
            using var column = scores.select(1, token);
            column.fill_(never);
        }
    }
}
