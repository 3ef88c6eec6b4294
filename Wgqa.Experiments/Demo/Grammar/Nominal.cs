namespace Wgqa.Experiments.Demo;

/// <summary>Someone or something: a pronoun, a name, a noun with what belongs to it, or two of them.</summary>
internal abstract record Nominal(int Person, bool IsPlural, Gender Gender)
{
    /// <summary>Adds the German words in a case.</summary>
    public abstract void German(TextBuilder text, Case @case);

    /// <summary>Adds the English words, as a subject or not.</summary>
    public abstract void English(TextBuilder text, bool isSubject);

    /// <summary>Whether it goes before all else in a German clause, and before an English particle.</summary>
    public virtual bool IsPronoun => false;

    /// <summary>Whether it can be said not to do something: with everyone and nobody that would be unclear.</summary>
    public virtual bool CanBeDenied => true;

    /// <summary>Whether it can be taken up by er or sie, sein or ihr. Grammatical and natural gender differ for das Kind.</summary>
    public virtual bool CanBeTakenUp => IsPlural || Gender != Gender.Neuter;
}

/// <summary>A pronoun with its forms.</summary>
internal sealed record Pronoun(int Person, bool IsPlural, Gender Gender, string Nominative, string Accusative, string Dative, string EnglishSubject, string EnglishObject)
    : Nominal(Person, IsPlural, Gender)
{
    public static Pronoun I { get; } = new(1, false, Gender.Masculine, "ich", "mich", "mir", "I", "me");

    public static Pronoun You { get; } = new(2, false, Gender.Masculine, "du", "dich", "dir", "you", "you");

    public static Pronoun He { get; } = new(3, false, Gender.Masculine, "er", "ihn", "ihm", "he", "him");

    public static Pronoun She { get; } = new(3, false, Gender.Feminine, "sie", "sie", "ihr", "she", "her");

    public static Pronoun We { get; } = new(1, true, Gender.Masculine, "wir", "uns", "uns", "we", "us");

    public static Pronoun YouAll { get; } = new(2, true, Gender.Masculine, "ihr", "euch", "euch", "you", "you");

    public static Pronoun They { get; } = new(3, true, Gender.Masculine, "sie", "sie", "ihnen", "they", "them");

    public static Pronoun Someone { get; } = new(3, false, Gender.Masculine, "jemand", "jemanden", "jemandem", "someone", "someone") { Indefinite = true };

    public static Pronoun Nobody { get; } = new(3, false, Gender.Masculine, "niemand", "niemanden", "niemandem", "nobody", "nobody") { Indefinite = true };

    public static Pronoun Everyone { get; } = new(3, false, Gender.Masculine, "jeder", "jeden", "jedem", "everyone", "everyone") { Indefinite = true };

    public static Pronoun Who { get; } = new(3, false, Gender.Masculine, "wer", "wen", "wem", "who", "who") { Indefinite = true };

    /// <summary>Someone of no certain gender: neither sein nor er refers to it here.</summary>
    public bool Indefinite { get; init; }

    public override bool IsPronoun => !Indefinite;

    public override bool CanBeTakenUp => !Indefinite;

    public override bool CanBeDenied => !Indefinite;

    /// <summary>The pronoun for a thing, by its gender in German; English has <c>it</c> or <c>them</c>.</summary>
    public static Pronoun ForThing(Noun noun, bool plural) => plural ? They : noun.Gender switch
    {
        Gender.Masculine => He with { EnglishSubject = "it", EnglishObject = "it" },
        Gender.Feminine => She with { EnglishSubject = "it", EnglishObject = "it" },
        _ => new Pronoun(3, false, Gender.Neuter, "es", "es", "ihm", "it", "it"),
    };

    /// <summary>The pronoun that takes up a person.</summary>
    public static Pronoun For(Nominal person) => (person.Person, person.IsPlural, person.Gender) switch
    {
        (1, false, _) => I,
        (1, true, _) => We,
        (2, false, _) => You,
        (2, true, _) => YouAll,
        (_, true, _) => They,
        (_, _, Gender.Feminine) => She,
        _ => He,
    };

    public override void German(TextBuilder text, Case @case) =>
        text.Add(@case switch { Case.Nominative => Nominative, Case.Accusative => Accusative, _ => Dative });

    public override void English(TextBuilder text, bool isSubject) => text.Add(isSubject ? EnglishSubject : EnglishObject);
}

