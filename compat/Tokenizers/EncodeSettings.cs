namespace Microsoft.ML.Tokenizers;

/// <summary>How to encode.</summary>
public struct EncodeSettings
{
    /// <summary>No limit on tokens; neither pre-tokenization nor normalization.</summary>
    public EncodeSettings() => MaxTokenCount = int.MaxValue;

    /// <summary>Whether to pre-tokenize, where the tokenizer has a pre-tokenizer.</summary>
    public bool ConsiderPreTokenization { get; set; }

    /// <summary>Whether to normalize, where the tokenizer has a normalizer.</summary>
    public bool ConsiderNormalization { get; set; }

    /// <summary>The most tokens to yield.</summary>
    public int MaxTokenCount { get; set; }
}
