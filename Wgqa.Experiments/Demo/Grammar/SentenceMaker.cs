using Wgqa.Data;

namespace Wgqa.Experiments.Demo;

/// <summary>Makes one sentence in both languages.</summary>
internal sealed class SentenceMaker
{
    private static readonly Phrase[] Because = [new("weil", "because"), new("obwohl", "although"), new("wenn", "if"), new("bevor", "before"), new("während", "while"), new("sobald", "as soon as")];
    private static readonly Phrase[] Coordinators = [new("und", "and"), new("aber", "but"), new("denn", "for")];
    private static readonly Phrase[] Adverbs = [new("deshalb", "so"), new("trotzdem", "nevertheless")];

    // Verbs with dass, in the present and the past.
    private static readonly Verb[] SayingVerbs =
    [
        Saying(["sagen"], ["say", "said", "said"]),
        Saying(["glauben"], ["think", "thought", "thought"]),
        Saying(["wissen", "weiß", "wusste", "gewusst"], ["know", "knew", "known"]),
        Saying(["hoffen"], ["hope"]),
        Saying(["hören"], ["hear", "heard", "heard"]),
        Saying(["erzählen"], ["tell everyone", "told", "told"]),
        Saying(["vergessen", "vergisst", "vergaß", "vergessen"], ["forget", "forgot", "forgotten"]),
    ];

    private static readonly Verb[] AskingVerbs =
    [
        Saying(["fragen"], ["ask"]),
        Saying(["überlegen"], ["consider"]),
    ];

    private static readonly Phrase[] QuestionWords = [new("wann", "when"), new("warum", "why"), new("wie oft", "how often")];

    private readonly Dice _dice = new();
    private readonly NominalMaker _nominals;
    private readonly ClauseMaker _clauses;
    private readonly TextBuilder _german = new();
    private readonly TextBuilder _english = new();
    private char _end = '.';

    public SentenceMaker()
    {
        _nominals = new NominalMaker(_dice);
        _clauses = new ClauseMaker(_dice, _nominals);
    }

    /// <summary>The sentence of two seeds.</summary>
    public TextPair Make(ulong seed, ulong index)
    {
        _dice.Begin(seed, index);
        _end = '.';
        Make();
        return new TextPair(_german.TakeSentence(_end), _english.TakeSentence(_end));
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
        switch (_dice.Between(1, 100))
        {
            case <= 21: Simple(); break;
            case <= 33: Coordination(); break;
            case <= 44: TrailingSubordinate(); break;
            case <= 54: LeadingSubordinate(); break;
            case <= 62: Complement(); break;
            case <= 74: Relative(); break;
            case <= 84: Question(); break;
            case <= 88: Comparison(); break;
            case <= 92: Statement(_clauses.Passive()); break;
            case <= 94: Existence(); break;
            case <= 96: Statement(_clauses.Enduring()); break;
            default: Purpose(); break;
        }
    }

    private void Statement(Clause clause)
    {
        clause.GermanStatement(_german);
        clause.EnglishStatement(_english);
    }

    private void Simple()
    {
        var clause = _clauses.Any();
        // The object can come first where its article shows the case: Den Hund sieht die Frau.
        if (!clause.TimeIsFirst && clause is { Verb.IsTransitive: true, Gladly: false, Object: NounPhrase { IsPlural: false, Gender: Gender.Masculine, Noun.IsMass: false } phrase }
            && (phrase.Determiner == Determiner.Definite || phrase.Determiner == Determiner.This) && _dice.Chance(60))
        {
            clause.GermanObjectFirst(_german);
            clause.EnglishStatement(_english);
            return;
        }

        Statement(clause);
    }

