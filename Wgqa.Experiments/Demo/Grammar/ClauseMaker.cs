namespace Wgqa.Experiments.Demo;

/// <summary>Makes clauses: a verb, what it takes, and when, where and how.</summary>
internal sealed class ClauseMaker(Dice dice, NominalMaker nominals)
{
    /// <summary>A verb that cannot be missed: English <c>be</c>.</summary>
    public static Verb Be { get; } = new(GermanVerb.Sein, new EnglishVerb("be", "was", "been", "", ""), Frame.Intransitive, Case.Accusative, "", Kinds.None, false, true);

    private static readonly Verb Become = new(GermanVerb.Werden, new EnglishVerb("become", "became", "become", "", ""), Frame.Intransitive, Case.Accusative, "", Kinds.None, false, true);

    private static readonly Verb Have = new(
        GermanVerb.Haben, new EnglishVerb("have", "had", "had", "", ""), Frame.Object, Case.Accusative, "", Kinds.Animal | Kinds.Clothing | Kinds.Vehicle | Kinds.Portable | Kinds.Device, false, true);

    private static readonly Verb[] TransitiveVerbs = [.. Lexicon.Verbs.Where(verb => verb.IsTransitive)];
    private static readonly Verb[] ThingVerbs = [.. TransitiveVerbs.Where(verb => (verb.Objects & (Kinds.Person | Kinds.Profession)) == 0)];
    private static readonly Verb[] SimpleVerbs = [.. Lexicon.Verbs.Where(verb => verb is { IsReflexive: false, IsState: false, Frame: Frame.Object or Frame.Intransitive, German.WithSein: false })];
    private static readonly Verb[] EnduringVerbs = [.. Lexicon.Verbs.Where(verb => verb.German.Infinitive is "wohnen" or "arbeiten")];
    private static readonly ILookup<TimeKind, TimePhrase> Times = Lexicon.Times.ToLookup(time => time.Kind);
    private static readonly TimePhrase[] PastTimes = [.. Times[TimeKind.Past], .. Times[TimeKind.Any]];
    private static readonly TimePhrase[] PresentTimes = [.. Times[TimeKind.Habit], .. Times[TimeKind.Any]];
    private static readonly TimePhrase[] FutureTimes = [.. Times[TimeKind.Future]];
    private static readonly TimePhrase[] FutureOrAnyTimes = [.. Times[TimeKind.Future], .. Times[TimeKind.Any]];

    private static readonly (Phrase Unit, int Most)[] Units =
        [(new Phrase("Tagen", "days"), 12), (new Phrase("Wochen", "weeks"), 12), (new Phrase("Monaten", "months"), 11), (new Phrase("Jahren", "years"), 60)];

    /// <summary>A clause that stands alone: of any tense, about anyone.</summary>
    public Clause Any() => dice.Between(1, 100) switch
    {
        <= 12 => State(dice.Chance(55) ? nominals.Subject() : null),
        <= 20 => Possession(nominals.Subject()),
        _ => Action(nominals.Subject(), AnyTense()),
    };

    /// <summary>Someone does something.</summary>
    public Clause Action(Nominal subject, Tense tense, bool timeFirst = true)
    {
        var verb = dice.Pick(Lexicon.Verbs);
        while (verb.IsState && tense is Tense.Progressive or Tense.Already or Tense.NotYet)
        {
            verb = dice.Pick(Lexicon.Verbs);
        }

        return Action(subject, verb, tense, timeFirst);
    }

    /// <summary>Someone does this.</summary>
    public Clause Action(Nominal subject, Verb verb, Tense tense, bool timeFirst = true)
    {
        tense = (tense, subject) switch
        {
            (Tense.Preterite, { Person: 2 }) => Tense.Perfect, // nobody says du lasest
            (Tense.NotYet, { CanBeDenied: false }) => Tense.Perfect,
            _ => tense,
        };
        var clause = new Clause(subject, verb, tense);
        if (!verb.IsState && tense is Tense.Present or Tense.Preterite && dice.Chance(22))
        {
            var modal = dice.Pick(Modal.All);
            clause = clause with { Modal = tense == Tense.Present || modal.HasPast ? modal : null };
        }

        var denied = tense == Tense.NotYet || (subject.CanBeDenied && tense is not (Tense.Already or Tense.Progressive) && dice.Chance(14));
        clause = WithObjects(clause, kein: denied && tense != Tense.NotYet, pronouns: true);
        if (denied && CanBeDenied(clause))
        {
            clause = clause with { IsNegated = true };
        }
        else if (tense == Tense.NotYet)
        {
            clause = clause with { Tense = Tense.Perfect };
        }

        return WithCircumstances(WithTime(clause, timeFirst));
    }

