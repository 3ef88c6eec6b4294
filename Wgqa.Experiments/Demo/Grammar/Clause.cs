namespace Wgqa.Experiments.Demo;

/// <summary>
/// One clause: who does what, when, where and how. German says it in three orders (verb second, first and last), English as
/// a statement or a question.
/// </summary>
internal sealed record Clause(Nominal Subject, Verb Verb, Tense Tense)
{
    /// <summary>A modal verb; only with the present or the preterite.</summary>
    public Modal? Modal { get; init; }

    /// <summary>gern: likes to; only with the present.</summary>
    public bool Gladly { get; init; }

    /// <summary>Passive, with or without an agent: the subject is what it is done to.</summary>
    public bool IsPassive { get; init; }

    /// <summary>By whom, in the passive.</summary>
    public Nominal? Agent { get; init; }

    /// <summary>Not so. Where the object has kein, German has no nicht.</summary>
    public bool IsNegated { get; init; }

    /// <summary>The verb's object; the thing, where a person gets it.</summary>
    public Nominal? Object { get; init; }

    /// <summary>The person who gets it.</summary>
    public Nominal? Recipient { get; init; }

    /// <summary>When.</summary>
    public TimePhrase? Time { get; init; }

    /// <summary>Whether the time comes first, in both languages.</summary>
    public bool TimeIsFirst { get; init; }

    /// <summary>For how long, with <see cref="Tense.Since"/>.</summary>
    public Phrase? Duration { get; init; }

    /// <summary>How often.</summary>
    public Phrase? Frequency { get; init; }

    /// <summary>Why.</summary>
    public Phrase? Reason { get; init; }

    /// <summary>How.</summary>
    public Phrase? Manner { get; init; }

    /// <summary>With, without or for whom.</summary>
    public Phrase? Company { get; init; }

    /// <summary>With what one travels.</summary>
    public Phrase? Means { get; init; }

    /// <summary>Where, or where to.</summary>
    public Phrase? Where { get; init; }

    /// <summary>What someone is: an adjective, a profession.</summary>
    public Phrase? Complement { get; init; }

    private bool ObjectIsEarly => Object is { IsPronoun: true } && Verb.Preposition.Length == 0;

    /// <summary>Verb second: the subject, or the time, comes before it.</summary>
    public void GermanStatement(TextBuilder text)
    {
        if (TimeIsFirst && Time is not null)
        {
            text.Add(Time.German);
            GermanVerbFirst(text);
            return;
        }

        Subject.German(text, Case.Nominative);
        text.Add(GermanFinite());
        GermanMiddle(text);
        GermanEnd(text);
    }

    /// <summary>Verb second after the object, which only its case tells from the subject.</summary>
    public void GermanObjectFirst(TextBuilder text)
    {
        Object!.German(text, Case.Accusative);
        (this with { Object = null }).GermanVerbFirst(text);
    }

    /// <summary>Verb first: yes-or-no questions, and whatever follows a first word.</summary>
    public void GermanVerbFirst(TextBuilder text)
    {
        text.Add(GermanFinite());
        Subject.German(text, Case.Nominative);
        GermanMiddle(text);
        GermanEnd(text);
    }

    /// <summary>Verb last: subordinate and relative clauses.</summary>
    public void GermanVerbLast(TextBuilder text)
    {
        Subject.German(text, Case.Nominative);
        GermanMiddle(text);
        var rest = GermanNonFinite();
        text.Add(rest);

        // A separable prefix is one word with a finite verb at the end.
        text.Add(rest.Length > 0 ? GermanFinite() : Verb.German.Prefix + GermanFinite());
        text.Comma();
    }

    /// <summary>The infinitive with zu at the end, without a subject.</summary>
    public void GermanZu(TextBuilder text)
    {
        GermanMiddle(text);
        text.Add(Verb.German.ZuInfinitive);
        text.Comma();
    }

    /// <summary>An English statement.</summary>
    public void EnglishStatement(TextBuilder text)
    {
        if (TimeIsFirst && Time is not null)
        {
            text.Add(Time.English);
        }

        Subject.English(text, isSubject: true);
        var group = EnglishGroup();
        if (group.Auxiliary is null && IsNegated)
        {
            group = group.WithDo(Subject, IsPast);
        }

        if (group.Auxiliary is { } auxiliary)
        {
            text.Add(auxiliary == "can" && IsNegated ? "cannot" : auxiliary);
            text.Add(IsNegated && auxiliary != "can" ? "not" : "");
        }

        EnglishAdverb(text);
        text.Add(group.Main);
        EnglishEnd(text);
    }

