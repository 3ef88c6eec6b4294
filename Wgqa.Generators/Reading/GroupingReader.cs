using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Reading;

/// <summary>What an attribute says, with the language's defaults filled in.</summary>
internal readonly record struct WrittenGrouping(HeadSpec Heads, Weighting Weighting, Init Init, Pooling Pooling, Merge Merge, Sites Sites);

/// <summary>Reads the arguments of <c>[KvGrouping]</c>: numbers that divide, words that go together.</summary>
internal static class GroupingReader
{
    private const Sites AllSites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder | Sites.Self;

    /// <summary>The arguments as a value; null when the compiler, or a finding, refuses one of them.</summary>
    public static WrittenGrouping? Read(INamedTypeSymbol type, WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        if (written.HaveErrors)
        {
            return null;
        }

        var before = findings.Count;
        var heads = ReadHeads(written, findings);

        var weighting = Word<Weighting>(written, findings) ?? Weighting.None;
        var init = Word<Init>(written, findings);
        var pooling = Word<Pooling>(written, findings);
        var merge = Word<Merge>(written, findings);
        var sites = ReadSites(type, written, findings);
        if (findings.Count > before)
        {
            return null;
        }

        if (weighting == Weighting.None && init is not null)
        {
            findings.Add(Diagnostic.Create(Rules.InitNeedsAWeighting, written.Place(nameof(Init)), init, type.Name));
        }

        if (weighting != Weighting.None && pooling is not null)
        {
            findings.Add(Diagnostic.Create(Rules.PoolingExcludesAWeighting, written.Place(nameof(Pooling)), pooling, weighting));
        }
        else if (merge == Merge.Live && pooling is not null)
        {
            findings.Add(Diagnostic.Create(Rules.PoolingNeedsMergeOnce, written.Place(nameof(Pooling)), pooling));
        }

        if (weighting != Weighting.None && merge == Merge.Once)
        {
            findings.Add(Diagnostic.Create(Rules.WeightsAreMergedLive, written.Place(nameof(Merge)), weighting));
        }

        return new(
            heads,
            weighting,
            init ?? Init.Mean,
            pooling ?? Pooling.Average,
            merge ?? (weighting == Weighting.None ? Merge.Once : Merge.Live),
            sites);
    }

    private static HeadSpec ReadHeads(WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        var heads = Positive("Heads", Rules.HeadsArePositive);
        var groups = Positive("Groups", Rules.GroupsArePositive);
        var groupSize = Positive("GroupSize", Rules.GroupSizeIsPositive);

        if (written.Number("Groups") is { } g && written.Number("GroupSize") is { } s)
        {
            findings.Add(Diagnostic.Create(Rules.GroupsAndGroupSizeExcludeEachOther, written.Place("GroupSize"), g, s));
        }
        else if (heads < groups)
        {
            findings.Add(Diagnostic.Create(Rules.GroupsDoNotExceedHeads, written.Place("Groups"), heads, groups));
        }
        else if (heads % groups is > 0)
        {
            findings.Add(Diagnostic.Create(Rules.GroupsDivideHeads, written.Place("Groups"), heads, groups));
        }
        else if (heads % groupSize is > 0)
        {
            findings.Add(Diagnostic.Create(Rules.GroupSizeDividesHeads, written.Place("GroupSize"), heads, groupSize));
        }

        return HeadSpec.From(heads, groups, groupSize);

        int? Positive(string name, DiagnosticDescriptor rule)
        {
            var number = written.Number(name);
            if (number < 1)
            {
                findings.Add(Diagnostic.Create(rule, written.Place(name), number));
                return null;
            }

            return number;
        }
    }

    private static T? Word<T>(WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
        where T : struct, Enum
    {
        if (written.Number(typeof(T).Name) is not { } number)
        {
            return null;
        }

        if (!Enum.IsDefined(typeof(T), number))
        {
            findings.Add(Diagnostic.Create(Rules.WordsAreDefined, written.Place(typeof(T).Name), typeof(T).Name, number));
            return null;
        }

        return (T)Enum.ToObject(typeof(T), number);
    }

    private static Sites ReadSites(INamedTypeSymbol type, WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        if (written.Number(nameof(Sites)) is not { } bits)
        {
            return Sites.DecoderSelf | Sites.DecoderCross;
        }

        if (bits == 0)
        {
            findings.Add(Diagnostic.Create(Rules.SitesNameASite, written.Place(nameof(Sites)), type.Name));
        }
        else if ((bits & ~(int)AllSites) != 0)
        {
            findings.Add(Diagnostic.Create(Rules.WordsAreDefined, written.Place(nameof(Sites)), nameof(Sites), bits));
        }

        return (Sites)bits;
    }
}
