using System.Numerics;

namespace Wgqa.Experiments.Demo;

/// <summary>Makes people, things and places for a clause.</summary>
internal sealed class NominalMaker(Dice dice)
{
    private static readonly Pronoun[] Personal = [Pronoun.I, Pronoun.You, Pronoun.He, Pronoun.She, Pronoun.We, Pronoun.YouAll, Pronoun.They];
    private static readonly Pronoun[] Indefinite = [Pronoun.Someone, Pronoun.Nobody, Pronoun.Everyone];
    private static readonly Pronoun[] Objects = [Pronoun.I, Pronoun.You, Pronoun.He, Pronoun.We, Pronoun.YouAll];
    private static readonly Phrase[] Companions = [new("mit", "with"), new("ohne", "without"), new("für", "for")];
    private static readonly Phrase[] Besides = [new("vor", "in front of"), new("hinter", "behind"), new("neben", "next to")];

    private readonly TextBuilder _text = new();

    /// <summary>Who does something.</summary>
    public Nominal Subject() => dice.Between(1, 100) switch
    {
        <= 28 => dice.Pick(Personal),
        <= 42 => Named(),
        <= 49 => Two(),
        <= 52 => dice.Pick(Indefinite),
        _ => Person(),
    };

    /// <summary>Who does something, in the third person and of a gender that a pronoun can take up.</summary>
    public Nominal ThirdPersonSubject()
    {
        while (true)
        {
            var subject = dice.Chance(30) ? Named() : dice.Chance(12) ? Two() : Person();
            if (subject.Person == 3 && subject.CanBeTakenUp)
            {
                return subject;
            }
        }
    }

    /// <summary>Someone by a noun.</summary>
    public NounPhrase Person()
    {
        var noun = dice.Pick(Lexicon.NounsOf(Kinds.Person));
        var plural = dice.Chance(22);
        var mine = (noun.Kinds & Kinds.Relation) != 0 && dice.Chance(45);
        var determiner = mine ? Possessive() : dice.Between(1, 100) switch
        {
            <= 68 => Determiner.Definite,
            <= 84 => plural ? Count() : Determiner.Indefinite,
            <= 94 => Determiner.This,
            _ => plural ? Determiner.All : Determiner.Every,
        };
        return new NounPhrase(noun, plural, determiner) { Adjectives = Adjectives(noun, 25) };
    }

    /// <summary>Someone that something is done to, with or for.</summary>
    public Nominal PersonObject(Nominal? subject) => dice.Between(1, 100) switch
    {
        <= 20 => Named(),
        <= 40 when subject is not null && Owned(dice.Pick(Lexicon.NounsOf(Kinds.Relation)), subject, false) is { } owned => owned,
        _ => Person(),
    };

    /// <summary>A person in the dative, perhaps a pronoun other than the subject.</summary>
    public Nominal Recipient(Nominal subject)
    {
        var pronoun = dice.Pick(Personal);
        return dice.Chance(30) && Differs(pronoun, subject) ? pronoun : PersonObject(subject);
    }

    /// <summary>What something is done to, of one of some kinds.</summary>
    /// <param name="kinds">The kinds to choose from.</param>
    /// <param name="subject">Who does it: what is his, hers or theirs.</param>
    /// <param name="negated">Whether it may be no book, not any books.</param>
    /// <param name="pronouns">Whether it may be a personal pronoun.</param>
    public Nominal Object(Kinds kinds, Nominal? subject, bool negated = false, bool pronouns = false)
    {
        if (pronouns && (kinds & Kinds.Person) != 0 && subject is not null && dice.Chance(20) && dice.Pick(Objects) is var pronoun && Differs(pronoun, subject))
        {
            return pronoun;
        }

        var kind = Kind(kinds);
        return kind == Kinds.Person ? PersonObject(subject) : Thing(dice.Pick(Lexicon.NounsOf(kind)), subject, negated);
    }

    /// <summary>A thing.</summary>
    public NounPhrase Thing(Noun noun, Nominal? owner, bool negated = false)
    {
        var adjectives = Adjectives(noun, 32);
        if (noun.IsMass)
        {
            var bare = negated ? Determiner.Negative : Determiner.Bare;
            return new NounPhrase(noun, false, dice.Chance(60) ? bare : Determiner.Definite) { Adjectives = adjectives };
        }

        var plural = dice.Chance(30);
        if (owner is not null && dice.Chance(18) && Owned(noun, owner, plural) is { } owned)
        {
            return owned with { Adjectives = adjectives };
        }

        if (dice.Chance(5) && dice.Pick(Lexicon.Names) is { HasGenitive: true } name)
        {
            return new NounPhrase(noun, plural, Determiner.Of(name)) { Adjectives = adjectives };
        }

        var determiner = dice.Between(1, 100) switch
        {
            <= 42 => Determiner.Definite,
            <= 84 => negated ? Determiner.Negative : plural ? Count() : Determiner.Indefinite,
            <= 94 => Determiner.This,
            _ => plural ? Determiner.All : Determiner.Definite,
        };
        return new NounPhrase(noun, plural, determiner) { Adjectives = adjectives };
    }

