using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Reading;

/// <summary>Reads <c>[GroupsAt]</c>: other numbers of groups at some sites and layers.</summary>
internal static class GroupsAtReader
{
    /// <summary>What each says, in an order that does not depend on theirs.</summary>
    public static ImmutableArray<GroupsAtSpec> Read(
        string variant, IEnumerable<WrittenArguments> attributes, WrittenMaps maps, Sites replaced, ImmutableArray<Diagnostic>.Builder findings)
    {
        var read = new List<GroupsAtSpec>();
        foreach (var written in attributes)
        {
            var before = findings.Count;
            var at = ReadOne(variant, written, maps, replaced, findings);
            if (findings.Count > before)
            {
                continue;
            }

            if (read.Select(other => Overlap(other, at)).FirstOrDefault(place => place is not null) is { } place)
            {
                findings.Add(Diagnostic.Create(Rules.APlaceHasOneNumberOfGroups, written.Everything, place));
            }

            read.Add(at);
        }

        return read.Count == 0 ? [] : [.. read.OrderBy(at => at.Sites).ThenBy(at => string.Join(",", at.Layers.Select(layer => $"{layer:D10}")), StringComparer.Ordinal)];
    }

    private static GroupsAtSpec ReadOne(string variant, WrittenArguments written, WrittenMaps maps, Sites replaced, ImmutableArray<Diagnostic>.Builder findings)
    {
        var sites = GroupingReader.ReadSites(variant, written, findings) ?? replaced;
        if ((sites & ~replaced) is not 0 and var others)
        {
            findings.Add(Diagnostic.Create(Rules.GroupsAtSpeaksOfReplacedSites, written.Place(nameof(Sites)), others, variant, replaced));
        }

        var layers = ReadLayers(written, findings);
        var heads = maps.Key.Heads.Heads;
        var (key, value) = HeadReader.Read(written, findings);
        if (!key.IsWritten && !value.IsWritten && !findings.Any(found => found.Location.SourceSpan.OverlapsWith(written.Everything.SourceSpan)))
        {
            findings.Add(Diagnostic.Create(Rules.GroupsAtSaysHowMany, written.Everything, variant));
        }

        return new(sites, new(layers), Side(key, maps.Key), Side(value, maps.Value));

        HeadSpec Side(HeadReader.Side side, MapSpec map)
        {
            if (!side.IsWritten)
            {
                return map.Heads;
            }

            var (groups, size) = (side.Groups?.Value, side.GroupSize?.Value);
            switch (map.Kind)
            {
                case MapKind.Written:
                    var number = side.Groups ?? side.GroupSize!.Value;
                    findings.AddOnce(Diagnostic.Create(Rules.AWrittenMapHoldsEverywhere, written.Place(number.Name), number.Name, number.Value));
                    return map.Heads;
                case MapKind.Searched:
                    return HeadReader.FitsNearly(heads, side, written, findings) ? HeadSpec.Nearly(heads, groups, size) : map.Heads;
                default:
                    return HeadReader.Divides(heads, side, written, findings) ? HeadSpec.From(heads, groups, size) : map.Heads;
            }
        }
    }

    private static IEnumerable<int> ReadLayers(WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        if (written.Written("Layers") is not { } constant)
        {
            return [];
        }

        var layers = WrittenArguments.Integers(constant) ?? [];
        if (layers.Length == 0)
        {
            findings.Add(Diagnostic.Create(Rules.LayersAreCountedFromZero, written.Place("Layers"), "no layer"));
        }
        else if (layers.Min() is var least and < 0)
        {
            findings.Add(Diagnostic.Create(Rules.LayersAreCountedFromZero, written.Place("Layers"), $"layer {least}"));
        }

        return layers.Distinct().OrderBy(layer => layer);
    }

    // Where two speak of one place, in English; null where they do not.
    private static string? Overlap(GroupsAtSpec one, GroupsAtSpec other)
    {
        if ((one.Sites & other.Sites) is 0)
        {
            return null;
        }

        var sites = (one.Sites & other.Sites).ToString().Replace(", ", " and ");
        if (one.Layers.Count == 0 || other.Layers.Count == 0)
        {
            var named = one.Layers.Concat(other.Layers).Select(layer => (int?)layer).FirstOrDefault();
            return named is { } n ? $"layer {n} of {sites}" : $"all layers of {sites}";
        }

        return one.Layers.Intersect(other.Layers).Select(layer => (int?)layer).FirstOrDefault() is { } shared ? $"layer {shared} of {sites}" : null;
    }
}
