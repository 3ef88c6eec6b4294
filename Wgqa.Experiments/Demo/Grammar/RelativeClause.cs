namespace Wgqa.Experiments.Demo;

/// <summary>A clause about a noun, which stands in it in a case, perhaps after a preposition; German puts its verb last.</summary>
/// <param name="Clause">The clause, without what the noun stands for (a subject: a pronoun takes its place).</param>
/// <param name="Case">The noun's case in the clause.</param>
/// <param name="Preposition">In both languages, or null.</param>
internal sealed record RelativeClause(Clause Clause, Case Case, Phrase? Preposition)
{
    public void German(TextBuilder text, NounPhrase head)
    {
        text.Comma();
        if (Preposition is not null)
        {
            text.Add(Preposition.German);
        }

        // Der, die, das, as the article, but for the plural's dative.
        text.Add(head.IsPlural && Case == Case.Dative ? "denen" : Determiner.Definite.German(head.Gender, Case, head.IsPlural));
        Clause.GermanVerbLast(text);
        text.Comma();
    }

    public void English(TextBuilder text, NounPhrase head)
    {
        var isPerson = (head.Noun.Kinds & Kinds.Person) != 0;
        if (Preposition is not null)
        {
            text.Add(Preposition.English).Add(isPerson ? "whom" : "which");
        }
        else
        {
            text.Add(isPerson ? "who" : "that");
        }

        Clause.EnglishStatement(text);
    }
}

/// <summary>A subject that the verb agrees with and that is not said again: a relative clause's head, or the first of two verbs'.</summary>
internal sealed record UnspokenSubject(bool IsPlural, Gender Gender) : Nominal(3, IsPlural, Gender)
{
    public override void German(TextBuilder text, Case @case)
    {
    }

    public override void English(TextBuilder text, bool isSubject)
    {
    }
}
