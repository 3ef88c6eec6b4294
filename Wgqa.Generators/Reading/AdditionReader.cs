using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Reading;

/// <summary>What <c>[KeyDriven]</c>, <c>[Perturbed]</c>, <c>[Blend]</c> and <c>[Align]</c> add.</summary>
internal readonly record struct WrittenAdditions(AllocationSpec? Allocation, NoiseSpec? Noise, bool Blends, Calibration? Alignment);

/// <summary>Reads the attributes that add to <c>[KvGrouping]</c>, and what excludes what.</summary>
internal static class AdditionReader
{
    private const double PublishedBeta = 0.9;

    /// <summary>The additions, checked against the maps that they work on.</summary>
    public static WrittenAdditions Read(
        string variant, WrittenArguments declaration, WrittenAttributes attributes, WrittenMaps maps, ImmutableArray<GroupsAtSpec> elsewhere, ImmutableArray<Diagnostic>.Builder findings)
    {
        if (attributes.Additions.IsEmpty)
        {
            return default;
        }

        var additions = ReadAlone(attributes, findings);
        var sharesNothing = Everywhere(static heads => heads.IsMultiHead);
        foreach (var addition in new[] { attributes.KeyDriven, attributes.Blend, attributes.Align }.OfType<WrittenArguments>().Where(_ => sharesNothing))
        {
            findings.Add(Diagnostic.Create(Rules.AdditionsNeedSharedHeads, addition.Everything, addition.Name, variant, "it has a key/value head for each query head"));
        }

        if (attributes.KeyDriven is { } keyDriven && !sharesNothing)
        {
            if (Everywhere(static heads => heads.Groups == 1))
            {
                findings.Add(Diagnostic.Create(Rules.AdditionsNeedSharedHeads, keyDriven.Everything, keyDriven.Name, variant, "it has 1 key/value head"));
            }

            foreach (var name in new[] { "Layout", "Map", "KeyMap", "ValueMap" }.Where(declaration.Has))
            {
                findings.Add(Diagnostic.Create(Rules.TheAllocationMakesTheMap, declaration.Place(name), $"{name} = {declaration.Text(name)}"));
            }

            if (!maps.Key.Heads.Equals(maps.Value.Heads) || elsewhere.Any(at => !at.Key.Equals(at.Value)))
            {
                findings.Add(Diagnostic.Create(Rules.PairsAreAllocated, keyDriven.Everything, variant));
            }

            if (attributes.Blend is { } blend)
            {
                findings.Add(Diagnostic.Create(Rules.BlendExcludesKeyDriven, blend.Everything, [keyDriven.Everything], variant));
            }
        }

        return additions;

        bool Everywhere(Func<HeadSpec, bool> holds) => holds(maps.Key.Heads) && holds(maps.Value.Heads) && elsewhere.All(at => holds(at.Key) && holds(at.Value));
    }

    /// <summary>The additions as each says of itself.</summary>
    public static WrittenAdditions ReadAlone(WrittenAttributes attributes, ImmutableArray<Diagnostic>.Builder findings) => new(
        attributes.KeyDriven is { } keyDriven ? ReadAllocation(keyDriven, findings) : null,
        attributes.Perturbed is { } perturbed ? ReadNoise(perturbed, findings) : null,
        attributes.Blend is not null,
        attributes.Align is { } align ? align.Word<Calibration>(findings) ?? Calibration.Weights : null);

    private static AllocationSpec ReadAllocation(WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        var before = findings.Count;
        var allocation = written.Word<Allocation>(findings) ?? Allocation.KeyNorms;
        var mode = written.Word<Mode>(findings) ?? Mode.Safe;
        var (window, beta) = (written.Number("Window"), written.Fraction("Beta"));
        if (window < 1)
        {
            findings.Add(Diagnostic.Create(Rules.WindowIsPositive, written.Place("Window"), window));
        }
        else if (window is not null && allocation == Allocation.KeyNorms && findings.Count == before)
        {
            findings.Add(Diagnostic.Create(Rules.ArgumentsFitTheAllocation, written.Place("Window"), "Window", window, allocation));
        }

        if (beta is not null and not (> 0 and <= 1))
        {
            findings.Add(Diagnostic.Create(Rules.BetaIsAShare, written.Place("Beta"), Text(beta.Value)));
        }
        else if (beta is { } share && allocation != Allocation.MovingAverage && findings.Count == before)
        {
            findings.Add(Diagnostic.Create(Rules.ArgumentsFitTheAllocation, written.Place("Beta"), "Beta", Text(share), allocation));
        }

        return new(allocation, mode, window ?? 1, beta ?? PublishedBeta);
    }

    private static NoiseSpec ReadNoise(WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        var mode = written.Word<Mode>(findings) ?? Mode.Safe;
        var scale = written.Fraction("Scale");
        if (scale is not null and not (> 0 and < double.PositiveInfinity))
        {
            findings.Add(Diagnostic.Create(Rules.ScaleIsPositive, written.Place("Scale"), Text(scale.Value)));
        }
        else if (scale is { } factor && mode == Mode.Faithful)
        {
            findings.Add(Diagnostic.Create(Rules.PublishedNoiseHasNoScale, written.Place("Scale"), Text(factor)));
        }

        return new(mode, scale ?? 1);
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
