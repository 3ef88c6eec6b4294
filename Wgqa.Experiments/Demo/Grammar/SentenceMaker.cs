using Wgqa.Data;

namespace Wgqa.Experiments.Demo;

/// <summary>Makes one sentence in both languages.</summary>
internal sealed class SentenceMaker
{
    private static readonly Phrase[] because = [new("weil", "because"), new("obwohl", "although"), new("wenn", "if"), new("bevor", "before"), new("während", "while"), new("sobald", "as soon as")];
    private static readonly Phrase[] coordinators = [new("und", "and"), new("aber", "but"), new("denn", "for")];
    private static readonly Phrase[] adverbs = [new("deshalb", "so"), new("trotzdem", "nevertheless")];

    // Verbs with dass, in the present and the past.
    private static readonly Verb[] saying =
    [
        Saying(["sagen"], ["say", "said", "said"]),
        Saying(["glauben"], ["think", "thought", "thought"]),
        Saying(["wissen", "weiß", "wusste", "gewusst"], ["know", "knew", "known"]),
        Saying(["hoffen"], ["hope"]),
        Saying(["hören"], ["hear", "heard", "heard"]),
        Saying(["erzählen"], ["tell everyone", "told", "told"]),
        Saying(["vergessen", "vergisst", "vergaß", "vergessen"], ["forget", "forgot", "forgotten"]),
    ];

    private static readonly Verb[] asking =
    [
        Saying(["fragen"], ["ask"]),
        Saying(["überlegen"], ["consider"]),
    ];

    private static readonly Phrase[] questionWords = [new("wann", "when"), new("warum", "why"), new("wie oft", "how often")];

    private readonly Dice dice = new();
    private readonly NominalMaker nominals;
    private readonly ClauseMaker clauses;
    private readonly TextBuilder german = new();
    private readonly TextBuilder english = new();
    private char end = '.';

    public SentenceMaker()
    {
        nominals = new NominalMaker(dice);
        clauses = new ClauseMaker(dice, nominals);
    }

    /// <summary>The sentence of two seeds.</summary>
    public TextPair Make(ulong seed, ulong index)
    {
        dice.Begin(seed, index);
        end = '.';
        Make();
        return new TextPair(german.TakeSentence(end), english.TakeSentence(end));
    }

    private static Verb Saying(string[] german, string[] english)
    {
        var verb = GermanVerb.Of(german, withSein: false);
        return new Verb(
            german[0] == "wissen" ? verb with { First = "weiß", Second = "weißt" } : verb,
            EnglishVerb.Of(english),
            Frame.Intransitive, Case.Accusative, "", Kinds.None, false, true);
    }

    private void Make()
    {
        switch (dice.Between(1, 100))
        {
            case <= 21: Simple(); break;
            case <= 33: Coordination(); break;
            case <= 44: TrailingSubordinate(); break;
            case <= 54: LeadingSubordinate(); break;
            case <= 62: Complement(); break;
            case <= 74: Relative(); break;
            case <= 84: Question(); break;
            case <= 88: Comparison(); break;
            case <= 92: Statement(clauses.Passive()); break;
            case <= 94: Existence(); break;
            case <= 96: Statement(clauses.Enduring()); break;
            default: Purpose(); break;
        }
    }

    private void Statement(Clause clause)
    {
        clause.GermanStatement(german);
        clause.EnglishStatement(english);
    }

    private void Simple()
    {
        var clause = clauses.Any();
        // The object can come first where its article shows the case: Den Hund sieht die Frau.
        if (!clause.TimeIsFirst && clause is { Verb.IsTransitive: true, Gladly: false, Object: NounPhrase { IsPlural: false, Gender: Gender.Masculine, Noun.IsMass: false } phrase }
            && (phrase.Determiner == Determiner.Definite || phrase.Determiner == Determiner.This) && dice.Chance(60))
        {
            clause.GermanObjectFirst(german);
            clause.EnglishStatement(english);
            return;
        }

        Statement(clause);
    }

