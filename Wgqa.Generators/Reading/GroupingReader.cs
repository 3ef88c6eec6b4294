using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Reading;

/// <summary>Reads the arguments of <c>[KvGrouping]</c> and what is added to it: numbers that divide, words that go together.</summary>
internal static class GroupingReader
{
    private const Sites AllSites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder | Sites.Self;

    /// <summary>The spec for a class yet to be described; null when the compiler, or a finding, refuses an argument.</summary>
    public static Func<TypeSpec, VariantSpec>? Read(
        INamedTypeSymbol type, WrittenArguments written, WrittenAttributes attributes, ImmutableArray<Diagnostic>.Builder findings)
    {
        if (written.HaveErrors || attributes.Additions.Any(addition => addition.HaveErrors))
        {
            return null;
        }

        var before = findings.Count;
        var maps = MapReader.Read(written, findings);
        var weighting = written.Word<Weighting>(findings) ?? Weighting.None;
        var init = written.Word<Init>(findings);
        var pooling = written.Word<Pooling>(findings);
        var merge = written.Word<Merge>(findings);
        var sites = ReadSites(type.Name, written, findings) ?? (Sites.DecoderSelf | Sites.DecoderCross);
        if (findings.Count > before || maps is not { } sides)
        {
            // What an addition says of itself is found all the same.
            AdditionReader.ReadAlone(attributes, findings);
            return null;
        }

        ReadMerging(type.Name, written, weighting, init, pooling, merge, findings);
        var elsewhere = GroupsAtReader.Read(type.Name, attributes.GroupsAt, sides, sites, findings);
        var additions = AdditionReader.Read(type.Name, written, attributes, sides, elsewhere, findings);
        return findings.Count > before ? null : described => new()
        {
            Type = described,
            Key = sides.Key,
            Value = sides.Value,
            SearchesOnce = sides.SearchesOnce,
            Elsewhere = new(elsewhere),
            Weighting = weighting,
            Init = init ?? Init.Mean,
            Pooling = pooling ?? Pooling.Average,
            Merge = merge ?? (weighting == Weighting.None ? Merge.Once : Merge.Live),
            Sites = sites,
            Allocation = additions.Allocation,
            Noise = additions.Noise,
            Blends = additions.Blends,
            Alignment = additions.Alignment,
        };
    }

    /// <summary>The sites that an attribute names; null when it names none, or, with a finding, what is no site.</summary>
    public static Sites? ReadSites(string variant, WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        if (written.Number(nameof(Sites)) is not { } bits)
        {
            return null;
        }

        if (bits == 0)
        {
            findings.Add(Diagnostic.Create(Rules.SitesNameASite, written.Place(nameof(Sites)), variant));
        }
        else if ((bits & ~(int)AllSites) != 0)
        {
            findings.Add(Diagnostic.Create(Rules.WordsAreDefined, written.Place(nameof(Sites)), nameof(Sites), bits));
        }

        return (Sites)bits;
    }

    private static void ReadMerging(
        string variant, WrittenArguments written, Weighting weighting, Init? init, Pooling? pooling, Merge? merge, ImmutableArray<Diagnostic>.Builder findings)
    {
        if (weighting == Weighting.None && init is not null)
        {
            findings.Add(Diagnostic.Create(Rules.InitNeedsAWeighting, written.Place(nameof(Init)), init, variant));
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
    }
}
