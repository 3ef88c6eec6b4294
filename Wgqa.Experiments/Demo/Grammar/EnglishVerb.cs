namespace Wgqa.Experiments.Demo;

/// <summary>The forms of an English verb: the first word is inflected, the rest follows it unchanged.</summary>
/// <param name="Base">The infinitive's first word.</param>
/// <param name="Past">The past.</param>
/// <param name="Participle">The past participle.</param>
/// <param name="Rest">A preposition or the rest of the expression, before the object; or nothing.</param>
/// <param name="Particle">A particle, which a pronoun goes before; or nothing.</param>
internal sealed record EnglishVerb(string Base, string Past, string Participle, string Rest, string Particle)
{
    private static readonly Dictionary<string, string> IrregularIng = new()
    {
        ["forget"] = "forgetting",
        ["begin"] = "beginning",
        ["travel"] = "travelling",
        ["cancel"] = "cancelling",
    };

    private static readonly Dictionary<string, string> IrregularThird = new() { ["have"] = "has" };

    /// <summary>Third person singular, present.</summary>
    public string Third { get; } = IrregularThird.GetValueOrDefault(Base) ?? (Base switch
    {
        [.., 's' or 'x' or 'z' or 'o'] or [.., 'c' or 's', 'h'] => Base + "es",
        [.., var before, 'y'] when !IsVowel(before) => Base[..^1] + "ies",
        _ => Base + "s",
    });

    /// <summary>The progressive form.</summary>
    public string Ing { get; } = IrregularIng.GetValueOrDefault(Base) ?? (Base switch
    {
        [.., 'e', 'e'] => Base + "ing",
        [.., 'e'] => Base[..^1] + "ing",
        _ when DoublesLast(Base) => Base + Base[^1] + "ing",
        _ => Base + "ing",
    });

    /// <summary>A verb from its written forms: the expression, and where it is irregular the past and the participle.</summary>
    public static EnglishVerb Of(string[] forms)
    {
        var space = forms[0].IndexOf(' ');
        var verb = space < 0 ? forms[0] : forms[0][..space];
        var rest = space < 0 ? "" : forms[0][(space + 1)..];
        var (preposition, particle) = rest.StartsWith('^') ? ("", rest[1..]) : (rest, "");
        return forms is [_, var past, var participle]
            ? new EnglishVerb(verb, past, participle, preposition, particle)
            : new EnglishVerb(verb, RegularPast(verb), RegularPast(verb), preposition, particle);
    }

    private static string RegularPast(string verb) => verb switch
    {
        [.., 'e'] => verb + "d",
        [.., var before, 'y'] when !IsVowel(before) => verb[..^1] + "ied",
        _ when DoublesLast(verb) => verb + verb[^1] + "ed",
        _ => verb + "ed",
    };

    // One syllable that ends in consonant, vowel, consonant: run, cut, plan; not wear, draw, open.
    private static bool DoublesLast(string verb) =>
        verb is [.., var first, var vowel, var last]
        && !IsVowel(first) && IsVowel(vowel) && !IsVowel(last) && last is not ('w' or 'x' or 'y')
        && verb.Count(IsVowel) == 1;

    private static bool IsVowel(char c) => "aeiou".Contains(c);
}
