using System.Text;

namespace Wgqa.Experiments.Reports;

/// <summary>A table that reads well on a terminal and is Markdown as it stands: columns padded, numbers to the right.</summary>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row, one cell per heading.</summary>
    public void Add(params string[] cells)
    {
        if (cells.Length != headings.Length)
        {
            throw new ArgumentException($"a row of {cells.Length} cells in a table of {headings.Length} columns");
        }

        _rows.Add(cells);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        var widths = headings.Select((heading, column) => _rows.Select(row => row[column].Length).Append(heading.Length).Append(3).Max()).ToArray();
        var right = headings.Select((_, column) => _rows.Count > 0 && _rows.All(row => IsNumber(row[column]))).ToArray();
        Line(text, headings, widths, right);
        text.Append('|');
        for (var column = 0; column < headings.Length; column++)
        {
            text.Append(' ').Append('-', widths[column] - 1).Append(right[column] ? ':' : '-').Append(" |");
        }

        text.Append('\n');
        foreach (var row in _rows)
        {
            Line(text, row, widths, right);
        }

        return text.ToString();
    }

    private static bool IsNumber(string cell) => cell.Length > 0 && (char.IsAsciiDigit(cell[^1]) || cell is "–" or "-");

    private static void Line(StringBuilder text, string[] cells, int[] widths, bool[] right)
    {
        text.Append('|');
        for (var column = 0; column < cells.Length; column++)
        {
            text.Append(' ').Append(right[column] ? cells[column].PadLeft(widths[column]) : cells[column].PadRight(widths[column])).Append(" |");
        }

        text.Append('\n');
    }
}
