namespace Wgqa.Experiments.Demo;

/// <summary>The German tenses that the grammar forms, each with one English one.</summary>
public enum Tense
{
    /// <summary>er liest: he reads; with a time to come, he will read.</summary>
    Present,

    /// <summary>er las: he read.</summary>
    Preterite,

    /// <summary>er hat gelesen: he read.</summary>
    Perfect,

    /// <summary>er hatte gelesen: he had read.</summary>
    Pluperfect,

    /// <summary>er wird lesen: he will read.</summary>
    Future,

    /// <summary>er liest gerade: he is reading.</summary>
    Progressive,

    /// <summary>er hat schon gelesen: he has already read.</summary>
    Already,

    /// <summary>er hat noch nicht gelesen: he has not read yet.</summary>
    NotYet,

    /// <summary>er wohnt seit drei Jahren hier: he has lived here for three years.</summary>
    Since,
}

/// <summary>A German modal verb and what English has for it.</summary>
/// <param name="German">Its forms.</param>
/// <param name="Present">English auxiliary; <c>be</c> agrees; null where the first word of <paramref name="Rest"/> is the verb.</param>
/// <param name="Past">Likewise; null where the past is not used.</param>
/// <param name="Rest">What comes between the auxiliary and the infinitive: the verb with its third person and past, and the words after it.</param>
internal sealed record Modal(GermanVerb German, string? Present, string? Past, ModalVerb Rest)
{
    public static Modal[] All { get; } =
    [
        new(Of("können", "kann", "kannst", "könnt", "konnte"), "can", "could", ModalVerb.Nothing),
        new(Of("müssen", "muss", "musst", "müsst", "musste"), null, null, new("have", "has", "had", "to")),
        new(Of("wollen", "will", "willst", "wollt", "wollte"), null, null, new("want", "wants", "wanted", "to")),
        new(Of("dürfen", "darf", "darfst", "dürft", "durfte"), "be", "be", new("", "", "", "allowed to")),
        new(Of("sollen", "soll", "sollst", "sollt", "sollte"), "should", null, ModalVerb.Nothing) { HasPast = false },
        new(Of("mögen", "möchte", "möchtest", "möchtet", "mochte") with { PluralForm = "möchten" }, "would", null, new("", "", "", "like to")) { HasPast = false },
    ];

    /// <summary>False where the German past is the same word as the present of another meaning, or English has none.</summary>
    public bool HasPast { get; init; } = true;

    private static GermanVerb Of(string infinitive, string singular, string second, string secondPlural, string preterite) =>
        new(infinitive, "", second, singular, preterite, "", false) { First = singular, SecondPlural = secondPlural };
}

/// <summary>The English verb that stands for a modal, and the words after it.</summary>
internal sealed record ModalVerb(string Base, string Third, string Past, string Tail)
{
    /// <summary>The auxiliary is enough.</summary>
    public static ModalVerb Nothing { get; } = new("", "", "", "");
}