    /// <summary>Adds what the verb takes.</summary>
    /// <param name="clause">The clause so far.</param>
    /// <param name="kein">Whether an object may be no book, not any books.</param>
    /// <param name="pronouns">Whether it may be a pronoun.</param>
    public Clause WithObjects(Clause clause, bool kein, bool pronouns)
    {
        var verb = clause.Verb;
        return verb.Frame switch
        {
            Frame.Object => clause with { Object = nominals.Object(verb.Objects, clause.Subject, kein && verb.IsTransitive, pronouns && verb.IsTransitive) },
            Frame.Giving => clause with { Recipient = nominals.Recipient(clause.Subject), Object = nominals.Object(verb.Objects, clause.Subject) },
            Frame.Place => clause with { Where = nominals.Place() },
            Frame.Direction => clause with { Where = nominals.Direction() },
            Frame.FarDirection => clause with { Where = dice.Pick(Lexicon.FarDirections), Means = verb.German.Base == "reisen" && dice.Chance(50) ? dice.Pick(Lexicon.Means) : null },
            _ => clause,
        };
    }

    /// <summary>Someone is something: happy, a doctor, in the garden, twelve years old.</summary>
    /// <param name="who">The subject; null for a thing.</param>
    /// <param name="tense">The tense; null for present, past or future.</param>
    public Clause State(Nominal? who, Tense? tense = null)
    {
        var subject = who ?? nominals.Topic(Kinds.Clothing | Kinds.Vehicle | Kinds.Portable | Kinds.Furniture | Kinds.Building | Kinds.Text | Kinds.Food | Kinds.Show | Kinds.Room | Kinds.Matter);
        var chosen = tense ?? (dice.Chance(60) ? Tense.Present : dice.Chance(70) ? Tense.Preterite : Tense.Future);
        var negated = subject.CanBeDenied && dice.Chance(12);
        var clause = new Clause(subject, Be, chosen) { IsNegated = negated };
        var isPerson = subject is not NounPhrase { Noun.Kinds: var kinds } || (kinds & Kinds.Person) != 0;
        if (isPerson && dice.Chance(30))
        {
            return clause with { Where = nominals.Place(), Time = chosen == Tense.Preterite && dice.Chance(50) ? dice.Pick(PastTimes) : null };
        }

        if (isPerson && !subject.IsPlural && !negated && dice.Chance(20))
        {
            var age = dice.Between(2, 99);
            return clause with { Complement = new Phrase(Numerals.German(age) + " Jahre alt", Numerals.English(age) + " years old") };
        }

        if (subject is { IsPlural: false, Person: 3 } && HasProfession(subject) && !negated && dice.Chance(25))
        {
            return clause with { Complement = Profession(subject.Gender) };
        }

        var noun = (subject as NounPhrase)?.Noun;
        var adjective = noun is null ? dice.Pick(Lexicon.AdjectivesOf(Kinds.Person)) : nominals.AdjectiveFor(noun);
        if (adjective is null)
        {
            return clause with { Complement = new Phrase("hier", "here") };
        }

        var changes = isPerson && !negated && chosen != Tense.Future && dice.Chance(15);
        var degree = negated || changes || adjective.GermanComparative is null ? new Phrase("", "") : dice.Between(1, 10) switch
        {
            <= 2 => new Phrase("sehr ", "very "),
            3 => new Phrase("zu ", "too "),
            4 => new Phrase("ziemlich ", "rather "),
            _ => new Phrase("", ""),
        };
        var complement = new Phrase(degree.German + adjective.German, degree.English + adjective.English);
        return clause with { Verb = changes ? Become : Be, Complement = complement };
    }