    private void Coordination()
    {
        var past = _dice.Chance(50);
        if (_dice.Chance(35))
        {
            // The same one does something with the same thing: er kauft den Apfel und isst ihn.
            SameObject(past);
            return;
        }

        if (_dice.Chance(35))
        {
            var state = _clauses.State(_nominals.ThirdPersonSubject(), past ? Tense.Preterite : Tense.Present);
            var adverb = _dice.Pick(Adverbs);
            var consequence = _clauses.Action(Pronoun.For(state.Subject), Narrative(past), timeFirst: false);
            Statement(state);
            _german.Comma().Add(adverb.German);
            consequence.GermanVerbFirst(_german);
            _english.Comma().Add(adverb.English);
            consequence.EnglishStatement(_english);
            return;
        }

        var first = WithoutFuture(_clauses.Action(_nominals.Subject(), Narrative(past)));
        var second = Short(_clauses.Action(_nominals.Subject(), Narrative(past), timeFirst: false)) with { Time = null };
        var coordinator = _dice.Pick(Coordinators);
        Statement(first);
        _ = coordinator.German == "und" ? _german : _german.Comma();
        _german.Add(coordinator.German);
        second.GermanStatement(_german);
        _ = coordinator.German == "und" ? _english : _english.Comma();
        _english.Add(coordinator.English);
        second.EnglishStatement(_english);
    }

    private void SameObject(bool past)
    {
        var subject = _nominals.ThirdPersonSubject();
        var tense = past ? Tense.Preterite : Tense.Present;
        var first = _clauses.Transitive(subject, tense);
        var noun = _dice.Pick(Lexicon.NounsOf(_nominals.Kind(first.Verb.Objects)));
        var thing = _nominals.Thing(noun, subject);
        var second = _clauses.Transitive(new UnspokenSubject(subject.IsPlural, subject.Gender), tense);
        while ((second.Verb.Objects & noun.Kinds) == 0)
        {
            second = _clauses.Transitive(second.Subject, tense);
        }

        if (second.Verb == first.Verb)
        {
            Statement(first with { Object = thing });
            return;
        }

        Statement(WithoutFuture(_clauses.WithTime(first with { Object = thing }, timeFirst: true)));
        _german.Add("und");
        _english.Add("and");
        Statement(second with { Object = Pronoun.ForThing(noun, thing.IsPlural) });
    }

    private void TrailingSubordinate()
    {
        var past = _dice.Chance(50);
        var conjunction = _dice.Pick(Because);
        while (past && conjunction.German is "wenn")
        {
            conjunction = _dice.Pick(Because);
        }

        var main = Short(_clauses.Action(_nominals.Subject(), Narrative(past)));
        var reason = Dependent(_dice.Chance(30) && main.Subject.CanBeTakenUp ? Pronoun.For(main.Subject) : _nominals.Subject(), past, conjunction);
        reason = main.Time is null ? reason : reason with { Time = null };
        Statement(main);
        _german.Comma().Add(conjunction.German);
        reason.GermanVerbLast(_german);
        _english.Add(conjunction.English);
        reason.EnglishStatement(_english);
    }

    private void LeadingSubordinate()
    {
        var choice = _dice.Between(1, 10);
        var past = choice <= 6;
        var conjunction = choice switch
        {
            <= 2 => new Phrase("als", "when"),
            <= 4 => new Phrase("nachdem", "after"),
            <= 8 => _dice.Pick(Because),
            _ => new Phrase("wenn", "if"),
        };
        while (past && conjunction.German is "wenn")
        {
            conjunction = _dice.Pick(Because);
        }

        var subject = _nominals.ThirdPersonSubject();
        var first = conjunction.German == "nachdem"
            ? Bare(_clauses.Action(subject, Tense.Perfect, timeFirst: false)) with { Tense = Tense.Pluperfect }
            : Dependent(subject, past, conjunction);
        first = conjunction.German == "als" ? first with { Tense = Tense.Preterite } : first;
        var main = Short(_clauses.Action(_dice.Chance(60) ? Pronoun.For(subject) : _nominals.Subject(), Narrative(past), timeFirst: false));
        main = first.Time is null ? main : main with { Time = null };
        _german.Add(conjunction.German);
        first.GermanVerbLast(_german);
        main.GermanVerbFirst(_german);
        _english.Add(conjunction.English);
        first.EnglishStatement(_english);
        _english.Comma();
        main.EnglishStatement(_english);
    }

