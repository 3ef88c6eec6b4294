namespace Microsoft.ML.Tokenizers;

/// <summary>Splits a text before it is tokenized. No SentencePiece tokenizer has one.</summary>
public abstract class PreTokenizer
{
    /// <summary>Offset and length of each part.</summary>
    public abstract IEnumerable<(int, int)> PreTokenize(string text);

    /// <summary>Offset and length of each part.</summary>
    public abstract IEnumerable<(int, int)> PreTokenize(ReadOnlySpan<char> text);
}