    private void Coordination()
    {
        var past = dice.Chance(50);
        if (dice.Chance(35))
        {
            // The same one does something with the same thing: er kauft den Apfel und isst ihn.
            SameObject(past);
            return;
        }

        if (dice.Chance(35))
        {
            var state = clauses.State(nominals.ThirdPersonSubject(), past ? Tense.Preterite : Tense.Present);
            var adverb = dice.Pick(adverbs);
            var consequence = clauses.Action(Pronoun.For(state.Subject), Narrative(past), timeFirst: false);
            Statement(state);
            german.Comma().Add(adverb.German);
            consequence.GermanVerbFirst(german);
            english.Comma().Add(adverb.English);
            consequence.EnglishStatement(english);
            return;
        }

        var first = WithoutFuture(clauses.Action(nominals.Subject(), Narrative(past)));
        var second = Short(clauses.Action(nominals.Subject(), Narrative(past), timeFirst: false)) with { Time = null };
        var coordinator = dice.Pick(coordinators);
        Statement(first);
        _ = coordinator.German == "und" ? german : german.Comma();
        german.Add(coordinator.German);
        second.GermanStatement(german);
        _ = coordinator.German == "und" ? english : english.Comma();
        english.Add(coordinator.English);
        second.EnglishStatement(english);
    }

    private void SameObject(bool past)
    {
        var subject = nominals.ThirdPersonSubject();
        var tense = past ? Tense.Preterite : Tense.Present;
        var first = clauses.Transitive(subject, tense);
        var noun = dice.Pick(Lexicon.NounsOf(nominals.Kind(first.Verb.Objects)));
        var thing = nominals.Thing(noun, subject);
        var second = clauses.Transitive(new UnspokenSubject(subject.IsPlural, subject.Gender), tense);
        while ((second.Verb.Objects & noun.Kinds) == 0)
        {
            second = clauses.Transitive(second.Subject, tense);
        }

        if (second.Verb == first.Verb)
        {
            Statement(first with { Object = thing });
            return;
        }

        Statement(WithoutFuture(clauses.WithTime(first with { Object = thing }, timeFirst: true)));
        german.Add("und");
        english.Add("and");
        Statement(second with { Object = Pronoun.ForThing(noun, thing.IsPlural) });
    }

    private void TrailingSubordinate()
    {
        var past = dice.Chance(50);
        var conjunction = dice.Pick(because);
        while (past && conjunction.German is "wenn")
        {
            conjunction = dice.Pick(because);
        }

        var main = Short(clauses.Action(nominals.Subject(), Narrative(past)));
        var reason = Dependent(dice.Chance(30) && main.Subject.CanBeTakenUp ? Pronoun.For(main.Subject) : nominals.Subject(), past, conjunction);
        reason = main.Time is null ? reason : reason with { Time = null };
        Statement(main);
        german.Comma().Add(conjunction.German);
        reason.GermanVerbLast(german);
        english.Add(conjunction.English);
        reason.EnglishStatement(english);
    }

    private void LeadingSubordinate()
    {
        var choice = dice.Between(1, 10);
        var past = choice <= 6;
        var conjunction = choice switch
        {
            <= 2 => new Phrase("als", "when"),
            <= 4 => new Phrase("nachdem", "after"),
            <= 8 => dice.Pick(because),
            _ => new Phrase("wenn", "if"),
        };
        while (past && conjunction.German is "wenn")
        {
            conjunction = dice.Pick(because);
        }

        var subject = nominals.ThirdPersonSubject();
        var first = conjunction.German == "nachdem"
            ? Bare(clauses.Action(subject, Tense.Perfect, timeFirst: false)) with { Tense = Tense.Pluperfect }
            : Dependent(subject, past, conjunction);
        first = conjunction.German == "als" ? first with { Tense = Tense.Preterite } : first;
        var main = Short(clauses.Action(dice.Chance(60) ? Pronoun.For(subject) : nominals.Subject(), Narrative(past), timeFirst: false));
        main = first.Time is null ? main : main with { Time = null };
        german.Add(conjunction.German);
        first.GermanVerbLast(german);
        main.GermanVerbFirst(german);
        english.Add(conjunction.English);
        first.EnglishStatement(english);
        english.Comma();
        main.EnglishStatement(english);
    }