    private void Complement()
    {
        var past = _dice.Chance(40);
        var subject = _nominals.Subject();
        var ask = _dice.Chance(25);
        var tense = !past ? Tense.Present : subject.Person == 2 ? Tense.Perfect : Tense.Preterite;
        var main = new Clause(subject, ask ? _dice.Pick(AskingVerbs) : _dice.Pick(SayingVerbs), tense);
        main = ask ? main : main with { IsNegated = subject.CanBeDenied && _dice.Chance(15) };
        var content = Dependent(_nominals.Subject(), past, null);
        Statement(main);
        _german.Comma().Add(ask ? "ob" : "dass");
        content.GermanVerbLast(_german);
        _english.Add(ask ? "whether" : "that");
        content.EnglishStatement(_english);
    }

    private void Relative()
    {
        var past = _dice.Chance(45);
        var tense = past ? Tense.Preterite : Tense.Present;
        switch (_dice.Between(1, 4))
        {
            case 1:
                // The one who does something is or does something.
                var person = _nominals.Person();
                person = person with { Determiner = person.IsPlural || _dice.Chance(80) ? Determiner.Definite : Determiner.This };
                var does = Short(_clauses.Action(new UnspokenSubject(person.IsPlural, person.Gender), Narrative(past), timeFirst: false));
                person = person with { Relative = new RelativeClause(does, Case.Nominative, null) };
                Statement(_dice.Chance(45) ? _clauses.State(person, tense) : Short(_clauses.Action(person, Narrative(past), timeFirst: false)));
                break;

            case 2:
                // The thing that someone does something with is somehow.
                var clause = _clauses.Transitive(_nominals.Subject(), tense);
                clause = clause with { Subject = clause.Subject.Person == 2 && past ? Pronoun.We : clause.Subject };
                clause = _clauses.WithTime(clause, timeFirst: false);
                var thing = _nominals.Topic(clause.Verb.Objects) with { Relative = new RelativeClause(clause, Case.Accusative, null) };
                Statement(_clauses.State(thing, tense));
                break;

            case 3:
                // Someone does something with the thing that someone else did something with.
                var outer = _clauses.Transitive(_nominals.Subject(), Tense.Present);
                var inner = _clauses.Transitive(_nominals.Subject(), Tense.Perfect);
                var noun = _dice.Pick(Lexicon.NounsOf(_nominals.Kind(outer.Verb.Objects)));
                while ((inner.Verb.Objects & noun.Kinds) == 0)
                {
                    inner = _clauses.Transitive(inner.Subject, Tense.Perfect);
                }

                inner = _clauses.WithTime(inner, timeFirst: false);
                var plural = !noun.IsMass && _dice.Chance(25);
                Statement(outer with
                {
                    Object = new NounPhrase(noun, plural, Determiner.Definite) { Relative = new RelativeClause(inner, Case.Accusative, null) },
                });
                break;

            default:
                // The house in which someone lives.
                var place = _dice.Pick(Lexicon.PlaceNouns);
                var happens = _clauses.WithTime(_clauses.Action(_nominals.Subject(), past ? Tense.Perfect : Tense.Present, timeFirst: false) with { Where = null, Means = null }, timeFirst: false);
                while (happens.Verb.Frame is Frame.Direction or Frame.FarDirection)
                {
                    happens = _clauses.Action(_nominals.Subject(), past ? Tense.Perfect : Tense.Present, timeFirst: false) with { Where = null, Means = null };
                }

                var head = new NounPhrase(place.Noun, _dice.Chance(15), Determiner.Definite) { Relative = new RelativeClause(Bare(happens), Case.Dative, place.In) };
                var adjective = _nominals.AdjectiveFor(place.Noun);
                Statement(new Clause(head, ClauseMaker.Be, tense)
                {
                    Complement = adjective is null ? new Phrase("sehr bekannt", "very well known") : new Phrase(adjective.German, adjective.English),
                });
                break;
        }
    }

