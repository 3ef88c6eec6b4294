using System.Globalization;

namespace Wgqa.Experiments.Demo;

/// <summary>What stands before a noun, and which endings the adjectives after it have.</summary>
internal abstract record Determiner
{
    public static Determiner Definite { get; } = new DerWord("d", "the", "the");

    public static Determiner This { get; } = new DerWord("dies", "this", "these");

    public static Determiner Every { get; } = new DerWord("jed", "every", "every");

    public static Determiner All { get; } = new DerWord("all", "all", "all");

    public static Determiner Indefinite { get; } = new EinWord("ein", null);

    public static Determiner Negative { get; } = new EinWord("kein", null);

    public static Determiner Bare { get; } = new Uninflected("", "");

    public static Determiner Many { get; } = new DerWord("viel", "many", "many") { AdjectiveIsStrong = true };

    public static Determiner Some { get; } = new DerWord("einig", "some", "some") { AdjectiveIsStrong = true };

    /// <summary>A number in words.</summary>
    public static Determiner Number(int number) => new Uninflected(Numerals.German(number), Numerals.English(number));

    /// <summary>A number in digits.</summary>
    public static Determiner Digits(int number) => new Uninflected(number.ToString(CultureInfo.InvariantCulture), number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Annas, Anna's.</summary>
    public static Determiner Of(GivenName name) => new Uninflected(name.Text + "s", name.Text + "'s");

    /// <summary>My, your, his, her, our, their.</summary>
    public static Determiner Of(int person, bool plural, Gender gender) => (person, plural) switch
    {
        (1, false) => new EinWord("mein", "my"),
        (2, false) => new EinWord("dein", "your"),
        (1, true) => new EinWord("unser", "our"),
        (2, true) => new EinWord("euer", "your"),
        (_, true) => new EinWord("ihr", "their"),
        _ => gender == Gender.Feminine ? new EinWord("ihr", "her") : new EinWord("sein", "his"),
    };

    /// <summary>The German word, with its ending.</summary>
    public abstract string German(Gender gender, Case @case, bool plural);

    /// <summary>Adds the English word.</summary>
    public abstract void English(TextBuilder text, bool plural, bool isMass);

    /// <summary>The ending of an adjective after it.</summary>
    public abstract string AdjectiveEnding(Gender gender, Case @case, bool plural);

    /// <summary>The endings of der, dieser, and of an adjective that no such word precedes.</summary>
    private static string Strong(Gender gender, Case @case, bool plural) => (plural, gender, @case) switch
    {
        (true, _, Case.Dative) => "en",
        (true, _, _) => "e",
        (_, Gender.Masculine, Case.Nominative) => "er",
        (_, Gender.Masculine, Case.Accusative) => "en",
        (_, Gender.Feminine, Case.Dative) => "er",
        (_, Gender.Feminine, _) => "e",
        (_, Gender.Neuter, Case.Nominative or Case.Accusative) => "es",
        _ => "em",
    };

    private static string Weak(Gender gender, Case @case, bool plural) => (plural, gender, @case) switch
    {
        (false, _, Case.Nominative) or (false, Gender.Feminine or Gender.Neuter, Case.Accusative) => "e",
        _ => "en",
    };

    private sealed record DerWord(string Stem, string Singular, string Plural) : Determiner
    {
        public bool AdjectiveIsStrong { get; init; }

        public override string German(Gender gender, Case @case, bool plural) =>
            Stem != "d" ? Stem + Strong(gender, @case, plural) : Strong(gender, @case, plural) switch
            {
                "e" => "die",
                "es" => "das",
                var ending => "d" + ending,
            };

        public override void English(TextBuilder text, bool plural, bool isMass) => text.Add(plural ? Plural : Singular);

        public override string AdjectiveEnding(Gender gender, Case @case, bool plural) =>
            AdjectiveIsStrong ? Strong(gender, @case, plural) : Weak(gender, @case, plural);
    }

    // English is null for ein and kein: a, or any, where the verb is negated.
    private sealed record EinWord(string Stem, string? Word) : Determiner
    {
        public override string German(Gender gender, Case @case, bool plural) => IsBare(gender, @case, plural) ? Stem
            : (Stem == "euer" ? "eur" : Stem) + Strong(gender, @case, plural);

        public override void English(TextBuilder text, bool plural, bool isMass)
        {
            if (Word is not null)
            {
                text.Add(Word);
            }
            else if (plural || isMass)
            {
                text.Add("any");
            }
            else
            {
                text.IndefiniteArticle();
            }
        }

        public override string AdjectiveEnding(Gender gender, Case @case, bool plural) =>
            IsBare(gender, @case, plural) ? Strong(gender, @case, plural) : Weak(gender, @case, plural);

        private static bool IsBare(Gender gender, Case @case, bool plural) =>
            !plural && ((gender == Gender.Masculine && @case == Case.Nominative) || (gender == Gender.Neuter && @case != Case.Dative));
    }

    private sealed record Uninflected(string Word, string Translation) : Determiner
    {
        public override string German(Gender gender, Case @case, bool plural) => Word;

        public override void English(TextBuilder text, bool plural, bool isMass) => text.Add(Translation);

        public override string AdjectiveEnding(Gender gender, Case @case, bool plural) => Strong(gender, @case, plural);
    }
}