    /// <summary>An English question, after its first word if it has one.</summary>
    public void EnglishQuestion(TextBuilder text)
    {
        var group = EnglishGroup();
        group = group.Auxiliary is null ? group.WithDo(Subject, IsPast) : group;
        text.Add(group.Auxiliary!);
        Subject.English(text, isSubject: true);
        EnglishAdverb(text);
        text.Add(group.Main);
        EnglishEnd(text);
    }

    /// <summary>The English infinitive with to.</summary>
    public void EnglishTo(TextBuilder text)
    {
        text.Add("to").Add(Verb.English.Base);
        EnglishEnd(text);
    }

    private bool IsPast => Tense is Tense.Preterite or Tense.Perfect;

    private string GermanFinite()
    {
        var (person, plural) = (Subject.Person, Subject.IsPlural);
        var auxiliary = Verb.German.WithSein ? GermanVerb.Sein : GermanVerb.Haben;
        var finite = Modal?.German ?? (IsPassive ? GermanVerb.Werden : Verb.German);
        return Tense switch
        {
            Tense.Preterite => finite.Preterite(person, plural),
            Tense.Perfect or Tense.Already or Tense.NotYet => auxiliary.Present(person, plural),
            Tense.Pluperfect => auxiliary.Preterite(person, plural),
            Tense.Future => GermanVerb.Werden.Present(person, plural),
            _ => finite.Present(person, plural),
        };
    }

    private string GermanNonFinite() => Tense switch
    {
        Tense.Perfect or Tense.Pluperfect or Tense.Already or Tense.NotYet => Verb.German.Participle,
        Tense.Future => Verb.German.Infinitive,
        _ when IsPassive && Modal is not null => Verb.German.Participle + " werden",
        _ when IsPassive => Verb.German.Participle,
        _ when Modal is not null => Verb.German.Infinitive,
        _ => "",
    };

    private void GermanEnd(TextBuilder text)
    {
        var rest = GermanNonFinite();
        text.Add(rest.Length > 0 ? rest : Verb.German.Prefix);
    }

    private void GermanMiddle(TextBuilder text)
    {
        if (Verb.IsReflexive)
        {
            text.Add((Subject.Person, Subject.IsPlural) switch { (1, false) => "mich", (2, false) => "dich", (1, true) => "uns", (2, true) => "euch", _ => "sich" });
        }

        if (ObjectIsEarly)
        {
            Object!.German(text, Verb.ObjectCase);
        }

        if (Recipient is { IsPronoun: true })
        {
            Recipient.German(text, Case.Dative);
        }

        text.Add(TimeIsFirst ? "" : Time?.German ?? "");
        text.Add(Duration?.German ?? "");
        text.Add(Reason?.German ?? "");
        text.Add(Frequency?.German ?? "");
        text.Add(Tense switch { Tense.Progressive => "gerade", Tense.Already => "schon", _ => "" });
        text.Add(Gladly ? "gern" : "");
        if (Recipient is { IsPronoun: false })
        {
            Recipient.German(text, Case.Dative);
        }

        if (Object is not null && !ObjectIsEarly && Verb.Preposition.Length == 0)
        {
            Object.German(text, Verb.ObjectCase);
        }

        var hasKein = Object is NounPhrase phrase && phrase.Determiner == Determiner.Negative;
        text.Add(Tense == Tense.NotYet ? "noch nicht" : IsNegated && !hasKein ? "nicht" : "");
        if (Agent is not null)
        {
            Prepositional.German(text, "von", Agent, Case.Dative);
        }

        text.Add(Company?.German ?? "");
        text.Add(Manner?.German ?? "");
        text.Add(Means?.German ?? "");
        if (Object is not null && Verb.Preposition.Length > 0)
        {
            Prepositional.German(text, Verb.Preposition, Object, Verb.ObjectCase);
        }

        text.Add(Where?.German ?? "");
        text.Add(Complement?.German ?? "");
    }