    private void Question()
    {
        _end = '?';
        var tense = _dice.Between(1, 10) switch { <= 5 => Tense.Present, <= 8 => Tense.Perfect, 9 => Tense.Future, _ => Tense.Progressive };
        switch (_dice.Between(1, 10))
        {
            case <= 4:
                var asked = WithoutKein(_clauses.Action(_nominals.Subject(), tense, timeFirst: false) with { IsNegated = false });
                asked.GermanVerbFirst(_german);
                asked.EnglishQuestion(_english);
                break;

            case <= 7:
                var word = _dice.Pick(QuestionWords);
                var where = _dice.Chance(25);
                var clause = Bare(_clauses.Action(_nominals.Subject(), tense == Tense.Progressive ? Tense.Present : tense, timeFirst: false)) with { Time = null, Frequency = null, IsNegated = false };
                clause = WithoutKein(clause);
                word = clause.Verb is { IsState: false, Frame: not Frame.Object } && _dice.Chance(25) ? new Phrase("mit wem", "with whom") : clause.Verb.IsState ? QuestionWords[1] : word;
                where &= clause.Where is null && clause.Verb.Frame is Frame.Object or Frame.Intransitive;
                _german.Add(where ? "wo" : word.German);
                clause.GermanVerbFirst(_german);
                _english.Add(where ? "where" : word.English);
                clause.EnglishQuestion(_english);
                break;

            case 8:
                var who = WithoutKein(_clauses.Action(Pronoun.Who, tense, timeFirst: false) with { IsNegated = false });
                who.GermanStatement(_german);
                who.EnglishStatement(_english);
                break;

            case 9:
                var what = _clauses.WithTime(_clauses.Transitive(_nominals.Subject(), tense is Tense.Progressive ? Tense.Present : tense), timeFirst: false) with { Where = _nominals.Place() };
                _german.Add("was");
                what.GermanVerbFirst(_german);
                _english.Add("what");
                what.EnglishQuestion(_english);
                break;

            default:
                var buys = _clauses.Transitive(_nominals.Subject(), tense is Tense.Progressive ? Tense.Present : tense);
                var noun = _dice.Pick(Lexicon.NounsOf(_nominals.Kind(buys.Verb.Objects)));
                buys = _clauses.WithTime(buys, timeFirst: false);
                var many = !noun.IsMass && _dice.Chance(50);
                var thing = new NounPhrase(noun, many, Determiner.Bare);
                _german.Add(many ? "wie viele" : Welch(noun.Gender));
                thing.German(_german, Case.Accusative);
                buys.GermanVerbFirst(_german);
                _english.Add(many ? "how many" : "which");
                thing.English(_english, isSubject: false);
                buys.EnglishQuestion(_english);
                break;
        }
    }

    private void Comparison()
    {
        var past = _dice.Chance(30);
        var first = _dice.Chance(50) ? _nominals.Person() : _nominals.Topic(Kinds.Animal | Kinds.Vehicle | Kinds.Building | Kinds.Clothing | Kinds.Furniture | Kinds.Text);
        first = first with { Adjectives = [], IsPlural = false, Determiner = first.Determiner == Determiner.This ? Determiner.This : Determiner.Definite };
        if (_nominals.AdjectiveFor(first.Noun, comparable: true) is not { } adjective)
        {
            Statement(_clauses.State(first));
            return;
        }

        var shared = adjective.Kinds & first.Noun.Kinds;
        var second = new NounPhrase(_dice.Pick(Lexicon.NounsOf(_nominals.Kind(shared))), false, _dice.Chance(50) ? Determiner.Definite : _nominals.Possessive());
        if (_dice.Chance(12))
        {
            // What something costs, and in German without a plural.
            var price = _dice.Between(2, 100);
            var thing = _nominals.Topic(Kinds.Portable | Kinds.Clothing | Kinds.Furniture | Kinds.Device);
            var cost = new Verb(GermanVerb.Of(["kosten"], false), EnglishVerb.Of(["cost", "cost", "cost"]), Frame.Intransitive, Case.Accusative, "", Kinds.None, false, true);
            Statement(new Clause(thing, cost, past ? Tense.Preterite : Tense.Present) { Complement = new Phrase($"{Numerals.German(price)} Euro", $"{Numerals.English(price)} euros") });
            return;
        }

        var clause = new Clause(first, ClauseMaker.Be, past ? Tense.Preterite : Tense.Present);
        if (_dice.Chance(35))
        {
            second = second.Noun == first.Noun ? second with { Determiner = _nominals.Possessive() } : second;
            clause = clause with { Complement = new Phrase($"nicht so {adjective.German} wie", $"not as {adjective.English} as") };
        }
        else
        {
            clause = clause with { Complement = new Phrase($"{adjective.GermanComparative} als", $"{adjective.EnglishComparative} than") };
        }

        Statement(clause);
        second.German(_german, Case.Nominative);
        second.English(_english, isSubject: false);
    }

