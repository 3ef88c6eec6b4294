namespace Wgqa.Decoding;

/// <summary>A sequence that beam search has closed.</summary>
/// <param name="Tokens">Its tokens, the start token included and the end token not.</param>
/// <param name="Score">Σ log p / length^length_penalty.</param>
internal sealed record Hypothesis(int[] Tokens, double Score);