    private void Complement()
    {
        var past = dice.Chance(40);
        var subject = nominals.Subject();
        var ask = dice.Chance(25);
        var tense = !past ? Tense.Present : subject.Person == 2 ? Tense.Perfect : Tense.Preterite;
        var main = new Clause(subject, ask ? dice.Pick(asking) : dice.Pick(saying), tense);
        main = ask ? main : main with { IsNegated = subject.CanBeDenied && dice.Chance(15) };
        var content = Dependent(nominals.Subject(), past, null);
        Statement(main);
        german.Comma().Add(ask ? "ob" : "dass");
        content.GermanVerbLast(german);
        english.Add(ask ? "whether" : "that");
        content.EnglishStatement(english);
    }

    private void Relative()
    {
        var past = dice.Chance(45);
        var tense = past ? Tense.Preterite : Tense.Present;
        switch (dice.Between(1, 4))
        {
            case 1:
                // The one who does something is or does something.
                var person = nominals.Person();
                person = person with { Determiner = person.IsPlural || dice.Chance(80) ? Determiner.Definite : Determiner.This };
                var does = Short(clauses.Action(new UnspokenSubject(person.IsPlural, person.Gender), Narrative(past), timeFirst: false));
                person = person with { Relative = new RelativeClause(does, Case.Nominative, null) };
                Statement(dice.Chance(45) ? clauses.State(person, tense) : Short(clauses.Action(person, Narrative(past), timeFirst: false)));
                break;

            case 2:
                // The thing that someone does something with is somehow.
                var clause = clauses.Transitive(nominals.Subject(), tense);
                clause = clause with { Subject = clause.Subject.Person == 2 && past ? Pronoun.We : clause.Subject };
                clause = clauses.WithTime(clause, timeFirst: false);
                var thing = nominals.Topic(clause.Verb.Objects) with { Relative = new RelativeClause(clause, Case.Accusative, null) };
                Statement(clauses.State(thing, tense));
                break;

            case 3:
                // Someone does something with the thing that someone else did something with.
                var outer = clauses.Transitive(nominals.Subject(), Tense.Present);
                var inner = clauses.Transitive(nominals.Subject(), Tense.Perfect);
                var noun = dice.Pick(Lexicon.NounsOf(nominals.Kind(outer.Verb.Objects)));
                while ((inner.Verb.Objects & noun.Kinds) == 0)
                {
                    inner = clauses.Transitive(inner.Subject, Tense.Perfect);
                }

                inner = clauses.WithTime(inner, timeFirst: false);
                var plural = !noun.IsMass && dice.Chance(25);
                Statement(outer with
                {
                    Object = new NounPhrase(noun, plural, Determiner.Definite) { Relative = new RelativeClause(inner, Case.Accusative, null) },
                });
                break;

            default:
                // The house in which someone lives.
                var place = dice.Pick(Lexicon.PlaceNouns);
                var happens = clauses.WithTime(clauses.Action(nominals.Subject(), past ? Tense.Perfect : Tense.Present, timeFirst: false) with { Where = null, Means = null }, timeFirst: false);
                while (happens.Verb.Frame is Frame.Direction or Frame.FarDirection)
                {
                    happens = clauses.Action(nominals.Subject(), past ? Tense.Perfect : Tense.Present, timeFirst: false) with { Where = null, Means = null };
                }

                var head = new NounPhrase(place.Noun, dice.Chance(15), Determiner.Definite) { Relative = new RelativeClause(Bare(happens), Case.Dative, place.In) };
                var adjective = nominals.AdjectiveFor(place.Noun);
                Statement(new Clause(head, ClauseMaker.Be, tense)
                {
                    Complement = adjective is null ? new Phrase("sehr bekannt", "very well known") : new Phrase(adjective.German, adjective.English),
                });
                break;
        }
    }

