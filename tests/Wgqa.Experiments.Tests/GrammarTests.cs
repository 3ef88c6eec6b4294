using System.Text.RegularExpressions;
using Wgqa.Data;

namespace Wgqa.Experiments.Demo;

public partial class GrammarTests
{
    private static readonly IReadOnlyList<TextPair> Sample = Grammar.Pairs(seed: 1, count: 20_000);

    [Fact]
    public void PairsAreAFunctionOfTheirSeed()
    {
        Assert.Equal(Sample.Take(500), Grammar.Pairs(1, 500));
        Assert.NotEqual(Grammar.Pairs(1, 500), Grammar.Pairs(2, 500));
        // Fixed for good, so that published numbers of the demo can be reproduced.
        Assert.Equal(
            new TextPair("Dieser Hammer, den die junge Tante um halb zwei wirft, ist ziemlich wertvoll.", "This hammer that the young aunt throws at half past one is rather valuable."),
            Grammar.Pairs(1, 1)[0]);
    }

    [Fact]
    public void HeldOutSentencesAreNeverTrainingSentences()
    {
        var heldOut = Grammar.Pairs(seed: 9, count: 1_000, GrammarPart.HeldOut);

        Assert.Empty(heldOut.Select(pair => pair.Source).Intersect(Sample.Select(pair => pair.Source)));
        Assert.All(heldOut, pair => Assert.Equal(GrammarPart.HeldOut, Grammar.PartOf(pair.Source)));
        Assert.All(Sample, pair => Assert.Equal(GrammarPart.Training, Grammar.PartOf(pair.Source)));
    }

    [Fact]
    public void NoSourceIsThereTwiceAndNoneHasTwoTranslations()
    {
        Assert.Equal(Sample.Count, Sample.DistinctBy(pair => pair.Source).Count());
        var translations = Sample.ToDictionary(pair => pair.Source, pair => pair.Target);
        var again = Grammar.Pairs(seed: 3, count: 20_000).Where(pair => translations.ContainsKey(pair.Source)).ToList();

        Assert.NotEmpty(again); // short ones
        Assert.All(again, pair => Assert.Equal(translations[pair.Source], pair.Target));
    }

    [Fact]
    public void SentencesHardlyRepeatThemselves()
    {
        // A space of n sentences repeats about k²/2n of k. Short sentences repeat; those of six words or more hardly do.
        var maker = new SentenceMaker();
        var drawn = Enumerable.Range(0, 30_000).Select(i => maker.Make(5, (ulong)i).Source).Where(source => source.Count(c => c == ' ') >= 5).ToList();
        var repeated = drawn.Count - drawn.Distinct().Count();

        Assert.True(drawn.Count > 20_000);
        Assert.True((double)drawn.Count * drawn.Count / 2 / Math.Max(1, repeated) > 1e7, $"{repeated} of {drawn.Count} repeat");
    }

    [Fact]
    public void SentencesAreWellFormed()
    {
        Assert.All(Sample.SelectMany(pair => new[] { pair.Source, pair.Target }), sentence =>
        {
            Assert.Matches(WellFormed(), sentence);
            Assert.DoesNotContain("  ", sentence, StringComparison.Ordinal);
            Assert.DoesNotContain(" ,", sentence, StringComparison.Ordinal);
            Assert.DoesNotContain(",,", sentence, StringComparison.Ordinal);
            Assert.DoesNotContain("- ", sentence, StringComparison.Ordinal);
        });
        Assert.All(Sample, pair => Assert.Equal(pair.Source[^1], pair.Target[^1]));
    }

    [Fact]
    public void LengthsAreThoseOfOrdinarySentences()
    {
        static int Words(string sentence) => sentence.Split(' ').Length;

        Assert.InRange(Sample.Average(pair => Words(pair.Source)), 8, 14);
        Assert.InRange(Sample.Average(pair => Words(pair.Target)), 8, 14);
        Assert.InRange(Sample.Max(pair => Words(pair.Source)), 20, 40);
        Assert.InRange(Sample.Count(pair => Words(pair.Source) < 5), 500, 4_000);
    }

