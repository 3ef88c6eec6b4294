namespace Microsoft.ML.Tokenizers;

/// <summary>What an encoding yields.</summary>
/// <typeparam name="T"><see cref="int"/> for ids, <see cref="EncodedToken"/> for tokens.</typeparam>
public struct EncodeResults<T>
{
    /// <summary>The tokens.</summary>
    public IReadOnlyList<T> Tokens { get; set; }

    /// <summary>The text after normalization; null where the text was taken as it is.</summary>
    public string? NormalizedText { get; set; }

    /// <summary>How many UTF-16 units of the normalized text the tokens cover.</summary>
    public int CharsConsumed { get; set; }
}
