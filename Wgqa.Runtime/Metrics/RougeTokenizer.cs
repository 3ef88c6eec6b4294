using System.Runtime.InteropServices;

namespace Wgqa.Metrics;

/// <summary>
/// rouge_score's tokens, as numbers: lower-case runs of a–z and 0–9, everything else separates; with stemming, tokens of more
/// than three characters are stemmed. Remembers each word it has met.
/// </summary>
/// <param name="stem">Whether to stem.</param>
internal sealed class RougeTokenizer(bool stem)
{
    private readonly Vocabulary _vocabulary = new();
    private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
    private readonly List<char> _word = [];

    /// <summary>The tokens of <paramref name="text"/>, numbered; equal tokens have equal numbers.</summary>
    public int[] Tokenize(ReadOnlySpan<char> text)
    {
        var tokens = new List<int>(text.Length / 5);
        foreach (var c in text)
        {
            if (Lower(c) is { } lower)
            {
                _word.Add(lower);
                if (c != DottedI)
                {
                    continue;
                }
            }

            AddWord(tokens);
        }

        AddWord(tokens);
        return [.. tokens];
    }

    // Python lower-cases this letter to an i and a combining dot, and the dot separates.
    private const char DottedI = '\u0130';

    private static char? Lower(char c) => c switch
    {
        >= 'a' and <= 'z' or >= '0' and <= '9' => c,
        >= 'A' and <= 'Z' => (char)(c | 0x20),
        DottedI => 'i',
        '\u212a' => 'k', // the Kelvin sign
        _ => null,
    };

    private void AddWord(List<int> tokens)
    {
        if (_word.Count == 0)
        {
            return;
        }

        var lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        var span = CollectionsMarshal.AsSpan(_word);
        if (!lookup.TryGetValue(span, out var token))
        {
            var text = span.ToString();
            _words[text] = token = _vocabulary[stem && text.Length > 3 ? PorterStemmer.Stem(text) : text];
        }

        tokens.Add(token);
        _word.Clear();
    }
}