    /// <summary>Someone has something.</summary>
    public Clause Possession(Nominal subject, Tense? tense = null)
    {
        var negated = subject.CanBeDenied && dice.Chance(25);
        var thing = nominals.Thing(dice.Pick(Lexicon.NounsOf(nominals.Kind(Have.Objects))), null, negated);
        var determiner = thing.IsPlural || thing.Determiner != Determiner.Definite ? thing.Determiner : Determiner.Indefinite;
        return new Clause(subject, Have, tense ?? (dice.Chance(75) ? Tense.Present : Tense.Preterite))
        {
            Object = thing with { Determiner = negated ? Determiner.Negative : determiner },
            IsNegated = negated,
        };
    }

    /// <summary>Something is done.</summary>
    public Clause Passive()
    {
        var verb = dice.Pick(ThingVerbs);
        while (verb.IsState)
        {
            verb = dice.Pick(ThingVerbs);
        }

        var tense = dice.Chance(50) ? Tense.Present : Tense.Preterite;
        var clause = new Clause(nominals.Topic(verb.Objects), verb, tense)
        {
            IsPassive = true,
            Agent = dice.Chance(55) ? nominals.PersonObject(null) : null,
            Modal = dice.Chance(30) ? Modal.All[dice.Between(0, 1)] : null,
            IsNegated = dice.Chance(12),
        };
        clause = WithTime(clause, timeFirst: true);
        return clause.Time is { Kind: TimeKind.Future } ? clause with { Time = null } : clause;
    }

    /// <summary>Someone has done something for some time.</summary>
    public Clause Enduring()
    {
        var clause = new Clause(nominals.Subject(), dice.Pick(EnduringVerbs), Tense.Since) { Where = nominals.Place() };
        var (unit, most) = dice.Pick(Units);
        var number = dice.Between(2, most);
        return clause with
        {
            Duration = new Phrase($"seit {Numerals.German(number)} {unit.German}", $"for {Numerals.English(number)} {unit.English}"),
        };
    }

    /// <summary>What someone does in order to: a verb with its object, without a subject's own features.</summary>
    public Clause Purpose(Nominal subject)
    {
        var clause = new Clause(subject, dice.Pick(SimpleVerbs), Tense.Present);
        return WithObjects(clause, kein: false, pronouns: false);
    }

    /// <summary>A transitive verb and its thing.</summary>
    public Clause Transitive(Nominal subject, Tense tense) => new(subject, dice.Pick(ThingVerbs), tense);

    /// <summary>Present, past or to come, in all the ways that German has.</summary>
    public Tense AnyTense() => dice.Between(1, 100) switch
    {
        <= 32 => Tense.Present,
        <= 50 => Tense.Preterite,
        <= 72 => Tense.Perfect,
        <= 81 => Tense.Future,
        <= 89 => Tense.Progressive,
        <= 95 => Tense.Already,
        _ => Tense.NotYet,
    };

    /// <summary>A time that goes with the tense, perhaps before all else.</summary>
    public Clause WithTime(Clause clause, bool timeFirst)
    {
        if (clause.Tense is Tense.Progressive or Tense.Already or Tense.NotYet or Tense.Since || !dice.Chance(48))
        {
            return clause;
        }

        var time = clause.Tense switch
        {
            Tense.Preterite or Tense.Perfect => dice.Chance(25) ? Ago() : dice.Pick(PastTimes),
            Tense.Future => dice.Chance(20) ? Ahead() : dice.Pick(FutureOrAnyTimes),
            _ when clause.Modal is not null => dice.Pick(FutureOrAnyTimes),
            _ => dice.Chance(25) ? dice.Pick(FutureTimes) : dice.Chance(25) ? OClock() : dice.Pick(PresentTimes),
        };
        return clause with { Time = time, TimeIsFirst = timeFirst && dice.Chance(40) };
    }

