using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Unicode;

namespace Wgqa.Data;

/// <summary>
/// The lines of a UTF-8 text file, plain or gzipped, one at a time. A byte-order mark is skipped, line breaks are LF or CRLF,
/// and what is not UTF-8 is an error that names file, line and byte: nothing is replaced silently.
/// </summary>
internal sealed class LineReader : IDisposable
{
    private readonly Stream _stream;
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private long _offset; // of buffer[start] in the (decompressed) text
    private bool _ended;

    // Without this switch .NET takes a truncated gzip file for a whole one. It is read once, at the process's first use of
    // compression: the runtime configuration of our own programs has it too, and here it serves everyone else's.
    static LineReader() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>Opens a file; gzip is told by its first two bytes, whatever the file is called.</summary>
    /// <exception cref="UserException">The file cannot be opened, or is called .gz and is not gzipped.</exception>
    public LineReader(string path)
    {
        Path = path;
        _stream = Open(path);
        try
        {
            if (Peek(3) && _buffer.AsSpan(0, 3).SequenceEqual<byte>([0xEF, 0xBB, 0xBF]))
            {
                Advance(3);
            }
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>The file, as it was named.</summary>
    public string Path { get; }

    /// <summary>The number of the line read last, from 1; 0 before the first.</summary>
    public long Number { get; private set; }

    /// <summary>"FILE line N", for messages.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"{Path} line {Number}");

    /// <summary>The next line, valid UTF-8, without its line break. It is gone at the next call.</summary>
    /// <returns>False after the last line; a line break at the end of the file does not begin another.</returns>
    /// <exception cref="UserException">The line is not UTF-8, or the file cannot be read on.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        var searched = 0;
        int length;
        while ((length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = _end - _start;
            if (!Fill())
            {
                if (searched == 0)
                {
                    line = default;
                    return false;
                }

                Number++;
                line = Checked(searched);
                Advance(searched);
                return true;
            }
        }

        length += searched;
        Number++;
        line = Checked(length);
        Advance(length + 1);
        return true;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private ReadOnlyMemory<byte> Checked(int length)
    {
        var line = _buffer.AsMemory(_start, length);
        if (!Utf8.IsValid(line.Span))
        {
            var valid = 0;
            while (Rune.DecodeFromUtf8(line.Span[valid..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
            {
                valid += consumed;
            }

            throw new UserException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Place}: byte offset {_offset + valid}, byte {valid + 1} of the line, is 0x{line.Span[valid]:X2} and not UTF-8."));
        }

        return line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
    }

    private void Advance(int count)
    {
        _start += count;
        _offset += count;
    }

    private bool Peek(int count)
    {
        while (_end - _start < count && Fill())
        {
        }

        return _end - _start >= count;
    }

    // Reads more behind what is there. A line longer than the buffer doubles it.
    private bool Fill()
    {
        if (_ended)
        {
            return false;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        int count;
        try
        {
            count = _stream.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (InvalidDataException e)
        {
            throw new UserException($"{Path} is truncated or damaged: it cannot be decompressed after line {Number}.", e);
        }
        catch (IOException e)
        {
            throw new UserException($"{Path} cannot be read after line {Number}: {e.Message}", e);
        }

        _end += count;
        _ended = count == 0;
        return !_ended;
    }

    private static Stream Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UserException($"{path} is a folder, not a file.");
        }

        FileStream file;
        try
        {
            file = File.OpenRead(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserException($"{path} does not exist.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserException($"{path} cannot be opened: {e.Message}", e);
        }

        try
        {
            var gzipped = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            if (!gzipped && path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                throw new UserException(file.Length == 0 ? $"{path} is empty: 0 bytes." : $"{path} is not gzipped, although it is called .gz.");
            }

            return gzipped ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
