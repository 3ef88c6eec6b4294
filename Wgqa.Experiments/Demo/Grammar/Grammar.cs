using Wgqa.Data;

namespace Wgqa.Experiments.Demo;

/// <summary>Which part of the sentences: whether one is for training or held out depends on the sentence alone.</summary>
public enum GrammarPart
{
    /// <summary>Fifteen sentences of sixteen.</summary>
    Training,

    /// <summary>The sixteenth: for evaluation.</summary>
    HeldOut,
}

/// <summary>
/// German sentences with their English translations, from a small grammar of both languages: a translation task that needs no
/// data. Articles and adjectives agree, verbs are conjugated and stand where they must, and each German sentence has one
/// translation, so that a model's BLEU has 100 for a limit.
/// </summary>
public static class Grammar
{
    private const ulong Parts = 16;

    /// <summary>Pairs, no two with the same German sentence: a pure function of the arguments, and the first of more.</summary>
    /// <param name="seed">Which pairs.</param>
    /// <param name="count">How many.</param>
    /// <param name="part">Sentences for training or held-out ones: no sentence is both, whatever the seeds.</param>
    public static IReadOnlyList<TextPair> Pairs(ulong seed, int count, GrammarPart part = GrammarPart.Training)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var pairs = new List<TextPair>(count);
        var seen = new HashSet<string>(count, StringComparer.Ordinal);
        var maker = new SentenceMaker();
        for (ulong index = 0; pairs.Count < count; index++)
        {
            var pair = maker.Make(seed, index);
            if (PartOf(pair.Source) == part && seen.Add(pair.Source))
            {
                pairs.Add(pair);
            }
        }

        return pairs;
    }

    /// <summary>The part that a German sentence belongs to.</summary>
    public static GrammarPart PartOf(string german) => Hash(german) % Parts == 0 ? GrammarPart.HeldOut : GrammarPart.Training;

    // FNV-1a over UTF-16: the same on every machine, unlike string.GetHashCode.
    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return hash ^ (hash >> 32);
    }
}
