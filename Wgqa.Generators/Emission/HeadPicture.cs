using System.Text;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission;

/// <summary>Draws which query heads share which key/value head.</summary>
internal static class HeadPicture
{
    private const string Query = "query       ";
    private const string KeyValue = "key/value   ";
    private const string Gap = "   ";
    private const int MostHeads = 16;     // a line of 16 heads is about as wide as the code below it
    private const int MostGroups = 4;
    private const int MostMembers = 4;

    /// <summary>Three lines: query heads, brackets, key/value heads.</summary>
    public static IReadOnlyList<string> Draw(HeadSpec heads)
    {
        var (query, links, keyValue) = (new StringBuilder(Query), new StringBuilder(Spaces(Query.Length)), new StringBuilder(KeyValue));
        foreach (var column in Columns(heads))
        {
            var width = Math.Max(column.Members.Length, column.Group.Length);
            query.Append(Centred(column.Members, width)).Append(Gap);
            links.Append(Centred(column == Column.Between ? "" : Bracket(column.Members.Length), width)).Append(Gap);
            keyValue.Append(Centred(column.Group, width)).Append(Gap);
        }

        return [query.ToString().TrimEnd(), links.ToString().TrimEnd(), keyValue.ToString().TrimEnd()];
    }

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
