namespace Wgqa.Text;

/// <summary>Python's idea of white space, which Hugging Face strips by: .NET's, and U+001C to U+001F.</summary>
internal static class PythonWhitespace
{
    public static bool IsWhitespace(char character) => char.IsWhiteSpace(character) || character is >= '\u001C' and <= '\u001F';

    public static ReadOnlySpan<char> StripStart(ReadOnlySpan<char> text)
    {
        while (text is [var first, ..] && IsWhitespace(first))
        {
            text = text[1..];
        }

        return text;
    }

    public static ReadOnlySpan<char> StripEnd(ReadOnlySpan<char> text)
    {
        while (text is [.., var last] && IsWhitespace(last))
        {
            text = text[..^1];
        }

        return text;
    }

    public static ReadOnlySpan<char> Strip(ReadOnlySpan<char> text) => StripEnd(StripStart(text));
}
