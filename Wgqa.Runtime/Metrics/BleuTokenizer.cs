using System.Globalization;
using System.Text;
using Wgqa.Text;

namespace Wgqa.Metrics;

/// <summary>
/// How BLEU cuts a line into tokens. The four tokenizers are sacrebleu's of the same names, token for token.
/// Source: Post, "A Call for Clarity in Reporting BLEU Scores" (WMT 2018), and NIST's mteval-v13a and mteval-v14.
/// </summary>
public abstract class BleuTokenizer
{
    private BleuTokenizer(string name) => Name = name;

    /// <summary>sacrebleu's name: <c>13a</c>, <c>none</c>, <c>intl</c> or <c>char</c>.</summary>
    public string Name { get; }

    /// <summary>mteval-v13a's: XML entities undone, ASCII punctuation split off, digits keep their points and commas. The default.</summary>
    public static BleuTokenizer V13a { get; } = new Mteval13a();

    /// <summary>White space only: for text that is tokenised already.</summary>
    public static BleuTokenizer None { get; } = new WhiteSpace();

    /// <summary>mteval-v14's: punctuation and symbols of every script, except punctuation between two numbers.</summary>
    public static BleuTokenizer International { get; } = new Mteval14();

    /// <summary>Every character that is not white space is a token.</summary>
    public static BleuTokenizer Character { get; } = new Characters();

    /// <summary>All four, the default first.</summary>
    public static IReadOnlyList<BleuTokenizer> All { get; } = [V13a, None, International, Character];

    /// <summary>The tokenizer called <paramref name="name"/>.</summary>
    /// <exception cref="UserException">There is none of that name.</exception>
    public static BleuTokenizer Named(string name) =>
        All.FirstOrDefault(tokenizer => tokenizer.Name == name)
        ?? throw new UserException($"BLEU has no tokenizer '{name}': it is one of {string.Join(", ", All.Select(t => t.Name))}.");

    /// <summary>The tokens of one line, in order.</summary>
    public abstract IReadOnlyList<string> Tokenize(string line);

    /// <inheritdoc />
    public override string ToString() => Name;

    private sealed class WhiteSpace() : BleuTokenizer("none")
    {
        public override IReadOnlyList<string> Tokenize(string line) => PythonText.Split(line);
    }

    private sealed class Characters() : BleuTokenizer("char")
    {
        public override IReadOnlyList<string> Tokenize(string line)
        {
            var tokens = new List<string>(line.Length);
            foreach (var rune in line.EnumerateRunes())
            {
                if (!rune.IsBmp || !PythonWhitespace.IsWhitespace((char)rune.Value))
                {
                    tokens.Add(rune.ToString());
                }
            }

            return tokens;
        }
    }

    private sealed class Mteval13a() : BleuTokenizer("13a")
    {
        public override IReadOnlyList<string> Tokenize(string line)
        {
            line = line.Replace("<skipped>", "", StringComparison.Ordinal)
                .Replace("-\n", "", StringComparison.Ordinal)
                .Replace('\n', ' ');
            if (line.Contains('&'))
            {
                line = line.Replace("&quot;", "\"", StringComparison.Ordinal)
                    .Replace("&amp;", "&", StringComparison.Ordinal)
                    .Replace("&lt;", "<", StringComparison.Ordinal)
                    .Replace("&gt;", ">", StringComparison.Ordinal);
            }

            var text = Surround(" " + line + " ");
            text = SplitPairs(text, static (first, second) => !char.IsAsciiDigit(first) && IsPointOrComma(second), "", " ");
            text = SplitPairs(text, static (first, second) => IsPointOrComma(first) && !char.IsAsciiDigit(second), " ", "");
            text = SplitPairs(text, static (first, second) => char.IsAsciiDigit(first) && second == '-', "", " ");
            return PythonText.Split(text);
        }

        // ASCII punctuation but for the apostrophe, the comma, the dash and the full stop.
        private static bool IsSeparate(char c) =>
            c is >= '{' and <= '~' or >= '[' and <= '`' or >= ' ' and <= '&' or >= '(' and <= '+' or >= ':' and <= '@' or '/';

        private static bool IsPointOrComma(char c) => c is '.' or ',';

        private static string Surround(string text)
        {
            var result = new StringBuilder(text.Length + 16);
            foreach (var c in text)
            {
                if (IsSeparate(c))
                {
                    result.Append(' ').Append(c).Append(' ');
                }
                else
                {
                    result.Append(c);
                }
            }

            return result.ToString();
        }

        // A space between the two characters of each pair, and before or after it. Pairs do not overlap: as in a regular
        // expression's substitution, the second character of one is not the first of the next. A surrogate pair can be
        // halved by a match, but what is inserted lies outside it, so that code points stay whole.
        private static string SplitPairs(string text, Func<char, char, bool> matches, string before, string after)
        {
            var result = new StringBuilder(text.Length + 16);
            var i = 0;
            while (i < text.Length)
            {
                if (i + 1 < text.Length && matches(text[i], text[i + 1]))
                {
                    result.Append(before).Append(text[i]).Append(' ').Append(text[i + 1]).Append(after);
                    i += 2;
                }
                else
                {
                    result.Append(text[i++]);
                }
            }

            return result.ToString();
        }
    }

    private sealed class Mteval14() : BleuTokenizer("intl")
    {
        public override IReadOnlyList<string> Tokenize(string line)
        {
            var text = SplitPairs([.. line.EnumerateRunes()], static (first, second) => !IsNumber(first) && IsPunctuation(second), false);
            text = SplitPairs(text, static (first, second) => IsPunctuation(first) && !IsNumber(second), true);
            var result = new StringBuilder(text.Count + 16);
            foreach (var rune in text)
            {
                if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol
                    or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol)
                {
                    result.Append(' ').Append(rune).Append(' ');
                }
                else
                {
                    result.Append(rune);
                }
            }

            return PythonText.Split(result.ToString());
        }

        private static bool IsNumber(Rune rune) =>
            Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

        private static bool IsPunctuation(Rune rune) =>
            Rune.GetUnicodeCategory(rune) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation
                or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation
                or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation;

        // As in Mteval13a, over code points: the space goes before the pair or after it, and between the two.
        private static List<Rune> SplitPairs(List<Rune> text, Func<Rune, Rune, bool> matches, bool before)
        {
            var space = new Rune(' ');
            var result = new List<Rune>(text.Count + 16);
            var i = 0;
            while (i < text.Count)
            {
                if (i + 1 < text.Count && matches(text[i], text[i + 1]))
                {
                    ReadOnlySpan<Rune> split = before ? [space, text[i], space, text[i + 1]] : [text[i], space, text[i + 1], space];
                    result.AddRange(split);
                    i += 2;
                }
                else
                {
                    result.Add(text[i++]);
                }
            }

            return result;
        }
    }
}