    private void Existence()
    {
        var things = _nominals.Thing(_dice.Pick(Lexicon.NounsOf(_nominals.Kind(Kinds.Building | Kinds.Furniture | Kinds.Animal | Kinds.Portable | Kinds.Food))), null);
        if (things.Determiner is { } determiner && (determiner == Determiner.Definite || determiner == Determiner.This || determiner == Determiner.All))
        {
            things = things with { Determiner = things.IsPlural ? Determiner.Many : things.Noun.IsMass ? Determiner.Bare : Determiner.Indefinite };
        }

        var where = _nominals.Place();
        var past = _dice.Chance(35);
        var first = _dice.Chance(40);
        _german.Add(first ? where.German : "es").Add(past ? "gab" : "gibt").Add(first ? "es" : where.German);
        things.German(_german, Case.Accusative);
        _english.Add(first ? where.English : "").Add("there").Add((past, things.IsPlural) switch { (false, false) => "is", (false, true) => "are", (true, false) => "was", _ => "were" });
        things.English(_english, isSubject: false);
        _english.Add(first ? "" : where.English);
    }

    private void Purpose()
    {
        var subject = _nominals.Subject();
        var main = new Clause(subject, Lexicon.Verbs.First(verb => verb.Frame == Frame.Direction), _dice.Chance(50) ? Tense.Present : Tense.Perfect) { Where = _nominals.Direction() };
        main = _clauses.WithTime(main, timeFirst: true);
        var purpose = _clauses.Purpose(subject);
        Statement(main);
        _german.Comma().Add("um");
        purpose.GermanZu(_german);
        purpose.EnglishTo(_english);
    }

    // A clause after a conjunction.
    private Clause Dependent(Nominal subject, bool past, Phrase? conjunction)
    {
        var tense = past ? (_dice.Chance(50) ? Tense.Preterite : Tense.Perfect) : Tense.Present;
        var state = conjunction?.German is null or "weil" or "obwohl" or "wenn" or "als";
        if (state && _dice.Chance(25))
        {
            return _clauses.State(subject, past ? Tense.Preterite : Tense.Present) with { Time = null };
        }

        var clause = Short(_clauses.Action(subject, tense, timeFirst: false));

        // After if, before and as soon as, English has no will, and how often is said of habits only.
        return conjunction is null ? clause : WithoutFuture(clause with { Frequency = conjunction.German is "weil" or "obwohl" or "wenn" ? clause.Frequency : null });
    }

    private static Clause WithoutFuture(Clause clause) => clause.Time is { Kind: TimeKind.Future } ? clause with { Time = null } : clause;

    // Without some of what makes a second clause long.
    private Clause Short(Clause clause) => _dice.Chance(50) ? Bare(clause) : clause;

    private static Clause Bare(Clause clause) => clause with
    {
        Reason = null,
        Manner = null,
        Company = null,
        Means = null,
        Where = clause.Verb.Frame is Frame.Place or Frame.Direction or Frame.FarDirection ? clause.Where : null,
        Time = clause.TimeIsFirst ? clause.Time : null,
    };

    private Tense Narrative(bool past) => past ? (_dice.Chance(55) ? Tense.Preterite : Tense.Perfect) : Tense.Present;

    private static Clause WithoutKein(Clause clause) => clause.Object is NounPhrase phrase && phrase.Determiner == Determiner.Negative
        ? clause with { Object = phrase with { Determiner = Determiner.Definite } }
        : clause;

    private static string Welch(Gender gender) => gender switch { Gender.Masculine => "welchen", Gender.Feminine => "welche", _ => "welches" };
}