    private EnglishVerbGroup EnglishGroup()
    {
        var verb = Verb.English;
        var isThird = Subject is { Person: 3, IsPlural: false };
        var have = isThird ? "has" : "have";
        if (IsPassive)
        {
            return Modal is null
                ? new EnglishVerbGroup(Be(IsPast), verb.Participle, verb.Participle)
                : ModalGroup("be " + verb.Participle);
        }

        if (Modal is not null)
        {
            return ModalGroup(verb.Base);
        }

        if (Gladly)
        {
            return new EnglishVerbGroup(null, (isThird ? "likes to " : "like to ") + verb.Base, "like to " + verb.Base);
        }

        return Tense switch
        {
            Tense.Future => new("will", verb.Base, verb.Base),
            Tense.Present when Time?.Kind == TimeKind.Future => new("will", verb.Base, verb.Base),
            Tense.Progressive => new(Be(false), verb.Ing, verb.Ing),
            Tense.Already or Tense.NotYet or Tense.Since => new(have, verb.Participle, verb.Participle),
            Tense.Pluperfect => new("had", verb.Participle, verb.Participle),
            _ when verb.Base == "be" => new(Be(IsPast), "", ""),
            Tense.Present => new(null, isThird ? verb.Third : verb.Base, verb.Base),
            _ => new(null, verb.Past, verb.Base),
        };
    }

    private EnglishVerbGroup ModalGroup(string infinitive)
    {
        var (modal, rest) = (Modal!, Modal!.Rest);
        var auxiliary = IsPast ? modal.Past : modal.Present;
        var tail = rest.Tail.Length > 0 ? rest.Tail + " " + infinitive : infinitive;
        if (auxiliary is not null)
        {
            return new EnglishVerbGroup(auxiliary == "be" ? Be(IsPast) : auxiliary, tail, tail);
        }

        var finite = IsPast ? rest.Past : Subject is { Person: 3, IsPlural: false } ? rest.Third : rest.Base;
        return new EnglishVerbGroup(null, finite + " " + tail, rest.Base + " " + tail);
    }

    private string Be(bool past) => (past, Subject.Person, Subject.IsPlural) switch
    {
        (false, 1, false) => "am",
        (false, 3, false) => "is",
        (false, _, _) => "are",
        (true, 1 or 3, false) => "was",
        _ => "were",
    };

    private void EnglishAdverb(TextBuilder text)
    {
        text.Add(Frequency?.English ?? "");
        text.Add(Tense == Tense.Already ? "already" : "");
    }

    private void EnglishEnd(TextBuilder text)
    {
        // Pick it up, but pick up the parcel; give the child the ball, but explain the rule to the child.
        var takesTo = Verb is { Frame: Frame.Giving, English.Rest: "to" };
        var pronounFirst = Object is { IsPronoun: true } && Verb.English.Particle.Length > 0;
        text.Add(takesTo ? "" : Verb.English.Rest);
        text.Add(pronounFirst ? "" : Verb.English.Particle);
        if (!takesTo)
        {
            Recipient?.English(text, isSubject: false);
        }

        Object?.English(text, isSubject: false);
        text.Add(pronounFirst ? Verb.English.Particle : "");
        if (takesTo && Recipient is not null)
        {
            text.Add("to");
            Recipient.English(text, isSubject: false);
        }

        text.Add(Complement?.English ?? "");
        if (Agent is not null)
        {
            text.Add("by");
            Agent.English(text, isSubject: false);
        }

        var movement = Verb.Frame is Frame.Direction or Frame.FarDirection;
        text.Add(movement ? Where?.English ?? "" : "");
        text.Add(Manner?.English ?? "");
        text.Add(Company?.English ?? "");
        text.Add(Means?.English ?? "");
        text.Add(movement ? "" : Where?.English ?? "");
        text.Add(Tense == Tense.NotYet ? "yet" : "");
        text.Add(Duration?.English ?? "");
        text.Add(TimeIsFirst ? "" : Time?.English ?? "");
        text.Add(Reason?.English ?? "");
    }

    // The auxiliary, if any; what follows it or is finite without one; and what follows do.
    private sealed record EnglishVerbGroup(string? Auxiliary, string Main, string Bare)
    {
        public EnglishVerbGroup WithDo(Nominal subject, bool past) =>
            new(past ? "did" : subject is { Person: 3, IsPlural: false } ? "does" : "do", Bare, Bare);
    }
}