    [Fact]
    public void TheLexiconHasSeveralHundredWordsAndAllOccur()
    {
        Assert.InRange(Lexicon.Nouns.Length, 200, 400);
        Assert.InRange(Lexicon.Verbs.Length, 120, 250);
        Assert.InRange(Lexicon.Adjectives.Length, 50, 120);
        var words = Sample.SelectMany(pair => pair.Source.Split(' ', ',', '.', '?')).ToHashSet();
        Assert.All(Lexicon.Nouns, noun => Assert.True(words.Contains(noun.German) || words.Contains(noun.GermanPlural ?? ""), noun.German));
        Assert.All(Lexicon.Verbs, verb => Assert.True(words.Contains(verb.German.Participle) || words.Contains(verb.German.Third), verb.German.Infinitive));
    }

    [Fact]
    public void EnglishArticlesFollowTheNextSound()
    {
        Assert.All(Sample, pair =>
        {
            Assert.DoesNotMatch(@"\b[Aa] [aeiou]", pair.Target);
            Assert.DoesNotMatch(@"\b[Aa]n [^aeiou]", pair.Target);
        });
    }

    [Theory]
    [InlineData("weil", "because")]
    [InlineData("obwohl", "although")]
    [InlineData("dass", "that")]
    [InlineData("ob", "whether")]
    [InlineData("bevor", "before")]
    [InlineData("während", "while")]
    [InlineData("wenn", "if")]
    public void SubordinateClausesEndInAFiniteVerb(string conjunction, string translation)
    {
        var finite = Lexicon.Verbs.Select(verb => verb.German)
            .SelectMany(verb => Persons().SelectMany(p => new[] { verb.Present(p.Person, p.Plural), verb.Prefix + verb.Present(p.Person, p.Plural), verb.Preterite(p.Person, p.Plural), verb.Prefix + verb.Preterite(p.Person, p.Plural) }))
            .Concat(new[] { GermanVerb.Haben, GermanVerb.Sein, GermanVerb.Werden }.Concat(Modal.All.Select(modal => modal.German))
                .SelectMany(verb => Persons().SelectMany(p => new[] { verb.Present(p.Person, p.Plural), verb.Preterite(p.Person, p.Plural) })))
            .ToHashSet();
        // Those whose subordinate clause is the last clause and has none of its own.
        var clauses = Sample.Where(pair => Regex.IsMatch(pair.Source, $@", {conjunction} [^,]*\.$")).ToList();

        Assert.True(clauses.Count > 30, $"{clauses.Count} clauses with {conjunction}");
        Assert.All(clauses, pair =>
        {
            Assert.Contains(pair.Source.TrimEnd('.').Split(' ')[^1], finite);
            Assert.Contains($" {translation} ", pair.Target, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void AfterALeadingClauseTheVerbComesFirst()
    {
        var verbs = new[] { GermanVerb.Haben, GermanVerb.Sein }.SelectMany(verb => Persons().Select(p => verb.Present(p.Person, p.Plural))).ToHashSet();
        var perfect = Sample.Where(pair => Regex.IsMatch(pair.Source, "^(Als|Nachdem|Weil|Obwohl) [^,]*, (hat|habe|haben|ist|sind|bin) ")).ToList();

        Assert.True(perfect.Count > 50);
        Assert.All(perfect, pair =>
        {
            Assert.Contains(pair.Source.Split(", ")[1].Split(' ')[0], verbs);
            Assert.Matches("^(When|After|Because|Although) [^,]*, ", pair.Target);
        });
    }

    [Theory]
    [InlineData(Case.Nominative, false, "der alte Mann", "ein alter Mann", "die schöne Frau", "meine schöne Frau", "das neue Buch", "kein neues Buch")]
    [InlineData(Case.Accusative, false, "den alten Mann", "einen alten Mann", "die schöne Frau", "meine schöne Frau", "das neue Buch", "kein neues Buch")]
    [InlineData(Case.Dative, false, "dem alten Mann", "einem alten Mann", "der schönen Frau", "meiner schönen Frau", "dem neuen Buch", "keinem neuen Buch")]
    [InlineData(Case.Nominative, true, "die alten Männer", "zwei alte Männer", "die schönen Frauen", "meine schönen Frauen", "die neuen Bücher", "keine neuen Bücher")]
    [InlineData(Case.Dative, true, "den alten Männern", "zwei alten Männern", "den schönen Frauen", "meinen schönen Frauen", "den neuen Büchern", "keinen neuen Büchern")]
    public void ArticlesAdjectivesAndNounsAgree(Case @case, bool plural, string man, string aMan, string woman, string myWoman, string book, string noBook)
    {
        string German(string noun, string adjective, Determiner determiner)
        {
            var text = new TextBuilder();
            new NounPhrase(Noun(noun), plural, determiner) { Adjectives = [Adjective(adjective)] }.German(text, @case);
            return text.Take();
        }

        Assert.Equal(man, German("Mann", "alt", Determiner.Definite));
        Assert.Equal(aMan, German("Mann", "alt", plural ? Determiner.Number(2) : Determiner.Indefinite));
        Assert.Equal(woman, German("Frau", "schön", Determiner.Definite));
        Assert.Equal(myWoman, German("Frau", "schön", Determiner.Of(1, false, Gender.Masculine)));
        Assert.Equal(book, German("Buch", "neu", Determiner.Definite));
        Assert.Equal(noBook, German("Buch", "neu", Determiner.Negative));
    }

    [Theory]
    [InlineData("euer", "Freund", Case.Nominative, false, "euer alter Freund")]
    [InlineData("euer", "Freund", Case.Dative, false, "eurem alten Freund")]
    [InlineData("viele", "Freund", Case.Nominative, true, "viele alte Freunde")]
    [InlineData("alle", "Freund", Case.Nominative, true, "alle alten Freunde")]
    [InlineData("dieser", "Nachbar", Case.Accusative, false, "diesen alten Nachbarn")]
    [InlineData("Annas", "Mantel", Case.Dative, false, "Annas altem Mantel")]
    [InlineData("", "Käse", Case.Accusative, false, "alten Käse")]
    public void OtherDeterminersTakeTheirEndings(string determiner, string noun, Case @case, bool plural, string expected)
    {
        var determiners = new Dictionary<string, Determiner>
        {
            ["euer"] = Determiner.Of(2, true, Gender.Masculine),
            ["viele"] = Determiner.Many,
            ["alle"] = Determiner.All,
            ["dieser"] = Determiner.This,
            ["Annas"] = Determiner.Of(new GivenName("Anna", Gender.Feminine)),
            [""] = Determiner.Bare,
        };
        var text = new TextBuilder();

        new NounPhrase(Noun(noun), plural, determiners[determiner]) { Adjectives = [Adjective("alt")] }.German(text, @case);

        Assert.Equal(expected, text.Take());
    }

    [Theory]
    [InlineData("lesen", "ich lese, du liest, er liest, wir lesen, ihr lest, sie lesen")]
    [InlineData("arbeiten", "ich arbeite, du arbeitest, er arbeitet, wir arbeiten, ihr arbeitet, sie arbeiten")]
    [InlineData("öffnen", "ich öffne, du öffnest, er öffnet, wir öffnen, ihr öffnet, sie öffnen")]
    [InlineData("wohnen", "ich wohne, du wohnst, er wohnt, wir wohnen, ihr wohnt, sie wohnen")]
    [InlineData("füttern", "ich füttere, du fütterst, er füttert, wir füttern, ihr füttert, sie füttern")]
    [InlineData("einladen", "ich lade, du lädst, er lädt, wir laden, ihr ladet, sie laden")]
    [InlineData("putzen", "ich putze, du putzt, er putzt, wir putzen, ihr putzt, sie putzen")]
    public void VerbsAreConjugated(string infinitive, string present)
    {
        var verb = Verb(infinitive).German;
        string[] pronouns = ["ich", "du", "er", "wir", "ihr", "sie"];

        Assert.Equal(present, string.Join(", ", Persons().Select((p, i) => $"{pronouns[i]} {verb.Present(p.Person, p.Plural)}")));
    }

    [Theory]
    [InlineData("anrufen", "angerufen", "anzurufen", "rief", "riefen")]
    [InlineData("besuchen", "besucht", "zu besuchen", "besuchte", "besuchten")]
    [InlineData("reparieren", "repariert", "zu reparieren", "reparierte", "reparierten")]
    [InlineData("kennenlernen", "kennengelernt", "kennenzulernen", "lernte", "lernten")]
    [InlineData("übersetzen", "übersetzt", "zu übersetzen", "übersetzte", "übersetzten")]
    [InlineData("finden", "gefunden", "zu finden", "fand", "fanden")]
    public void ParticiplesAndPastsAreFormed(string infinitive, string participle, string zu, string past, string pastPlural)
    {
        var verb = Verb(infinitive).German;

        Assert.Equal((participle, zu, past, pastPlural), (verb.Participle, verb.ZuInfinitive, verb.Preterite(3, false), verb.Preterite(3, true)));
    }

    [Theory]
    [InlineData("lesen", "reads", "read", "reading")]
    [InlineData("stehlen", "steals", "stole", "stealing")]
    [InlineData("schneiden", "cuts", "cut", "cutting")]
    [InlineData("aufräumen", "tidies", "tidied", "tidying")]
    [InlineData("einkaufen", "shops", "shopped", "shopping")]
    [InlineData("waschen", "washes", "washed", "washing")]
    [InlineData("schreiben", "writes", "wrote", "writing")]
    [InlineData("sehen", "sees", "saw", "seeing")]
    [InlineData("öffnen", "opens", "opened", "opening")]
    public void EnglishVerbsAreInflected(string german, string third, string past, string ing)
    {
        var verb = Verb(german).English;

        Assert.Equal((third, past, ing), (verb.Third, verb.Past, verb.Ing));
    }

    [Theory]
    [InlineData(Tense.Present, "Der Mann liest das Buch nicht.", "The man does not read the book.")]
    [InlineData(Tense.Preterite, "Der Mann las das Buch nicht.", "The man did not read the book.")]
    [InlineData(Tense.Perfect, "Der Mann hat das Buch nicht gelesen.", "The man did not read the book.")]
    [InlineData(Tense.Future, "Der Mann wird das Buch nicht lesen.", "The man will not read the book.")]
    [InlineData(Tense.NotYet, "Der Mann hat das Buch noch nicht gelesen.", "The man has not read the book yet.")]
    public void NegationStandsWhereEachLanguageHasIt(Tense tense, string german, string english) =>
        AssertStatement(german, english, Reads(tense) with { IsNegated = true });

    [Fact]
    public void ClausesAreOrderedAsEachLanguageOrdersThem()
    {
        var yesterday = Lexicon.Times.Single(time => time.German == "gestern");
        var tomorrow = Lexicon.Times.Single(time => time.German == "morgen");
        var must = Modal.All.Single(modal => modal.German.Base == "müssen");
        var call = new Clause(Pronoun.She, Verb("anrufen"), Tense.Present) { Object = new NamedPerson(new GivenName("Anna", Gender.Feminine)) };
        var pickUp = new Clause(Pronoun.We, Verb("abholen"), Tense.Perfect) { Object = Pronoun.He, Time = yesterday };

        AssertStatement("Gestern hat der Mann das Buch gelesen.", "Yesterday the man read the book.", Reads(Tense.Perfect) with { Time = yesterday, TimeIsFirst = true });
        AssertStatement("Der Mann liest morgen das Buch.", "The man will read the book tomorrow.", Reads(Tense.Present) with { Time = tomorrow });
        AssertStatement("Der Mann muss das Buch lesen.", "The man has to read the book.", Reads(Tense.Present) with { Modal = must });
        AssertStatement("Der Mann musste das Buch nicht lesen.", "The man did not have to read the book.", Reads(Tense.Preterite) with { Modal = must, IsNegated = true });
        AssertStatement("Sie ruft Anna an.", "She calls Anna.", call);
        AssertStatement("Wir haben ihn gestern abgeholt.", "We picked him up yesterday.", pickUp);
        AssertStatement("Der Mann liest gerade das Buch.", "The man is reading the book.", Reads(Tense.Progressive));

        Assert.Equal("weil sie Anna anruft", German(text => call.GermanVerbLast(text.Add("weil"))));
        Assert.Equal("weil wir ihn gestern abgeholt haben", German(text => pickUp.GermanVerbLast(text.Add("weil"))));
        Assert.Equal("weil der Mann das Buch lesen muss", German(text => (Reads(Tense.Present) with { Modal = must }).GermanVerbLast(text.Add("weil"))));
        Assert.Equal("um Anna anzurufen", German(text => call.GermanZu(text.Add("um"))));
        Assert.Equal("hat der Mann das Buch gelesen", German(Reads(Tense.Perfect).GermanVerbFirst));
        Assert.Equal("did the man read the book", German(Reads(Tense.Perfect).EnglishQuestion));
        Assert.Equal("den Brief las sie", German((new Clause(Pronoun.She, Verb("lesen"), Tense.Preterite) { Object = The("Brief") }).GermanObjectFirst));
    }

    [Fact]
    public void RelativeClausesStandBetweenCommasWithTheirVerbLast()
    {
        var reads = new Clause(new UnspokenSubject(false, Gender.Masculine), Verb("lesen"), Tense.Perfect) { Object = The("Buch") };
        var man = (NounPhrase)The("Mann") with { Relative = new RelativeClause(reads, Case.Nominative, null) };
        var house = (NounPhrase)The("Haus") with
        {
            IsPlural = true,
            Relative = new RelativeClause(new Clause(Pronoun.We, Verb("arbeiten"), Tense.Present), Case.Dative, new Phrase("in", "in")),
        };

        AssertStatement(
            "Der Mann, der das Buch gelesen hat, ist alt.", "The man who read the book is old.",
            new Clause(man, ClauseMaker.Be, Tense.Present) { Complement = new Phrase("alt", "old") });
        AssertStatement(
            "Die Häuser, in denen wir arbeiten, sind alt.", "The houses in which we work are old.",
            new Clause(house, ClauseMaker.Be, Tense.Present) { Complement = new Phrase("alt", "old") });
    }

    [Theory]
    [InlineData(21, "einundzwanzig", "twenty-one")]
    [InlineData(16, "sechzehn", "sixteen")]
    [InlineData(17, "siebzehn", "seventeen")]
    [InlineData(30, "dreißig", "thirty")]
    [InlineData(66, "sechsundsechzig", "sixty-six")]
    [InlineData(77, "siebenundsiebzig", "seventy-seven")]
    [InlineData(100, "hundert", "a hundred")]
    public void NumbersAreWords(int number, string german, string english) =>
        Assert.Equal((german, english), (Numerals.German(number), Numerals.English(number)));

    [Theory]
    [InlineData("in", Case.Dative, "Garten", "im Garten")]
    [InlineData("in", Case.Accusative, "Haus", "ins Haus")]
    [InlineData("in", Case.Accusative, "Garten", "in den Garten")]
    [InlineData("zu", Case.Dative, "Schule", "zur Schule")]
    [InlineData("zu", Case.Dative, "Turm", "zum Turm")]
    [InlineData("an", Case.Dative, "See", "am See")]
    [InlineData("auf", Case.Accusative, "Feld", "auf das Feld")]
    [InlineData("von", Case.Dative, "Bauer", "vom Bauern")]
    public void PrepositionsContractWithTheArticle(string preposition, Case @case, string noun, string expected) =>
        Assert.Equal(expected, German(text => Prepositional.German(text, preposition, The(noun), @case)));

    private static void AssertStatement(string german, string english, Clause clause)
    {
        var text = new TextBuilder();
        clause.GermanStatement(text);
        Assert.Equal(german, text.TakeSentence('.'));
        clause.EnglishStatement(text);
        Assert.Equal(english, text.TakeSentence('.'));
    }

    private static string German(Action<TextBuilder> write)
    {
        var text = new TextBuilder();
        write(text);
        return text.Take();
    }

    private static Clause Reads(Tense tense) => new(The("Mann"), Verb("lesen"), tense) { Object = The("Buch") };

    private static Nominal The(string noun) => new NounPhrase(Noun(noun), false, Determiner.Definite);

    private static Noun Noun(string german) => Lexicon.Nouns.Single(noun => noun.German == german);

    private static Verb Verb(string infinitive) => Lexicon.Verbs.First(verb => verb.German.Infinitive == infinitive);

    private static Adjective Adjective(string german) => Lexicon.Adjectives.First(adjective => adjective.German == german);

    private static IEnumerable<(int Person, bool Plural)> Persons() => [(1, false), (2, false), (3, false), (1, true), (2, true), (3, true)];

    [GeneratedRegex(@"^[A-ZÄÖÜ0-9][^.?]*[.?]$")]
    private static partial Regex WellFormed();
}
