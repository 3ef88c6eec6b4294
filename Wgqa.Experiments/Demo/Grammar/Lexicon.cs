namespace Wgqa.Experiments.Demo;

/// <summary>The words of both languages, read from <see cref="LexiconTables"/>.</summary>
internal static class Lexicon
{
    public static Noun[] Nouns { get; } = [.. Rows(LexiconTables.Nouns).Select(ReadNoun)];

    public static Verb[] Verbs { get; } = [.. Rows(LexiconTables.Verbs).Select(ReadVerb)];

    public static Adjective[] Adjectives { get; } = [.. Rows(LexiconTables.Adjectives).Select(ReadAdjective)];

    public static GivenName[] Names { get; } =
        [.. Rows(LexiconTables.Names).Select(row => new GivenName(row.German, row.Marks == "f" ? Gender.Feminine : Gender.Masculine))];

    public static TimePhrase[] Times { get; } =
        [.. Rows(LexiconTables.Times).Select(row => new TimePhrase(row.German, row.English, Enum.Parse<TimeKind>(row.Marks)))];

    public static Phrase[] Places { get; } = Phrases(LexiconTables.Places);

    public static Phrase[] Directions { get; } = Phrases(LexiconTables.Directions);

    public static Phrase[] FarDirections { get; } =
        [.. Directions.Where(phrase => (phrase.German.StartsWith("nach ", StringComparison.Ordinal) && phrase.English != "home") || phrase.German == "in die Schweiz")];

    public static Phrase[] Manners { get; } = Phrases(LexiconTables.Manners);

    public static Phrase[] Means { get; } = Phrases(LexiconTables.Means);

    public static Phrase[] Reasons { get; } = Phrases(LexiconTables.Reasons);

    public static Phrase[] Frequencies { get; } = Phrases(LexiconTables.Frequencies);

    public static PlaceNoun[] PlaceNouns { get; } = [.. Rows(LexiconTables.PlaceNouns).Select(ReadPlaceNoun)];

    private static readonly Dictionary<Kinds, Noun[]> NounsByKind =
        Enum.GetValues<Kinds>().ToDictionary(kind => kind, kind => Nouns.Where(noun => (noun.Kinds & kind) != 0).ToArray());

    private static readonly Dictionary<Kinds, Adjective[]> AdjectivesByKinds =
        Nouns.Select(noun => noun.Kinds).Append(Kinds.Person).Distinct().ToDictionary(kinds => kinds, kinds => Adjectives.Where(adjective => (adjective.Kinds & kinds) != 0).ToArray());

    private static readonly Dictionary<Kinds, Adjective[]> ComparableByKinds =
        AdjectivesByKinds.ToDictionary(pair => pair.Key, pair => pair.Value.Where(adjective => adjective.GermanComparative is not null).ToArray());

    /// <summary>The nouns of one kind.</summary>
    public static Noun[] NounsOf(Kinds kind) => NounsByKind[kind];

    /// <summary>The adjectives that can be said of a noun of just these kinds; perhaps none.</summary>
    public static Adjective[] AdjectivesOf(Kinds kinds) => AdjectivesByKinds[kinds];

    /// <summary>Those of them that have a comparative.</summary>
    public static Adjective[] ComparableOf(Kinds kinds) => ComparableByKinds[kinds];

    private static Phrase[] Phrases(string table) => [.. Rows(table).Select(row => new Phrase(row.German, row.English))];

    private static IEnumerable<(string German, string English, string Marks)> Rows(string table)
    {
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = line.IndexOf(" : ", StringComparison.Ordinal);
            var marks = colon < 0 ? "" : line[(colon + 3)..];
            var words = (colon < 0 ? line : line[..colon]).Split(" = ");
            yield return (words[0], words.Length > 1 ? words[1] : "", marks);
        }
    }

    private static Noun ReadNoun((string German, string English, string Marks) row)
    {
        var german = row.German.Split(", ");
        var english = row.English.Split(", ");
        var gender = german[0][..3] switch { "der" => Gender.Masculine, "die" => Gender.Feminine, _ => Gender.Neuter };
        var isWeak = german[0].EndsWith('*');
        var singular = german[0][4..].TrimEnd('*');
        return german[1] == "-"
            ? new Noun(singular, null, singular, gender, english[0], null, ReadKinds(row.Marks.Split(' ')))
            : new Noun(singular, german[1], isWeak ? german[1] : singular, gender, english[0], english.Length > 1 ? english[1] : english[0] + "s", ReadKinds(row.Marks.Split(' ')));
    }

    private static Verb ReadVerb((string German, string English, string Marks) row)
    {
        var marks = row.Marks.Split(' ').ToList();
        var withSein = marks.Remove("sein");
        var isReflexive = marks.Remove("sich");
        var isState = marks.Remove("state");
        var frame = marks[0] switch
        {
            "none" => Frame.Intransitive,
            "place" => Frame.Place,
            "direction" => Frame.Direction,
            "far" => Frame.FarDirection,
            "give" => Frame.Giving,
            _ => Frame.Object,
        };
        var plus = marks[0].IndexOf('+');
        return new Verb(
            GermanVerb.Of(row.German.Split(", "), withSein),
            EnglishVerb.Of(row.English.Split(", ")),
            frame,
            marks[0].EndsWith("dat", StringComparison.Ordinal) ? Case.Dative : Case.Accusative,
            plus < 0 ? "" : marks[0][..plus],
            ReadKinds(marks.Skip(1)),
            isReflexive,
            isState);
    }

    private static Adjective ReadAdjective((string German, string English, string Marks) row)
    {
        var german = row.German.Split(", ");
        var english = row.English.Split(", ");
        var forms = german[0].Split('/');
        var hasComparative = german[1] != "-";
        return new Adjective(
            forms[0],
            forms[^1],
            hasComparative ? german[1] : null,
            english[0],
            hasComparative ? (english.Length > 1 ? english[1] : "more " + english[0]) : null,
            ReadKinds(row.Marks.Split(' ')));
    }

    private static PlaceNoun ReadPlaceNoun((string German, string English, string Marks) row)
    {
        var prepositions = row.English.Split(", ");
        return new PlaceNoun(Nouns.Single(noun => noun.German == row.German), new Phrase(prepositions[0], prepositions[1]), row.Marks);
    }

    private static Kinds ReadKinds(IEnumerable<string> names) => names.Aggregate(Kinds.None, (kinds, name) => kinds | Enum.Parse<Kinds>(name));
}
