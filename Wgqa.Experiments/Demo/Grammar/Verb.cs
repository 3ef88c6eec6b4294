namespace Wgqa.Experiments.Demo;

/// <summary>What a verb takes.</summary>
internal enum Frame
{
    /// <summary>Nothing.</summary>
    Intransitive,

    /// <summary>Where it is.</summary>
    Place,

    /// <summary>Where to.</summary>
    Direction,

    /// <summary>To which city or country.</summary>
    FarDirection,

    /// <summary>A thing or person, in a case, with a preposition or without.</summary>
    Object,

    /// <summary>A person in the dative and a thing in the accusative.</summary>
    Giving,
}

/// <summary>A verb in both languages.</summary>
/// <param name="German">The German forms.</param>
/// <param name="English">The English forms.</param>
/// <param name="Frame">What it takes.</param>
/// <param name="ObjectCase">The German object's case.</param>
/// <param name="Preposition">The German object's preposition, or nothing.</param>
/// <param name="Objects">What the object can be.</param>
/// <param name="IsReflexive">It has <c>sich</c> in German, and nothing in English.</param>
/// <param name="IsState">It has no progressive form.</param>
internal sealed record Verb(GermanVerb German, EnglishVerb English, Frame Frame, Case ObjectCase, string Preposition, Kinds Objects, bool IsReflexive, bool IsState)
{
    /// <summary>A plain accusative object, of which there is a passive.</summary>
    public bool IsTransitive => Frame == Frame.Object && ObjectCase == Case.Accusative && Preposition.Length == 0;
}
