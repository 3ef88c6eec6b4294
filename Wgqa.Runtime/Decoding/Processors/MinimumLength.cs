using static TorchSharp.torch;

namespace Wgqa.Decoding.Processors;

/// <summary>Bans the end tokens while rows are shorter than <paramref name="shortest"/> tokens, prompt included.</summary>
internal sealed class MinimumLength(int shortest, IReadOnlyList<int> eosTokenIds) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(TokenHistory history, Tensor scores)
    {
        if (AppliesAt(history.Length) == true)
        {
            SuppressedTokens.Ban(eosTokenIds, scores);
        }
    }

    /// <inheritdoc/>
    public bool? AppliesAt(int length) => length < shortest;
}
