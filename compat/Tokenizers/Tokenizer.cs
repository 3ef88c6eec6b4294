using System.Buffers;

namespace Microsoft.ML.Tokenizers;

/// <summary>Splits texts into tokens, and joins tokens into text.</summary>
public abstract class Tokenizer
{
    /// <summary>What prepares a text; null where nothing does.</summary>
    public virtual Normalizer? Normalizer => null;

    /// <summary>What splits a text beforehand; null where nothing does.</summary>
    public virtual PreTokenizer? PreTokenizer => null;

    /// <summary>Splits into tokens. Either <paramref name="text"/> or <paramref name="textSpan"/> is the text.</summary>
    protected abstract EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings);

    /// <summary>Splits into ids. Either <paramref name="text"/> or <paramref name="textSpan"/> is the text.</summary>
    protected virtual EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var tokens = EncodeToTokens(text, textSpan, settings);
        return new EncodeResults<int>
        {
            Tokens = [.. tokens.Tokens.Select(token => token.Id)],
            NormalizedText = tokens.NormalizedText,
            CharsConsumed = tokens.CharsConsumed,
        };
    }

    /// <summary>The number of tokens. Either <paramref name="text"/> or <paramref name="textSpan"/> is the text.</summary>
    protected virtual int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        EncodeToTokens(text, textSpan, settings).Tokens.Count;

    /// <summary>
    /// Where <see cref="EncodeSettings.MaxTokenCount"/> tokens, counted from the start or from the end, leave off: an index
    /// into the normalized text.
    /// </summary>
    protected virtual int GetIndexByTokenCount(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings, bool fromEnd, out string? normalizedText, out int tokenCount)
    {
        var all = EncodeToTokens(text, textSpan, settings with { MaxTokenCount = int.MaxValue });
        normalizedText = all.NormalizedText;
        tokenCount = Math.Min(settings.MaxTokenCount, all.Tokens.Count);
        if (fromEnd)
        {
            return tokenCount == all.Tokens.Count ? 0 : all.Tokens[^tokenCount].Offset.Start.Value;
        }

        return tokenCount == all.Tokens.Count ? all.CharsConsumed : all.Tokens[tokenCount - 1].Offset.End.Value;
    }

    /// <summary>Splits into ids.</summary>
    public IReadOnlyList<int> EncodeToIds(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        AllIds(NotNull(text), Settings(considerPreTokenization, considerNormalization));

    /// <summary>Splits into ids.</summary>
    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        AllIds(text, Settings(considerPreTokenization, considerNormalization));

    /// <summary>Splits into no more than <paramref name="maxTokenCount"/> ids.</summary>
    public IReadOnlyList<int> EncodeToIds(string text, int maxTokenCount, out string? normalizedText, out int charsConsumed, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Unpack(EncodeToIds(NotNull(text), default, Settings(considerPreTokenization, considerNormalization, maxTokenCount)), out normalizedText, out charsConsumed);

    /// <summary>Splits into no more than <paramref name="maxTokenCount"/> ids.</summary>
    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, int maxTokenCount, out string? normalizedText, out int charsConsumed, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Unpack(EncodeToIds(null, text, Settings(considerPreTokenization, considerNormalization, maxTokenCount)), out normalizedText, out charsConsumed);

    /// <summary>Splits into tokens.</summary>
    public IReadOnlyList<EncodedToken> EncodeToTokens(string text, out string? normalizedText, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Unpack(EncodeToTokens(NotNull(text), default, Settings(considerPreTokenization, considerNormalization)), out normalizedText, out _);

    /// <summary>Splits into tokens.</summary>
    public IReadOnlyList<EncodedToken> EncodeToTokens(ReadOnlySpan<char> text, out string? normalizedText, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Unpack(EncodeToTokens(null, text, Settings(considerPreTokenization, considerNormalization)), out normalizedText, out _);

    /// <summary>The number of tokens.</summary>
    public int CountTokens(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        CountTokens(NotNull(text), default, Settings(considerPreTokenization, considerNormalization));

    /// <summary>The number of tokens.</summary>
    public int CountTokens(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        CountTokens(null, text, Settings(considerPreTokenization, considerNormalization));

    /// <summary>The index in the normalized text up to which the first <paramref name="maxTokenCount"/> tokens reach.</summary>
    public int GetIndexByTokenCount(string text, int maxTokenCount, out string? normalizedText, out int tokenCount, bool considerPreTokenization = true, bool considerNormalization = true) =>
        GetIndexByTokenCount(NotNull(text), default, Settings(considerPreTokenization, considerNormalization, maxTokenCount), fromEnd: false, out normalizedText, out tokenCount);

    /// <summary>The index in the normalized text up to which the first <paramref name="maxTokenCount"/> tokens reach.</summary>
    public int GetIndexByTokenCount(ReadOnlySpan<char> text, int maxTokenCount, out string? normalizedText, out int tokenCount, bool considerPreTokenization = true, bool considerNormalization = true) =>
        GetIndexByTokenCount(null, text, Settings(considerPreTokenization, considerNormalization, maxTokenCount), fromEnd: false, out normalizedText, out tokenCount);

    /// <summary>The index in the normalized text at which the last <paramref name="maxTokenCount"/> tokens begin.</summary>
    public int GetIndexByTokenCountFromEnd(string text, int maxTokenCount, out string? normalizedText, out int tokenCount, bool considerPreTokenization = true, bool considerNormalization = true) =>
        GetIndexByTokenCount(NotNull(text), default, Settings(considerPreTokenization, considerNormalization, maxTokenCount), fromEnd: true, out normalizedText, out tokenCount);

    /// <summary>The index in the normalized text at which the last <paramref name="maxTokenCount"/> tokens begin.</summary>
    public int GetIndexByTokenCountFromEnd(ReadOnlySpan<char> text, int maxTokenCount, out string? normalizedText, out int tokenCount, bool considerPreTokenization = true, bool considerNormalization = true) =>
        GetIndexByTokenCount(null, text, Settings(considerPreTokenization, considerNormalization, maxTokenCount), fromEnd: true, out normalizedText, out tokenCount);

    /// <summary>The text that ids stand for.</summary>
    public virtual string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var list = ids as IReadOnlyCollection<int> ?? [.. ids];
        for (var size = 64 + (8 * list.Count); ; size *= 2)
        {
            var buffer = new char[size];
            if (Decode(list, buffer, out _, out var written) != OperationStatus.DestinationTooSmall)
            {
                return new string(buffer, 0, written);
            }
        }
    }

    /// <summary>Writes the text that ids stand for, as far as it fits.</summary>
    public abstract OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten);

    /// <summary>The ids where nobody asks for the normalized text, which a tokenizer may then not build.</summary>
    private protected virtual IReadOnlyList<int> AllIds(ReadOnlySpan<char> text, EncodeSettings settings) =>
        EncodeToIds(null, text, settings).Tokens;

    private protected static EncodeSettings Settings(bool considerPreTokenization, bool considerNormalization, int maxTokenCount = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxTokenCount);
        return new EncodeSettings
        {
            ConsiderPreTokenization = considerPreTokenization,
            ConsiderNormalization = considerNormalization,
            MaxTokenCount = maxTokenCount,
        };
    }

    private protected static IReadOnlyList<T> Unpack<T>(EncodeResults<T> results, out string? normalizedText, out int charsConsumed)
    {
        normalizedText = results.NormalizedText;
        charsConsumed = results.CharsConsumed;
        return results.Tokens;
    }

    private protected static string NotNull(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text;
    }
}
