using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Wgqa.Generators.Reading;

/// <summary>Reads numbers of groups and group sizes: for keys and values together, and for each of them.</summary>
internal static class HeadReader
{
    /// <summary>A number of groups or a group size, and the argument that says it.</summary>
    public readonly record struct Number(string Name, int Value);

    /// <summary>What an attribute says of one side: at most one of the two.</summary>
    public readonly record struct Side(Number? Groups, Number? GroupSize)
    {
        /// <summary>Whether it says anything.</summary>
        public bool IsWritten => Groups is not null || GroupSize is not null;
    }

    private static readonly (string Groups, string GroupSize) Both = ("Groups", "GroupSize"), OfKeys = ("KeyGroups", "KeyGroupSize"), OfValues = ("ValueGroups", "ValueGroupSize");

    /// <summary>The numbers of an attribute, for keys and for values; where one says nothing of its own, what is said of both.</summary>
    public static (Side Key, Side Value) Read(WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        var (both, key, value) = (One(Both, written, findings), One(OfKeys, written, findings), One(OfValues, written, findings));
        if (key.IsWritten && value.IsWritten && both.IsWritten)
        {
            var number = both.Groups ?? both.GroupSize!.Value;
            findings.Add(Diagnostic.Create(Rules.NumbersHaveAnEffect, written.Place(number.Name), number.Name, number.Value));
        }

        return (key.IsWritten ? key : both, value.IsWritten ? value : both);
    }

    /// <summary>Query heads, where they are written.</summary>
    public static int? Heads(WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        var heads = written.Number("Heads");
        if (heads < 1)
        {
            findings.Add(Diagnostic.Create(Rules.HeadsArePositive, written.Place("Heads"), heads));
            return null;
        }

        return heads;
    }

    /// <summary>Whether a side's numbers fit a number of heads in groups of one size; what does not is found.</summary>
    public static bool Divides(int? heads, Side side, WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        if (!Fits(heads, side, written, findings))
        {
            return false;
        }

        var wrong = (heads, side) switch
        {
            ({ } h, { Groups: { } g }) when h % g.Value > 0 => Diagnostic.Create(Rules.GroupsDivideHeads, written.Place(g.Name), h, g.Value),
            ({ } h, { GroupSize: { } s }) when h % s.Value > 0 => Diagnostic.Create(Rules.GroupSizeDividesHeads, written.Place(s.Name), h, s.Value),
            _ => null,
        };
        if (wrong is not null)
        {
            findings.AddOnce(wrong);
        }

        return wrong is null;
    }

    /// <summary>Whether a side's numbers fit a number of heads in groups whose sizes differ by at most one; what does not is found.</summary>
    public static bool FitsNearly(int? heads, Side side, WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings) =>
        side.GroupSize is null ? Fits(heads, side, written, findings) : Divides(heads, side, written, findings);

    // No more groups than there are heads.
    private static bool Fits(int? heads, Side side, WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        if (!(heads < side.Groups?.Value))
        {
            return true;
        }

        findings.AddOnce(Diagnostic.Create(Rules.GroupsDoNotExceedHeads, written.Place(side.Groups!.Value.Name), heads, side.Groups.Value.Value));
        return false;
    }

    private static Side One((string Groups, string GroupSize) names, WrittenArguments written, ImmutableArray<Diagnostic>.Builder findings)
    {
        var groups = Positive(names.Groups, Rules.GroupsArePositive);
        var size = Positive(names.GroupSize, Rules.GroupSizeIsPositive);
        if (written.Number(names.Groups) is { } g && written.Number(names.GroupSize) is { } s)
        {
            findings.Add(Diagnostic.Create(
                Rules.GroupsAndGroupSizeExcludeEachOther, written.Place(names.GroupSize), [written.Place(names.Groups)], names.Groups, g, names.GroupSize, s));
            return default;
        }

        return new(groups, size);

        Number? Positive(string name, DiagnosticDescriptor rule)
        {
            var number = written.Number(name);
            if (number < 1)
            {
                findings.Add(Diagnostic.Create(rule, written.Place(name), name, number));
                return null;
            }

            return number is { } n ? new(name, n) : null;
        }
    }
}
