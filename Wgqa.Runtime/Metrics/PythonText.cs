using System.Text;
using Wgqa.Text;

namespace Wgqa.Metrics;

/// <summary>
/// The parts of Python's <c>str</c> that sacrebleu's and rouge_score's results depend on and that .NET does differently:
/// how text is split at white space, and how it is lower-cased.
/// </summary>
internal static class PythonText
{
    /// <summary><c>text.split()</c>: the runs between white space, none of them empty.</summary>
    public static List<string> Split(ReadOnlySpan<char> text)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i < text.Length; i++)
        {
            if (!PythonWhitespace.IsWhitespace(text[i]))
            {
                start = start < 0 ? i : start;
            }
            else if (start >= 0)
            {
                words.Add(text[start..i].ToString());
                start = -1;
            }
        }

        if (start >= 0)
        {
            words.Add(text[start..].ToString());
        }

        return words;
    }

    /// <summary>
    /// <c>text.lower()</c>: the invariant mapping, with the two characters whose full mapping is more than one-to-one and
    /// without context: capital I with a dot, and a capital sigma that ends a word.
    /// </summary>
    public static string Lower(string text)
    {
        var lower = text.ToLowerInvariant();
        if (!text.AsSpan().ContainsAny('\u0130', '\u03a3'))
        {
            return lower;
        }

        // Simple mappings keep every character's place, so that an index into one is an index into the other.
        var result = new StringBuilder(lower.Length + 4);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\u0130':
                    result.Append("i\u0307");
                    break;
                case '\u03a3' when HasCased(text, i, -1) && !HasCased(text, i, 1):
                    result.Append('\u03c2');
                    break;
                default:
                    result.Append(lower[i]);
                    break;
            }
        }

        return result.ToString();
    }

    // The next character that is not a mark or one of Unicode's word-internal signs is a cased letter (Unicode 3.13, Final_Sigma).
    private static bool HasCased(string text, int index, int direction)
    {
        for (var i = index + direction; i >= 0 && i < text.Length; i += direction)
        {
            if (char.IsLetter(text[i]))
            {
                return char.IsUpper(text[i]) || char.IsLower(text[i]);
            }

            var ignorable = text[i] is '\'' or '.' or ':' or '\u00b7' or '\u2019' or '\u00ad'
                || char.GetUnicodeCategory(text[i]) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.EnclosingMark;
            if (!ignorable)
            {
                return false;
            }
        }

        return false;
    }
}