    /// <summary>How often, how, with whom, why and where, a few of them at most.</summary>
    public Clause WithCircumstances(Clause clause)
    {
        if (clause is { Verb.IsState: false, IsNegated: false, Modal: null } && dice.Chance(13) && clause.Tense is Tense.Present or Tense.Preterite
            && clause.Time is null or { Kind: TimeKind.Any } && clause.Subject.CanBeDenied)
        {
            clause = clause with { Frequency = dice.Pick(Lexicon.Frequencies) };
        }
        else if (clause is { Tense: Tense.Present, Modal: null, IsNegated: false, Verb.IsState: false, Time: null }
            && clause.Object is null or NounPhrase { Noun.IsMass: true } && clause.Verb.Frame is Frame.Intransitive or Frame.Object && clause.Verb.Preposition.Length == 0
            && clause.Verb is { IsReflexive: false, ObjectCase: Case.Accusative } && dice.Chance(45))
        {
            clause = clause with { Gladly = true };
        }

        var room = 2 - (clause.Time is null ? 0 : 1) - (clause.Recipient is null ? 0 : 1);
        if (clause.Verb.Frame is Frame.Object or Frame.Intransitive && !clause.Verb.German.WithSein && room > 0 && dice.Chance(38))
        {
            clause = clause with { Where = nominals.Place() };
            room--;
        }

        if (clause.Verb is { IsState: false, Preposition: "", ObjectCase: Case.Accusative, Frame: not Frame.Giving } && room > 0 && dice.Chance(18))
        {
            clause = clause with { Company = nominals.Company(clause.Subject, clause.Verb.IsTransitive) };
            room--;
        }

        if (!clause.Verb.IsState && !clause.IsNegated && clause.Verb.Frame is Frame.Object or Frame.Intransitive or Frame.Direction && room > 0 && dice.Chance(14))
        {
            var manner = dice.Pick(Lexicon.Manners);
            clause = manner.German == "zusammen" && !clause.Subject.IsPlural ? clause : clause with { Manner = manner };
            room--;
        }

        return room > 0 && clause.Tense is Tense.Preterite or Tense.Perfect && dice.Chance(10) ? clause with { Reason = dice.Pick(Lexicon.Reasons) } : clause;
    }

    // Negation before anything but a definite object would be kein, or about the number.
    private static bool CanBeDenied(Clause clause) => clause.Object is not NounPhrase phrase
        || phrase.Determiner == Determiner.Definite || phrase.Determiner == Determiner.This || phrase.Determiner == Determiner.Negative;

    private static bool HasProfession(Nominal subject) =>
        subject is NamedPerson || (subject is NounPhrase phrase && (phrase.Noun.Kinds & (Kinds.Relation | Kinds.Profession)) == Kinds.Relation);

    // German has no article before a profession.
    private Phrase Profession(Gender gender)
    {
        var noun = dice.Pick(Lexicon.NounsOf(Kinds.Profession));
        while (noun.Gender != gender)
        {
            noun = dice.Pick(Lexicon.NounsOf(Kinds.Profession));
        }

        var phrase = nominals.Render(new NounPhrase(noun, false, Determiner.Indefinite), Case.Nominative);
        return phrase with { German = noun.German };
    }

    private TimePhrase Ago()
    {
        if (dice.Chance(30))
        {
            var year = dice.Between(1900, 2024);
            return new TimePhrase($"im Jahr {year}", $"in {year}", TimeKind.Past);
        }

        var (unit, most) = dice.Pick(Units);
        var number = dice.Between(2, most);
        return new TimePhrase($"vor {Numerals.German(number)} {unit.German}", $"{Numerals.English(number)} {unit.English} ago", TimeKind.Past);
    }

    private TimePhrase Ahead()
    {
        var (unit, most) = dice.Pick(Units);
        var number = dice.Between(2, most);
        return new TimePhrase($"in {Numerals.German(number)} {unit.German}", $"in {Numerals.English(number)} {unit.English}", TimeKind.Future);
    }

    private TimePhrase OClock()
    {
        var hour = dice.Between(2, 12);
        return dice.Between(1, 4) switch
        {
            // German counts towards the next hour: halb drei is half past two.
            1 => new TimePhrase($"um halb {Numerals.German(hour)}", $"at half past {Numerals.English(hour - 1)}", TimeKind.Any),
            2 => new TimePhrase($"um Viertel nach {Numerals.German(hour)}", $"at a quarter past {Numerals.English(hour)}", TimeKind.Any),
            3 => new TimePhrase($"um Viertel vor {Numerals.German(hour)}", $"at a quarter to {Numerals.English(hour)}", TimeKind.Any),
            _ => new TimePhrase($"um {Numerals.German(hour)} Uhr", $"at {Numerals.English(hour)} o'clock", TimeKind.Any),
        };
    }
}
