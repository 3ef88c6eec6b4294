namespace Wgqa.Experiments.Demo;

/// <summary>The forms of a German verb. The prefix of a separable verb stands apart from its finite forms.</summary>
/// <param name="Base">The infinitive without the separable prefix.</param>
/// <param name="Prefix">The separable prefix, or nothing.</param>
/// <param name="Second">Second person singular, present.</param>
/// <param name="Third">Third person singular, present.</param>
/// <param name="PreteriteForm">First and third person singular, past.</param>
/// <param name="Participle">The participle, with the prefix.</param>
/// <param name="WithSein">Its perfect is formed with <c>sein</c>, not <c>haben</c>.</param>
internal sealed record GermanVerb(string Base, string Prefix, string Second, string Third, string PreteriteForm, string Participle, bool WithSein)
{
    // Inseparable prefixes, and verbs in -ieren, have no ge- in the participle.
    private static readonly string[] Inseparable = ["be", "ver", "er", "ent", "zer", "emp", "über"];

    public static GermanVerb Haben { get; } = new("haben", "", "hast", "hat", "hatte", "gehabt", false);

    public static GermanVerb Sein { get; } = new("sein", "", "bist", "ist", "war", "gewesen", true) { First = "bin", PluralForm = "sind", SecondPlural = "seid" };

    public static GermanVerb Werden { get; } = new("werden", "", "wirst", "wird", "wurde", "geworden", true);

    /// <summary>First person singular where it is not the stem and -e.</summary>
    public string? First { get; init; }

    /// <summary>First and third person plural where they are not the infinitive.</summary>
    public string? PluralForm { get; init; }

    /// <summary>Second person plural where it is not the stem and -t.</summary>
    public string? SecondPlural { get; init; }

    public string Infinitive => Prefix + Base;

    /// <summary>The infinitive with <c>zu</c>, which goes between a separable prefix and the verb.</summary>
    public string ZuInfinitive => Prefix.Length == 0 ? "zu " + Base : Prefix + "zu" + Base;

    private string Stem => StemOf(Base);

    /// <summary>A verb from its written forms: the infinitive with a bar after a separable prefix, and where it is irregular the third person, preterite and participle.</summary>
    public static GermanVerb Of(string[] forms, bool withSein)
    {
        var bar = forms[0].IndexOf('|');
        var prefix = bar < 0 ? "" : forms[0][..bar];
        var infinitive = forms[0][(bar + 1)..];
        var stem = StemOf(infinitive);
        var t = NeedsE(stem) ? "et" : "t";
        var ge = Array.Exists(Inseparable, syllable => infinitive.StartsWith(syllable, StringComparison.Ordinal)) || infinitive.EndsWith("ieren", StringComparison.Ordinal) ? "" : "ge";
        var (third, preterite, participle) = forms is [_, var written, var past, var perfect]
            ? (written, past, perfect)
            : (stem + t, stem + t + "e", prefix + ge + stem + t);
        var second = third[^2] is 's' or 'ß' or 'z' or 'x' ? third : third[..^1] + "st";
        return new GermanVerb(infinitive, prefix, second, third, preterite, participle, withSein);
    }

    /// <summary>The present, without the separable prefix.</summary>
    public string Present(int person, bool plural) => (person, plural) switch
    {
        (1, false) => First ?? Stem + "e",
        (2, false) => Second,
        (3, false) => Third,
        (2, true) => SecondPlural ?? Stem + (NeedsE(Stem) ? "et" : "t"),
        _ => PluralForm ?? Base,
    };

    /// <summary>The preterite, without the separable prefix.</summary>
    public string Preterite(int person, bool plural) => (person, plural, PreteriteForm[^1] == 'e') switch
    {
        (2, false, true) => PreteriteForm + "st",
        (2, false, false) => PreteriteForm + (PreteriteForm[^1] is 't' or 'd' or 's' or 'ß' ? "est" : "st"),
        (_, false, _) => PreteriteForm,
        (2, true, _) => PreteriteForm + (PreteriteForm[^1] is 't' or 'd' ? "et" : "t"),
        (_, true, true) => PreteriteForm + "n",
        _ => PreteriteForm + "en",
    };

    private static string StemOf(string infinitive) => infinitive.EndsWith("en", StringComparison.Ordinal) ? infinitive[..^2] : infinitive[..^1];

    // Arbeitet, redet, öffnet, zeichnet; but wohnt, lernt, kommt.
    private static bool NeedsE(string stem) => stem switch
    {
        [.., 't' or 'd'] => true,
        [.., var before, 'h', 'n' or 'm'] => !IsVowel(before),
        [.., var before, 'n' or 'm'] => !IsVowel(before) && before is not ('l' or 'r' or 'n' or 'm'),
        _ => false,
    };

    private static bool IsVowel(char c) => "aeiouäöüy".Contains(c);
}
