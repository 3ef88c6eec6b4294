using System.Text;

namespace Wgqa.Experiments.Demo;

/// <summary>Puts words together to a sentence: spaces, commas, a capital at the beginning and a sign at the end.</summary>
internal sealed class TextBuilder
{
    private readonly StringBuilder text = new(128);
    private bool commaIsDue;
    private bool articleIsDue;

    /// <summary>Adds a word, or words.</summary>
    public TextBuilder Add(string words)
    {
        if (words.Length == 0)
        {
            return this;
        }

        if (text.Length > 0)
        {
            text.Append(commaIsDue ? ", " : " ");
        }

        if (articleIsDue)
        {
            text.Append(BeginsWithVowelSound(words) ? "an " : "a ");
        }

        (commaIsDue, articleIsDue) = (false, false);
        text.Append(words);
        return this;
    }

    /// <summary>A comma before the next word, if there is one: two at one place are one, and at the end there is none.</summary>
    public TextBuilder Comma()
    {
        commaIsDue = text.Length > 0;
        return this;
    }

    /// <summary>The English indefinite article, as the next word wants it.</summary>
    public TextBuilder IndefiniteArticle()
    {
        articleIsDue = true;
        return this;
    }

    /// <summary>The words as they are.</summary>
    public string Take()
    {
        var result = text.ToString();
        Clear();
        return result;
    }

    /// <summary>The words as a sentence.</summary>
    public string TakeSentence(char end)
    {
        text[0] = char.ToUpperInvariant(text[0]);
        text.Append(end);
        return Take();
    }

    private void Clear()
    {
        text.Clear();
        (commaIsDue, articleIsDue) = (false, false);
    }

    // By the letter: no word of the lexicon that an article can precede begins with a silent h or a u as in "useful".
    private static bool BeginsWithVowelSound(string word) => "aeiou".Contains(word[0]);
}
