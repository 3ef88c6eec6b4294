namespace Wgqa.Experiments.Demo;

/// <summary>A noun's gender, which its article, adjectives and pronouns follow.</summary>
internal enum Gender
{
    Masculine,
    Feminine,
    Neuter,
}

/// <summary>The cases that the grammar forms; genitives are only in fixed phrases.</summary>
public enum Case
{
    Nominative,
    Accusative,
    Dative,
}

/// <summary>What a noun means, as far as verbs and adjectives choose by it.</summary>
[Flags]
internal enum Kinds
{
    None = 0,
    Person = 1 << 0,
    Relation = 1 << 1,
    Profession = 1 << 2,
    Animal = 1 << 3,
    Text = 1 << 4,
    Story = 1 << 5,
    Food = 1 << 6,
    Dish = 1 << 7,
    Baked = 1 << 8,
    Drink = 1 << 9,
    Clothing = 1 << 10,
    Vehicle = 1 << 11,
    Transport = 1 << 12,
    Device = 1 << 13,
    Portable = 1 << 14,
    Furniture = 1 << 15,
    Opening = 1 << 16,
    Building = 1 << 17,
    Outdoors = 1 << 18,
    Room = 1 << 19,
    Matter = 1 << 20,
    Show = 1 << 21,
    Trip = 1 << 22,
    Music = 1 << 23,
    Query = 1 << 24,
    Puzzle = 1 << 25,
}

/// <summary>A phrase that is always said so.</summary>
internal sealed record Phrase(string German, string English);

/// <summary>When something happens, which restricts the tense.</summary>
internal enum TimeKind
{
    Past,
    Future,
    Habit,
    Any,
}

/// <summary>A phrase of time.</summary>
internal sealed record TimePhrase(string German, string English, TimeKind Kind);

/// <summary>A name; possessives and pronouns follow its gender.</summary>
internal sealed record GivenName(string Text, Gender Gender)
{
    /// <summary>Names that end in an s sound have an apostrophe for a genitive, which is not used.</summary>
    public bool HasGenitive => Text[^1] is not ('s' or 'x' or 'z');
}

/// <summary>A noun with its forms.</summary>
/// <param name="German">Nominative singular.</param>
/// <param name="GermanPlural">Nominative plural; null for a mass noun.</param>
/// <param name="Oblique">Accusative and dative singular.</param>
/// <param name="Gender">Its gender.</param>
/// <param name="English">Singular.</param>
/// <param name="EnglishPlural">Plural; null for a mass noun.</param>
/// <param name="Kinds">What it means.</param>
internal sealed record Noun(string German, string? GermanPlural, string Oblique, Gender Gender, string English, string? EnglishPlural, Kinds Kinds)
{
    /// <summary>True of bread and water: no plural, no indefinite article.</summary>
    public bool IsMass => GermanPlural is null;

    /// <summary>The form for a case; only the dative plural adds an -n, where there is none.</summary>
    public string Form(Case @case, bool plural) => (plural, @case) switch
    {
        (false, Case.Nominative) => German,
        (false, _) => Oblique,
        (true, Case.Dative) when GermanPlural![^1] is not ('n' or 's') => GermanPlural + "n",
        _ => GermanPlural!,
    };
}

/// <summary>An adjective.</summary>
/// <param name="German">As a predicate.</param>
/// <param name="Stem">What endings are put to.</param>
/// <param name="GermanComparative">The comparative; null where it is not used.</param>
/// <param name="English">The English word.</param>
/// <param name="EnglishComparative">The comparative, with <c>more</c> where it has one; null likewise.</param>
/// <param name="Kinds">What it can be said of.</param>
internal sealed record Adjective(string German, string Stem, string? GermanComparative, string English, string? EnglishComparative, Kinds Kinds)
{
    private static readonly string[] Colours = ["rot", "blau", "grün", "gelb", "schwarz", "weiß", "grau", "braun"];

    /// <summary>Whether it is a colour.</summary>
    public bool IsColour { get; } = Colours.Contains(German);
}

/// <summary>A place's noun with the prepositions that it takes.</summary>
/// <param name="Noun">The noun.</param>
/// <param name="In">In both languages, where something is; the German one with the dative.</param>
/// <param name="To">The German one, where someone goes: <c>zu</c> with the dative, others with the accusative.</param>
internal sealed record PlaceNoun(Noun Noun, Phrase In, string To);
