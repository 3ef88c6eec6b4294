using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Wgqa.Checkpoints;

namespace Wgqa.Training;

/// <summary>
/// TensorBoard's event file beside <c>metrics.jsonl</c>, with the same lines. Each time a run goes on, the file is written anew from the
/// lines that count, under a later name, as TensorBoard expects of a writer that starts again: no step is in it twice.
/// </summary>
/// <remarks>
/// A file is a sequence of records (TensorFlow's <c>record_writer.cc</c>): length, its checksum, a protocol buffer <c>Event</c>
/// (<c>event.proto</c>), its checksum.
/// </remarks>
internal sealed class TensorBoardEvents : IDisposable
{
    private const string Prefix = "events.out.tfevents.";

    private readonly FileStream _file;
    private readonly double _start;

    private TensorBoardEvents(FileStream file, double start) => (_file, _start) = (file, start);

    /// <summary>Begins a file in a folder with lines already known; their times are those that they would have had without a pause.</summary>
    public static TensorBoardEvents Open(string folder, IReadOnlyList<MetricsLine> lines)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        var start = now - (lines.Count > 0 ? lines[^1].Seconds : 0);
        var old = Directory.GetFiles(folder, Prefix + "*");
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{(long)now:D10}.wgqa"));
        CompleteFile.Write(path, stream =>
        {
            stream.Write(Record(Version(start)));
            foreach (var line in lines)
            {
                stream.Write(Record(Event(start, line)));
            }
        });
        foreach (var file in old.Where(file => file != path))
        {
            CompleteFile.Remove(file);
        }

        return new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read), start);
    }

    /// <summary>Writes a line, at once.</summary>
    public void Write(MetricsLine line)
    {
        _file.Write(Record(Event(_start, line)));
        _file.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The Castagnoli checksum, rotated and shifted so that a checksum of what holds checksums is a good one too.</summary>
    internal static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xA282_EAD8;
    }

    private static byte[] Record(byte[] data)
    {
        var record = new byte[8 + 4 + data.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(record, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedChecksum(record.AsSpan(0, 8)));
        data.CopyTo(record, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Length), MaskedChecksum(data));
        return record;
    }

    // A field begins with its number × 8 + how it is written: 0 a varint, 1 eight bytes, 2 a length and as many bytes, 5 four bytes.
    private static byte[] Version(double time) => Message(writer =>
    {
        writer.Write((byte)((1 << 3) | 1));   // Event.wall_time
        writer.Write(time);
        writer.Write((byte)((3 << 3) | 2));   // Event.file_version
        writer.Write("brain.Event:2");
    });

    private static byte[] Event(double start, MetricsLine line) => Message(writer =>
    {
        writer.Write((byte)((1 << 3) | 1));   // Event.wall_time
        writer.Write(start + line.Seconds);
        writer.Write((byte)(2 << 3));         // Event.step
        writer.Write7BitEncodedInt64(line.Step);
        Field(writer, 5, summary =>           // Event.summary
        {
            foreach (var (tag, value) in Scalars(line))
            {
                Field(summary, 1, scalar =>   // Summary.value
                {
                    scalar.Write((byte)((1 << 3) | 2));   // Value.tag
                    scalar.Write(tag);
                    scalar.Write((byte)((2 << 3) | 5));   // Value.simple_value
                    scalar.Write((float)value);
                });
            }
        });
    });

    private static IEnumerable<(string Tag, double Value)> Scalars(MetricsLine line)
    {
        yield return ("train/loss", line.Loss);
        yield return ("train/lr", line.Lr);
        yield return ("train/gradNorm", line.GradNorm);
        yield return ("train/tokensPerSecond", line.TokensPerSecond);
        yield return ("train/epoch", line.Epoch);
        if (line.ValidationLoss is { } validation)
        {
            yield return ("validation/loss", validation);
        }
    }

    private static void Field(BinaryWriter writer, int number, Action<BinaryWriter> write)
    {
        var message = Message(write);
        writer.Write((byte)((number << 3) | 2));
        writer.Write7BitEncodedInt(message.Length);
        writer.Write(message);
    }

    private static byte[] Message(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        return stream.ToArray();
    }
}
