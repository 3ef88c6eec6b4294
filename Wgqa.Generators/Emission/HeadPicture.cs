using System.Text;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission;

/// <summary>Draws which query heads share which key/value head.</summary>
internal static class HeadPicture
{
    private const string Query = "query";
    private const int LabelWidth = 12;
    private const string Gap = "   ";
    private const int MostHeads = 16;     // a line of 16 heads is about as wide as the code below it
    private const int MostGroups = 4;
    private const int MostMembers = 4;

    /// <summary>Query heads, how they share, and the heads that they share: keys and values together where they are alike, else one after the other.</summary>
    public static IReadOnlyList<string> Draw(VariantSpec spec) => spec.Key.Equals(spec.Value) && (spec.Key.Kind != MapKind.Searched || spec.SearchesOnce)
        ? Draw(spec, spec.Key, "key/value")
        : [.. Draw(spec, spec.Key, "key"), "", .. Draw(spec, spec.Value, "value")];

    private static IReadOnlyList<string> Draw(VariantSpec spec, MapSpec map, string kind) => (spec, map) switch
    {
        ({ Allocation: not null }, _) => Undecided(map.Heads, kind, "allocated by the keys"),
        ({ Blends: true }, _) => Undecided(map.Heads, kind, "each a blend of all"),
        (_, { Kind: MapKind.Searched }) => Undecided(map.Heads, kind, "found at conversion"),
        (_, { Kind: MapKind.Strided, Heads.Heads: not null and <= MostHeads }) => Entries([.. Enumerable.Range(0, map.Heads.Heads.Value).Select(head => head % map.Heads.Groups!.Value)], kind),
        (_, { Kind: MapKind.Strided }) => Strided(map.Heads, kind),
        (_, { Kind: MapKind.Written }) => Entries(map.Entries, kind),
        _ => Neighbours(map.Heads, kind),
    };

    // Three lines: query heads, brackets, key/value heads.
    private static IReadOnlyList<string> Neighbours(HeadSpec heads, string kind)
    {
        var (query, links, keyValue) = (new StringBuilder(Label(Query)), new StringBuilder(Label("")), new StringBuilder(Label(kind)));
        foreach (var column in Columns(heads))
        {
            var width = Math.Max(column.Members.Length, column.Group.Length);
            query.Append(Centred(column.Members, width)).Append(Gap);
            links.Append(Centred(column == Column.Between ? "" : Bracket(column.Members.Length), width)).Append(Gap);
            keyValue.Append(Centred(column.Group, width)).Append(Gap);
        }

        return [query.ToString().TrimEnd(), links.ToString().TrimEnd(), keyValue.ToString().TrimEnd()];
    }

    // Two lines: each query head over the head that serves it, as many as a line holds.
    private static IReadOnlyList<string> Entries(IReadOnlyList<int> groups, string kind)
    {
        var columns = groups.Take(MostHeads).Select((group, head) => (Head: $"{head}", Group: $"{group}")).Concat(groups.Count > MostHeads ? [("⋯", "⋯")] : []).ToList();
        return
        [
            Label(Query) + string.Join(Gap, columns.Select(column => Centred(column.Head, Math.Max(column.Head.Length, column.Group.Length)))).TrimEnd(),
            Label(kind) + string.Join(Gap, columns.Select(column => Centred(column.Group, Math.Max(column.Head.Length, column.Group.Length)))).TrimEnd(),
        ];
    }

    private static IReadOnlyList<string> Strided(HeadSpec heads, string kind)
    {
        var g = heads.Groups is { } groups ? $"{groups}" : "g";
        var (last, next) = heads.Groups is { } count ? ($"{count - 1}", $"{count + 1}") : ("g-1", "g+1");
        return
        [
            $"{Label(Query)}0   1   ⋯   {last}   {g}   {next}   ⋯",
            $"{Label(kind)}0   1   ⋯   {last}   {Centred("0", g.Length)}   {Centred("1", next.Length)}   ⋯",
        ];
    }

    private static IReadOnlyList<string> Undecided(HeadSpec heads, string kind, string how) =>
    [
        $"{Label(Query)}{Range(heads.Heads, "h")}",
        $"{Label("")}{how}",
        $"{Label(kind)}{Range(heads.Groups, heads.GroupSize is { } n ? $"h/{n}" : "g")}",
    ];

    private static string Range(int? count, string letter) => count switch
    {
        { } n and <= MostHeads => string.Join(Gap, Enumerable.Range(0, n)),
        { } n => $"0   1   ⋯   {n - 1}",
        null => $"0   1   ⋯   {letter}-1",
    };

    private static string Label(string text) => text.PadRight(LabelWidth);

    // Every head where there are few, else the first and the last groups.
    private static IEnumerable<Column> Columns(HeadSpec heads) => heads switch
    {
        { Heads: { } h and <= MostHeads, Groups: { } g } => Enumerable.Range(0, g).Select(group => new Column(Members(group * (h / g), h / g), $"{group}")),
        { Groups: 1 } => [new($"0   1   ⋯   {(heads.Heads is { } h ? $"{h - 1}" : "h-1")}", "0")],
        { Groups: { } g and <= MostGroups } => [.. Enumerable.Range(0, g - 1).Select(group => EarlyGroup(heads, group)), LastGroup(heads)],
        _ => [EarlyGroup(heads, 0), EarlyGroup(heads, 1), Column.Between, LastGroup(heads)],
    };

    private static Column EarlyGroup(HeadSpec heads, int group) => new(
        heads.GroupSize switch
        {
            { } n and <= MostMembers => Members(group * n, n),
            { } n => $"{group * n} ⋯ {((group + 1) * n) - 1}",
            null => $"{group switch { 0 => "0", 1 => "n", _ => $"{group}n" }} ⋯ {(group == 0 ? "" : $"{group + 1}")}n-1",
        },
        $"{group}");

    private static Column LastGroup(HeadSpec heads) => new(
        (heads.Heads, heads.GroupSize) switch
        {
            ({ } h, { } n and <= MostMembers) => Members(h - n, n),
            ({ } h, { } n) => $"{h - n} ⋯ {h - 1}",
            (null, 1) => "h-1",
            (null, 2) => "h-2   h-1",
            (null, { } n) => $"h-{n} ⋯ h-1",
            _ => "h-n ⋯ h-1",
        },
        heads switch
        {
            { Groups: { } g } => $"{g - 1}",
            { GroupSize: 1 } => "h-1",
            _ => $"h/{heads.GroupSize}-1",
        });

    private static string Members(int first, int count) => string.Join(Gap, Enumerable.Range(first, count));

    private static string Bracket(int width)
    {
        if (width < 5)
        {
            return "│";
        }

        var left = (width - 3) / 2;
        return $"└{new string('─', left)}┬{new string('─', width - 3 - left)}┘";
    }

    private static string Centred(string text, int width)
    {
        var left = (width - text.Length) / 2;
        return Spaces(left) + text + Spaces(width - text.Length - left);
    }

    private static string Spaces(int count) => new(' ', count);

    private readonly record struct Column(string Members, string Group)
    {
        public static readonly Column Between = new("⋯", "⋯");
    }
}