/// <summary>Someone by name.</summary>
internal sealed record NamedPerson(GivenName Name) : Nominal(3, false, Name.Gender)
{
    public override void German(TextBuilder text, Case @case) => text.Add(Name.Text);

    public override void English(TextBuilder text, bool isSubject) => text.Add(Name.Text);
}

/// <summary>Two together, with <c>und</c>.</summary>
internal sealed record Couple(Nominal First, Nominal Second)
    : Nominal(Math.Min(First.Person, Second.Person), true, Gender.Masculine)
{
    public override void German(TextBuilder text, Case @case)
    {
        First.German(text, @case);
        text.Add("und");
        Second.German(text, @case);
    }

    public override void English(TextBuilder text, bool isSubject)
    {
        First.English(text, isSubject);
        text.Add("and");
        Second.English(text, isSubject);
    }
}

/// <summary>A noun with its determiner, adjectives and relative clause.</summary>
internal sealed record NounPhrase(Noun Noun, bool IsPlural, Determiner Determiner) : Nominal(3, IsPlural, Noun.Gender)
{
    /// <summary>None, one or two, in the same order in both languages.</summary>
    public IReadOnlyList<Adjective> Adjectives { get; init; } = [];

    /// <summary>A clause that follows between commas.</summary>
    public RelativeClause? Relative { get; init; }

    /// <summary>Leaves the article out: a contracted preposition has it.</summary>
    public void GermanWithoutArticle(TextBuilder text, Case @case)
    {
        foreach (var adjective in Adjectives)
        {
            text.Add(adjective.Stem + Determiner.AdjectiveEnding(Gender, @case, IsPlural));
        }

        text.Add(Noun.Form(@case, IsPlural));
        Relative?.German(text, this);
    }

    public override void German(TextBuilder text, Case @case)
    {
        text.Add(Determiner.German(Gender, @case, IsPlural));
        GermanWithoutArticle(text, @case);
    }

    public override void English(TextBuilder text, bool isSubject)
    {
        Determiner.English(text, IsPlural, Noun.IsMass);
        foreach (var adjective in Adjectives)
        {
            text.Add(adjective.English);
        }

        text.Add(IsPlural ? Noun.EnglishPlural! : Noun.English);
        Relative?.English(text, this);
    }
}

/// <summary>A preposition and what follows it.</summary>
internal static class Prepositional
{
    /// <summary>Adds the German words; <c>in dem</c> is <c>im</c>, <c>zu der</c> is <c>zur</c>, and so on.</summary>
    public static void German(TextBuilder text, string preposition, Nominal nominal, Case @case)
    {
        if (nominal is NounPhrase { IsPlural: false } phrase && phrase.Determiner == Determiner.Definite
            && Contraction(preposition, phrase.Determiner.German(phrase.Gender, @case, false)) is { } contracted)
        {
            text.Add(contracted);
            phrase.GermanWithoutArticle(text, @case);
            return;
        }

        text.Add(preposition);
        nominal.German(text, @case);
    }

    private static string? Contraction(string preposition, string article) => (preposition, article) switch
    {
        ("in", "dem") => "im",
        ("an", "dem") => "am",
        ("von", "dem") => "vom",
        ("zu", "dem") => "zum",
        ("zu", "der") => "zur",
        ("bei", "dem") => "beim",
        ("in", "das") => "ins",
        ("an", "das") => "ans",
        _ => null,
    };
}
