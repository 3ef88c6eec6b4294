using System.Globalization;
using System.Text;

namespace Wgqa.Data;

/// <summary>
/// Columns separated by tabs, without quoting. The first line is a header where it has the named columns, where it has usual
/// names of pairs, or where it only numbers the columns; else it is data, and columns go by their numbers from 1 (without
/// any named: 1 and 2).
/// </summary>
internal sealed class TabSeparated(string path, DataOptions options, RecordFilter? where) : DataSource(path, options)
{
    private protected override string Emptiness =>
        where is null ? base.Emptiness : $"{Name} has no line whose column '{where.Field}' is '{where.Value}'.";

    private protected override IEnumerable<TextPair> ReadPairs()
    {
        using var reader = new LineReader(Name);
        if (!reader.TryRead(out var line))
        {
            yield break;
        }

        var first = Cells(line);
        var (source, target, header) = Columns(first, reader.Place);
        var filter = where is null ? -1 : Column(header ? first : [], where.Field, reader.Place);
        if (header && !reader.TryRead(out line))
        {
            yield break;
        }

        do
        {
            if (line.IsEmpty)
            {
                continue;
            }

            var cells = Cells(line);
            if (filter >= 0 && Cell(cells, filter, reader.Place) != where!.Value)
            {
                continue;
            }

            yield return new TextPair(Cell(cells, source, reader.Place), Cell(cells, target, reader.Place));
        }
        while (reader.TryRead(out line));
    }

    private (int Source, int Target, bool Header) Columns(string[] first, string place)
    {
        var numbered = first.Select((cell, i) => cell == (i + 1).ToString(CultureInfo.InvariantCulture)).All(equal => equal);
        return FieldNames.Choose(Options, first.Contains) switch
        {
            { } names => (
                Column(first, names.Source, place),
                Column(first, names.Target, place),
                numbered || first.Contains(names.Source) || first.Contains(names.Target)),
            null when Options is { SourceField: null, TargetField: null } => (0, 1, numbered),
            null => throw FieldNames.Unclear(place, first),
        };
    }

    private static int Column(string[] header, string field, string place)
    {
        var column = Array.IndexOf(header, field);
        if (column < 0 && int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1)
        {
            column = number - 1;
        }

        return column >= 0 ? column : throw new UserException($"{place}: there is no column '{field}'; it has {string.Join(", ", header.Select(name => $"'{name}'"))}.");
    }

    private static string Cell(string[] cells, int column, string place) =>
        column < cells.Length ? cells[column] : throw new UserException($"{place}: there is no column {column + 1}; the line has {cells.Length}.");

    private static string[] Cells(ReadOnlyMemory<byte> line) => Encoding.UTF8.GetString(line.Span).Split('\t');
}
