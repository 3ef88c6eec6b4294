namespace Wgqa.Metrics;

/// <summary>
/// Porter's algorithm in NLTK's variant, which rouge_score uses: the published steps with Porter's own later changes, a table
/// of irregular words, and NLTK's rules for short words.
/// Source: Porter, "An algorithm for suffix stripping" (Program 14.3, 1980); NLTK's documentation of <c>NLTK_EXTENSIONS</c>.
/// </summary>
internal static class PorterStemmer
{
    private static readonly Dictionary<string, string> Irregular = new(StringComparer.Ordinal)
    {
        ["sky"] = "sky",
        ["skies"] = "sky",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
        ["news"] = "news",
        ["innings"] = "inning",
        ["inning"] = "inning",
        ["outings"] = "outing",
        ["outing"] = "outing",
        ["cannings"] = "canning",
        ["canning"] = "canning",
        ["howe"] = "howe",
        ["proceed"] = "proceed",
        ["exceed"] = "exceed",
        ["succeed"] = "succeed",
    };

    // In each list the first suffix that the word ends with decides, whether or not its condition then holds.
    private static readonly (string Suffix, string Replacement)[] Step1a = [("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")];

    private static readonly (string Suffix, string Replacement)[] Step2 =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
        ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"),
        ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"),
        ("biliti", "ble"), ("fulli", "ful"), ("logi", "log"),
    ];

    private static readonly (string Suffix, string Replacement)[] Step3 =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    private static readonly (string Suffix, string Replacement)[] Step4 =
    [
        ("al", ""), ("ance", ""), ("ence", ""), ("er", ""), ("ic", ""), ("able", ""), ("ible", ""), ("ant", ""), ("ement", ""),
        ("ment", ""), ("ent", ""), ("ion", ""), ("ou", ""), ("ism", ""), ("ate", ""), ("iti", ""), ("ous", ""), ("ive", ""), ("ize", ""),
    ];

    /// <summary>The stem of a lower-case word.</summary>
    public static string Stem(string word)
    {
        if (Irregular.TryGetValue(word, out var known))
        {
            return known;
        }

        if (word.Length <= 2)
        {
            return word;
        }

        word = PluralsAndParticiples(word);
        word = FinalY(word);
        word = DoubleSuffix(word);
        word = Replace(word, Step3, (stem, _) => Measure(stem) > 0);
        word = Replace(word, Step4, (stem, suffix) => Measure(stem) > 1 && (suffix != "ion" || stem[^1] is 's' or 't'));
        return FinalE(word);
    }

    // Steps 1a and 1b.
    private static string PluralsAndParticiples(string word)
    {
        word = word.Length == 4 && word.EndsWith("ies", StringComparison.Ordinal)
            ? word[..^1]
            : Replace(word, Step1a, (_, _) => true);

        if (word.EndsWith("ied", StringComparison.Ordinal))
        {
            return word.Length == 4 ? word[..^1] : word[..^2];
        }

        if (word.EndsWith("eed", StringComparison.Ordinal))
        {
            return Measure(word.AsSpan(..^3)) > 0 ? word[..^1] : word;
        }

        var suffix = word.EndsWith("ed", StringComparison.Ordinal) ? 2 : word.EndsWith("ing", StringComparison.Ordinal) ? 3 : 0;
        if (suffix == 0 || !HasVowel(word.AsSpan(..^suffix)))
        {
            return word;
        }

        var stem = word[..^suffix];
        if (stem.EndsWith("at", StringComparison.Ordinal) || stem.EndsWith("bl", StringComparison.Ordinal) || stem.EndsWith("iz", StringComparison.Ordinal))
        {
            return stem + "e";
        }

        if (stem.Length >= 2 && stem[^1] == stem[^2] && IsConsonant(stem, stem.Length - 1))
        {
            return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        }

        return Measure(stem) == 1 && EndsConsonantVowelConsonant(stem) ? stem + "e" : stem;
    }

    // Step 1c, NLTK's: after a consonant that is not the whole stem.
    private static string FinalY(string word) =>
        word[^1] == 'y' && word.Length > 2 && IsConsonant(word, word.Length - 2) ? word[..^1] + "i" : word;

    // Step 2, NLTK's: -alli goes first and may leave another suffix, and the l of -logi counts as part of the stem.
    private static string DoubleSuffix(string word)
    {
        while (word.EndsWith("alli", StringComparison.Ordinal) && Measure(word.AsSpan(..^4)) > 0)
        {
            word = word[..^2];
        }

        return Replace(word, Step2, (stem, suffix) => Measure(suffix == "logi" ? word.AsSpan(..^3) : stem) > 0);
    }

    // Steps 5a and 5b.
    private static string FinalE(string word)
    {
        if (word.EndsWith('e'))
        {
            var stem = word.AsSpan(..^1);
            var measure = Measure(stem);
            word = measure > 1 || (measure == 1 && !EndsConsonantVowelConsonant(stem)) ? word[..^1] : word;
        }

        return word.EndsWith("ll", StringComparison.Ordinal) && Measure(word.AsSpan(..^1)) > 1 ? word[..^1] : word;
    }

    private delegate bool Condition(ReadOnlySpan<char> stem, string suffix);

    private static string Replace(string word, (string Suffix, string Replacement)[] rules, Condition condition)
    {
        foreach (var (suffix, replacement) in rules)
        {
            if (word.EndsWith(suffix, StringComparison.Ordinal))
            {
                var stem = word.AsSpan(..^suffix.Length);
                return condition(stem, suffix) ? string.Concat(stem, replacement) : word;
            }
        }

        return word;
    }

    // A letter other than a, e, i, o, u, and other than a y after a consonant.
    private static bool IsConsonant(ReadOnlySpan<char> word, int index)
    {
        var consonant = true;
        var start = index;
        while (start > 0 && word[start] == 'y')
        {
            start--;
        }

        for (var i = start; i <= index; i++)
        {
            consonant = word[i] == 'y' ? i == 0 || !consonant : word[i] is not ('a' or 'e' or 'i' or 'o' or 'u');
        }

        return consonant;
    }

    // How many times a vowel is followed by a consonant: m of [C](VC){m}[V].
    private static int Measure(ReadOnlySpan<char> stem)
    {
        var measure = 0;
        var consonant = true;
        for (var i = 0; i < stem.Length; i++)
        {
            var before = consonant;
            consonant = stem[i] == 'y' ? i == 0 || !before : stem[i] is not ('a' or 'e' or 'i' or 'o' or 'u');
            measure += consonant && !before ? 1 : 0;
        }

        return measure;
    }

    private static bool HasVowel(ReadOnlySpan<char> stem)
    {
        for (var i = 0; i < stem.Length; i++)
        {
            if (!IsConsonant(stem, i))
            {
                return true;
            }
        }

        return false;
    }

    // Condition *o; NLTK's also holds for a vowel and a consonant that are the whole stem.
    private static bool EndsConsonantVowelConsonant(ReadOnlySpan<char> stem)
    {
        var n = stem.Length;
        return n >= 3
            ? IsConsonant(stem, n - 3) && !IsConsonant(stem, n - 2) && IsConsonant(stem, n - 1) && stem[^1] is not ('w' or 'x' or 'y')
            : n == 2 && !IsConsonant(stem, 0) && IsConsonant(stem, 1);
    }
}
