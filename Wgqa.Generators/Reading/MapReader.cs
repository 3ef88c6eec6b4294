using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Reading;

/// <summary>Which key head and which value head serves each query head, as a declaration says.</summary>
/// <param name="Key">Of keys.</param>
/// <param name="Value">Of values.</param>
/// <param name="SearchesOnce">Whether one search finds one map for both.</param>
internal readonly record struct WrittenMaps(MapSpec Key, MapSpec Value, bool SearchesOnce);

/// <summary>Reads layouts, head maps and their numbers.</summary>
internal static class MapReader
{
    private static readonly string[] MapsOfOneSide = ["KeyMap", "ValueMap"];
    private static readonly string[] Maps = ["Map", .. MapsOfOneSide];

    /// <summary>The maps of keys and values; null with findings.</summary>
    public static WrittenMaps? Read(WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        var before = findings.Count;
        var heads = HeadReader.Heads(written, findings);
        var numbers = HeadReader.Read(written, findings);
        var layout = written.Word<Layout>(findings);
        Exclude(written, findings, nameof(Layout), Maps);
        Exclude(written, findings, "Map", MapsOfOneSide);
        var both = ReadMap("Map", written, findings);
        var (keyMap, valueMap) = (ReadMap("KeyMap", written, findings) ?? both, ReadMap("ValueMap", written, findings) ?? both);
        if (findings.Count > before)
        {
            return null;
        }

        // A written map counts the heads; a second one, and Heads, must agree with it.
        heads ??= keyMap?.CountedHeads ?? valueMap?.CountedHeads;
        if ((Miscounting(keyMap) ?? Miscounting(valueMap)) is { } miscounting)
        {
            findings.Add(Diagnostic.Create(Rules.MapsHaveAnEntryForEachHead, written.Place(miscounting.Name), miscounting.Name, miscounting.CountedHeads, heads));
            return null;
        }

        var key = Side(keyMap, numbers.Key);
        var value = keyMap == valueMap && numbers.Key == numbers.Value ? key : Side(valueMap, numbers.Value);
        return findings.Count > before ? null : new(key!, value!, both is { Searches: true } && key!.Equals(value));

        WrittenMap? Miscounting(WrittenMap? map) => map?.CountedHeads is { } counted && counted != heads ? map : null;

        MapSpec? Side(WrittenMap? map, HeadReader.Side side)
        {
            switch (map)
            {
                case { Searches: true }:
                    return HeadReader.FitsNearly(heads, side, written, findings) ? MapSpec.Searched(HeadSpec.Nearly(heads, side.Groups?.Value, side.GroupSize?.Value)) : null;
                case { Entries: var entries } when entries.Length > 0:
                    CheckNumbers(map, side);
                    return MapSpec.Of(entries);
                default:
                    return HeadReader.Divides(heads, side, written, findings)
                        ? MapSpec.LaidOut(HeadSpec.From(heads, side.Groups?.Value, side.GroupSize?.Value), layout ?? Layout.Contiguous)
                        : null;
            }
        }

        void CheckNumbers(WrittenMap map, HeadReader.Side side)
        {
            if (side.GroupSize is { } size)
            {
                findings.AddOnce(Diagnostic.Create(Rules.AMapIsSaidOnce, written.Place(size.Name), [written.Place(map.Name)], size.Name, map.Name));
            }
            else if (side.Groups is { } groups && groups.Value != map.Entries.Max() + 1)
            {
                findings.AddOnce(Diagnostic.Create(Rules.MapsHaveTheWrittenGroups, written.Place(groups.Name), map.Name, map.Entries.Max() + 1, groups.Name, groups.Value));
            }
        }
    }

    private static void Exclude(WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings, string first, string[] others)
    {
        foreach (var other in others)
        {
            if (written.Has(first) && written.Has(other))
            {
                findings.Add(Diagnostic.Create(Rules.AMapIsSaidOnce, written.Place(other), [written.Place(first)], first, other));
            }
        }
    }

    private static WrittenMap? ReadMap(string name, WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        if (written.Written(name) is not { } constant)
        {
            return null;
        }

        if (constant is { Kind: TypedConstantKind.Enum, Type.Name: nameof(Map), Value: int word })
        {
            if (!Enum.IsDefined(typeof(Map), word))
            {
                findings.Add(Diagnostic.Create(Rules.WordsAreDefined, written.Place(name), nameof(Map), word));
            }

            return word == (int)Map.Searched ? new(name, true, []) : null;
        }

        if (WrittenArguments.Integers(constant) is not { Length: > 0 } entries)
        {
            findings.Add(Diagnostic.Create(Rules.MapsAreListsOrSearched, written.Place(name), name, written.Text(name)));
            return null;
        }

        if (entries.Select((group, head) => (group, head)).FirstOrDefault(entry => entry.group < 0) is { group: < 0 } negative)
        {
            findings.Add(Diagnostic.Create(Rules.MapEntriesAreGroups, written.Place(name), name, negative.head, negative.group));
        }
        else if (entries.Distinct().OrderBy(group => group).Select((group, place) => (group, place)).FirstOrDefault(pair => pair.group != pair.place) is { group: > 0 } gap)
        {
            findings.Add(Diagnostic.Create(Rules.EveryGroupHasAHead, written.Place(name), name, entries.Max(), gap.place));
        }

        return new(name, false, entries);
    }

    private sealed record WrittenMap(string Name, bool Searches, ImmutableArray<int> Entries)
    {
        public int? CountedHeads => Entries.Length > 0 ? Entries.Length : null;
    }
}
