using System.Text;

namespace Wgqa.Experiments.Demo;

/// <summary>Puts words together to a sentence: spaces, commas, a capital at the beginning and a sign at the end.</summary>
internal sealed class TextBuilder
{
    private readonly StringBuilder _text = new(128);
    private bool _commaIsDue;
    private bool _articleIsDue;

    /// <summary>Adds a word, or words.</summary>
    public TextBuilder Add(string words)
    {
        if (words.Length == 0)
        {
            return this;
        }

        if (_text.Length > 0)
        {
            _text.Append(_commaIsDue ? ", " : " ");
        }

        if (_articleIsDue)
        {
            _text.Append(BeginsWithVowelSound(words) ? "an " : "a ");
        }

        (_commaIsDue, _articleIsDue) = (false, false);
        _text.Append(words);
        return this;
    }

    /// <summary>A comma before the next word, if there is one: two at one place are one, and at the end there is none.</summary>
    public TextBuilder Comma()
    {
        _commaIsDue = _text.Length > 0;
        return this;
    }

    /// <summary>The English indefinite article, as the next word wants it.</summary>
    public TextBuilder IndefiniteArticle()
    {
        _articleIsDue = true;
        return this;
    }

    /// <summary>The words as they are.</summary>
    public string Take()
    {
        var result = _text.ToString();
        Clear();
        return result;
    }

    /// <summary>The words as a sentence.</summary>
    public string TakeSentence(char end)
    {
        _text[0] = char.ToUpperInvariant(_text[0]);
        _text.Append(end);
        return Take();
    }

    private void Clear()
    {
        _text.Clear();
        (_commaIsDue, _articleIsDue) = (false, false);
    }

    // By the letter: no word of the lexicon that an article can precede begins with a silent h or a u as in "useful".
    private static bool BeginsWithVowelSound(string word) => "aeiou".Contains(word[0]);
}