    private void Question()
    {
        end = '?';
        var tense = dice.Between(1, 10) switch { <= 5 => Tense.Present, <= 8 => Tense.Perfect, 9 => Tense.Future, _ => Tense.Progressive };
        switch (dice.Between(1, 10))
        {
            case <= 4:
                var asked = WithoutKein(clauses.Action(nominals.Subject(), tense, timeFirst: false) with { IsNegated = false });
                asked.GermanVerbFirst(german);
                asked.EnglishQuestion(english);
                break;

            case <= 7:
                var word = dice.Pick(questionWords);
                var where = dice.Chance(25);
                var clause = Bare(clauses.Action(nominals.Subject(), tense == Tense.Progressive ? Tense.Present : tense, timeFirst: false)) with { Time = null, Frequency = null, IsNegated = false };
                clause = WithoutKein(clause);
                word = clause.Verb is { IsState: false, Frame: not Frame.Object } && dice.Chance(25) ? new Phrase("mit wem", "with whom") : clause.Verb.IsState ? questionWords[1] : word;
                where &= clause.Where is null && clause.Verb.Frame is Frame.Object or Frame.Intransitive;
                german.Add(where ? "wo" : word.German);
                clause.GermanVerbFirst(german);
                english.Add(where ? "where" : word.English);
                clause.EnglishQuestion(english);
                break;

            case 8:
                var who = WithoutKein(clauses.Action(Pronoun.Who, tense, timeFirst: false) with { IsNegated = false });
                who.GermanStatement(german);
                who.EnglishStatement(english);
                break;

            case 9:
                var what = clauses.WithTime(clauses.Transitive(nominals.Subject(), tense is Tense.Progressive ? Tense.Present : tense), timeFirst: false) with { Where = nominals.Place() };
                german.Add("was");
                what.GermanVerbFirst(german);
                english.Add("what");
                what.EnglishQuestion(english);
                break;

            default:
                var buys = clauses.Transitive(nominals.Subject(), tense is Tense.Progressive ? Tense.Present : tense);
                var noun = dice.Pick(Lexicon.NounsOf(nominals.Kind(buys.Verb.Objects)));
                buys = clauses.WithTime(buys, timeFirst: false);
                var many = !noun.IsMass && dice.Chance(50);
                var thing = new NounPhrase(noun, many, Determiner.Bare);
                german.Add(many ? "wie viele" : Welch(noun.Gender));
                thing.German(german, Case.Accusative);
                buys.GermanVerbFirst(german);
                english.Add(many ? "how many" : "which");
                thing.English(english, isSubject: false);
                buys.EnglishQuestion(english);
                break;
        }
    }

    private void Comparison()
    {
        var past = dice.Chance(30);
        var first = dice.Chance(50) ? nominals.Person() : nominals.Topic(Kinds.Animal | Kinds.Vehicle | Kinds.Building | Kinds.Clothing | Kinds.Furniture | Kinds.Text);
        first = first with { Adjectives = [], IsPlural = false, Determiner = first.Determiner == Determiner.This ? Determiner.This : Determiner.Definite };
        if (nominals.AdjectiveFor(first.Noun, comparable: true) is not { } adjective)
        {
            Statement(clauses.State(first));
            return;
        }

        var shared = adjective.Kinds & first.Noun.Kinds;
        var second = new NounPhrase(dice.Pick(Lexicon.NounsOf(nominals.Kind(shared))), false, dice.Chance(50) ? Determiner.Definite : nominals.Possessive());
        if (dice.Chance(12))
        {
            // What something costs, and in German without a plural.
            var price = dice.Between(2, 100);
            var thing = nominals.Topic(Kinds.Portable | Kinds.Clothing | Kinds.Furniture | Kinds.Device);
            var cost = new Verb(GermanVerb.Of(["kosten"], false), EnglishVerb.Of(["cost", "cost", "cost"]), Frame.Intransitive, Case.Accusative, "", Kinds.None, false, true);
            Statement(new Clause(thing, cost, past ? Tense.Preterite : Tense.Present) { Complement = new Phrase($"{Numerals.German(price)} Euro", $"{Numerals.English(price)} euros") });
            return;
        }

        var clause = new Clause(first, ClauseMaker.Be, past ? Tense.Preterite : Tense.Present);
        if (dice.Chance(35))
        {
            second = second.Noun == first.Noun ? second with { Determiner = nominals.Possessive() } : second;
            clause = clause with { Complement = new Phrase($"nicht so {adjective.German} wie", $"not as {adjective.English} as") };
        }
        else
        {
            clause = clause with { Complement = new Phrase($"{adjective.GermanComparative} als", $"{adjective.EnglishComparative} than") };
        }

        Statement(clause);
        second.German(german, Case.Nominative);
        second.English(english, isSubject: false);
    }

