using System.Text;

namespace Wgqa.Generators.Emission;

/// <summary>Text with indentation, and with remarks that line up at the end of neighbouring lines.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes a line; an empty one gets no indentation.</summary>
    public void Line(string text = "")
    {
        if (text.Length > 0)
        {
            _text.Append(' ', 4 * _depth).Append(text);
        }

        _text.Append('\n');
    }

    /// <summary>Writes lines of code, each with an optional remark; the remarks start in one column.</summary>
    public void Lines(params (string Code, string Remark)[] lines)
    {
        var column = lines.Where(line => line.Remark.Length > 0).Select(line => line.Code.Length).DefaultIfEmpty().Max();
        foreach (var (code, remark) in lines)
        {
            Line(remark.Length > 0 ? $"{code.PadRight(column)}   // {remark}" : code);
        }
    }

    /// <summary>Writes a line and opens its block.</summary>
    public void Open(string head)
    {
        Line(head);
        Open();
    }

    /// <summary>Opens a block.</summary>
    public void Open()
    {
        Line("{");
        _depth++;
    }

    /// <summary>Closes a block; <paramref name="tail"/> follows its brace.</summary>
    public void Close(string tail = "")
    {
        _depth--;
        Line("}" + tail);
    }

    /// <summary>Indents the lines that follow without a brace, for the rest of a long statement.</summary>
    public void Indent(Action lines)
    {
        _depth++;
        lines();
        _depth--;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
