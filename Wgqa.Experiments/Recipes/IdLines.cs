using System.Buffers.Text;

namespace Wgqa.Experiments.Recipes;

/// <summary>Writes ids as lines of decimal numbers with spaces between them, straight as bytes: words of a number each would take longer than tokenizing a short line.</summary>
/// <param name="output">Where they go; the caller's.</param>
internal sealed class IdLines(Stream output) : IDisposable
{
    // A number of ten digits, its sign, and what follows it.
    private const int Longest = 12;

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _used;

    /// <summary>Writes a line.</summary>
    public void Write(ReadOnlySpan<int> ids)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            if (_buffer.Length - _used < Longest)
            {
                Flush();
            }

            Utf8Formatter.TryFormat(ids[i], _buffer.AsSpan(_used), out var digits);
            _used += digits;
            _buffer[_used++] = (byte)(i + 1 < ids.Length ? ' ' : '\n');
        }

        if (ids.IsEmpty)
        {
            if (_used == _buffer.Length)
            {
                Flush();
            }

            _buffer[_used++] = (byte)'\n';
        }
    }

    /// <summary>Writes what is left.</summary>
    public void Dispose() => Flush();

    private void Flush()
    {
        output.Write(_buffer, 0, _used);
        _used = 0;
    }
}