    private void Existence()
    {
        var things = nominals.Thing(dice.Pick(Lexicon.NounsOf(nominals.Kind(Kinds.Building | Kinds.Furniture | Kinds.Animal | Kinds.Portable | Kinds.Food))), null);
        if (things.Determiner is { } determiner && (determiner == Determiner.Definite || determiner == Determiner.This || determiner == Determiner.All))
        {
            things = things with { Determiner = things.IsPlural ? Determiner.Many : things.Noun.IsMass ? Determiner.Bare : Determiner.Indefinite };
        }

        var where = nominals.Place();
        var past = dice.Chance(35);
        var first = dice.Chance(40);
        german.Add(first ? where.German : "es").Add(past ? "gab" : "gibt").Add(first ? "es" : where.German);
        things.German(german, Case.Accusative);
        english.Add(first ? where.English : "").Add("there").Add((past, things.IsPlural) switch { (false, false) => "is", (false, true) => "are", (true, false) => "was", _ => "were" });
        things.English(english, isSubject: false);
        english.Add(first ? "" : where.English);
    }

    private void Purpose()
    {
        var subject = nominals.Subject();
        var main = new Clause(subject, Lexicon.Verbs.First(verb => verb.Frame == Frame.Direction), dice.Chance(50) ? Tense.Present : Tense.Perfect) { Where = nominals.Direction() };
        main = clauses.WithTime(main, timeFirst: true);
        var purpose = clauses.Purpose(subject);
        Statement(main);
        german.Comma().Add("um");
        purpose.GermanZu(german);
        purpose.EnglishTo(english);
    }

    // A clause after a conjunction.
    private Clause Dependent(Nominal subject, bool past, Phrase? conjunction)
    {
        var tense = past ? (dice.Chance(50) ? Tense.Preterite : Tense.Perfect) : Tense.Present;
        var state = conjunction?.German is null or "weil" or "obwohl" or "wenn" or "als";
        if (state && dice.Chance(25))
        {
            return clauses.State(subject, past ? Tense.Preterite : Tense.Present) with { Time = null };
        }

        var clause = Short(clauses.Action(subject, tense, timeFirst: false));

        // After if, before and as soon as, English has no will, and how often is said of habits only.
        return conjunction is null ? clause : WithoutFuture(clause with { Frequency = conjunction.German is "weil" or "obwohl" or "wenn" ? clause.Frequency : null });
    }

    private static Clause WithoutFuture(Clause clause) => clause.Time is { Kind: TimeKind.Future } ? clause with { Time = null } : clause;

    // Without some of what makes a second clause long.
    private Clause Short(Clause clause) => dice.Chance(50) ? Bare(clause) : clause;

    private static Clause Bare(Clause clause) => clause with
    {
        Reason = null,
        Manner = null,
        Company = null,
        Means = null,
        Where = clause.Verb.Frame is Frame.Place or Frame.Direction or Frame.FarDirection ? clause.Where : null,
        Time = clause.TimeIsFirst ? clause.Time : null,
    };

    private Tense Narrative(bool past) => past ? (dice.Chance(55) ? Tense.Preterite : Tense.Perfect) : Tense.Present;

    private static Clause WithoutKein(Clause clause) => clause.Object is NounPhrase phrase && phrase.Determiner == Determiner.Negative
        ? clause with { Object = phrase with { Determiner = Determiner.Definite } }
        : clause;

    private static string Welch(Gender gender) => gender switch { Gender.Masculine => "welchen", Gender.Feminine => "welche", _ => "welches" };
}