    /// <summary>A thing or person with a definite determiner, for what a sentence is about.</summary>
    public NounPhrase Topic(Kinds kinds)
    {
        var noun = dice.Pick(Lexicon.NounsOf(Kind(kinds)));
        var plural = !noun.IsMass && dice.Chance(25);
        var determiner = dice.Chance(70) ? Determiner.Definite
            : dice.Chance(50) && (noun.Kinds & (Kinds.Relation | Kinds.Portable | Kinds.Clothing | Kinds.Vehicle)) != 0 ? Possessive()
            : Determiner.This;
        return new NounPhrase(noun, plural, determiner);
    }

    /// <summary>An adjective that can be said of a noun, or null.</summary>
    public Adjective? AdjectiveFor(Noun noun, bool comparable = false)
    {
        var fitting = comparable ? Lexicon.ComparableOf(noun.Kinds) : Lexicon.AdjectivesOf(noun.Kinds);
        return fitting.Length == 0 ? null : dice.Pick(fitting);
    }

    /// <summary>Where something happens.</summary>
    public Phrase Place()
    {
        if (dice.Chance(30))
        {
            return dice.Pick(Lexicon.Places);
        }

        if (dice.Chance(20))
        {
            var building = PlaceNoun(dice.Pick(Lexicon.NounsOf(Kinds.Building)));
            return Render(dice.Pick(Besides), building, Case.Dative);
        }

        var place = dice.Pick(Lexicon.PlaceNouns);
        return Render(place.In, PlaceNoun(place.Noun), Case.Dative);
    }

    /// <summary>Where someone goes.</summary>
    public Phrase Direction()
    {
        if (dice.Chance(45))
        {
            return dice.Pick(Lexicon.Directions);
        }

        var place = dice.Pick(Lexicon.PlaceNouns);
        return Render(new Phrase(place.To, "to"), PlaceNoun(place.Noun), place.To == "zu" ? Case.Dative : Case.Accusative);
    }

    /// <summary>With or without whom, and for whom, where it is something that one can do for someone.</summary>
    public Phrase Company(Nominal subject, bool isFavour)
    {
        var preposition = Companions[dice.Between(0, isFavour ? 2 : 1)];
        return Render(preposition, PersonObject(subject), preposition.German == "mit" ? Case.Dative : Case.Accusative);
    }

    /// <summary>A preposition and a noun as a phrase.</summary>
    public Phrase Render(Phrase preposition, Nominal nominal, Case @case)
    {
        Prepositional.German(_text, preposition.German, nominal, @case);
        var german = _text.Take();
        _text.Add(preposition.English);
        nominal.English(_text, isSubject: false);
        return new Phrase(german, _text.Take());
    }

    /// <summary>A noun as a phrase, such as what someone is.</summary>
    public Phrase Render(Nominal nominal, Case @case)
    {
        nominal.German(_text, @case);
        var german = _text.Take();
        nominal.English(_text, isSubject: false);
        return new Phrase(german, _text.Take());
    }

    /// <summary>A name.</summary>
    public Nominal Named() => new NamedPerson(dice.Pick(Lexicon.Names));

    /// <summary>A possessive of anyone but the third person, who would have to be known.</summary>
    public Determiner Possessive() => Determiner.Of(dice.Between(1, 2), dice.Chance(35), Gender.Masculine);

    /// <summary>One kind out of several, each as likely.</summary>
    public Kinds Kind(Kinds kinds)
    {
        var bits = (uint)kinds;
        for (var skip = dice.Between(0, BitOperations.PopCount(bits) - 1); skip > 0; skip--)
        {
            bits &= bits - 1;
        }

        return (Kinds)(1u << BitOperations.TrailingZeroCount(bits));
    }

    // What is the subject's own: his, her, their, my.
    private static NounPhrase? Owned(Noun noun, Nominal owner, bool plural) => owner.CanBeTakenUp
        ? new NounPhrase(noun, plural && !noun.IsMass, Determiner.Of(owner.Person, owner.IsPlural, owner.Gender))
        : null;

    private static bool Differs(Pronoun pronoun, Nominal subject) => pronoun.Person != subject.Person && subject is not Couple;

    private Couple Two()
    {
        var first = Named();
        var second = Named();
        while (second == first)
        {
            second = Named();
        }

        return dice.Between(1, 3) switch
        {
            1 => new Couple(first, second),
            2 => new Couple(first, Pronoun.I),
            _ => new Couple(new NounPhrase(dice.Pick(Lexicon.NounsOf(Kinds.Relation)), false, Possessive()), dice.Chance(50) ? first : Pronoun.I),
        };
    }

    private NounPhrase PlaceNoun(Noun noun) => new(noun, false, dice.Chance(85) ? Determiner.Definite : dice.Chance(50) ? Determiner.Indefinite : Determiner.This)
    {
        Adjectives = Adjectives(noun, 25),
    };

    private Determiner Count() => dice.Between(1, 100) switch
    {
        <= 45 => Determiner.Number(dice.Between(2, 12)),
        <= 60 => Determiner.Number(dice.Between(13, 100)),
        <= 75 => Determiner.Digits(dice.Between(13, 99)),
        <= 88 => Determiner.Many,
        _ => Determiner.Some,
    };

    private Adjective[] Adjectives(Noun noun, int percent)
    {
        if (!dice.Chance(percent) || AdjectiveFor(noun) is not { } first)
        {
            return [];
        }

        // A colour goes last and without a comma in both languages.
        return dice.Chance(40) && AdjectiveFor(noun) is { IsColour: true } second && !first.IsColour ? [first, second] : [first];
    }
}
