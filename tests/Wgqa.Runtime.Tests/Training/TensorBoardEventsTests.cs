using System.Buffers.Binary;
using System.Text;
using Wgqa.Testing;
using Wgqa.Training;

namespace Wgqa.Runtime.Tests.Training;

/// <summary>Event files, read back by what their format says.</summary>
public sealed class TensorBoardEventsTests : IDisposable
{
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("123456789", 0xE306_9283)] // the published check value
    [InlineData("", 0x0000_0000)]
    public void TheChecksumIsCastagnolisMasked(string text, uint crc) =>
        Assert.Equal(((crc >> 15) | (crc << 17)) + 0xA282_EAD8, TensorBoardEvents.MaskedChecksum(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void TheEventsAreTheLinesOfTheMetrics()
    {
        MetricsLine[] lines = [Line(10, 2.5), Line(300, 1.25, validation: 3.5)];
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        using (var log = MetricsLog.Open(_scratch.Path("metrics.jsonl"), 0))
        {
            Array.ForEach(lines, log.Write);
        }

        var events = Read();

        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.Equal([10, 300], events.Skip(1).Select(one => one.Step));
        Assert.Equal(2.5f, events[1].Scalars["train/loss"]);
        Assert.Equal(0.001f, events[1].Scalars["train/lr"]);
        Assert.Equal((7f, 5000f, 1f), (events[2].Scalars["train/gradNorm"], events[2].Scalars["train/tokensPerSecond"], events[2].Scalars["train/epoch"]));
        Assert.False(events[1].Scalars.ContainsKey("validation/loss"));
        Assert.Equal(3.5f, events[2].Scalars["validation/loss"]);
        Assert.Equal(290, events[2].Time - events[1].Time, 3);
        Assert.InRange(events[0].Time, before - 1, before + 60);
    }

    [Fact]
    public void ARunThatGoesOnHasEveryStepOnceAndInOrder()
    {
        using (var log = MetricsLog.Open(_scratch.Path("metrics.jsonl"), 0))
        {
            Array.ForEach([10, 20, 30], step => log.Write(Line(step, 1)));
        }

        // As a killed process leaves it: half a record at the end, and lines beyond the checkpoint of step 20.
        var file = Directory.GetFiles(_scratch.Root, "events.*").Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^7]);
        File.Move(file, _scratch.Path("events.out.tfevents.0000000001.wgqa"));
        using (var log = MetricsLog.Open(_scratch.Path("metrics.jsonl"), 20))
        {
            Array.ForEach([30, 40], step => log.Write(Line(step, 2)));
        }

        var events = Read();
        Assert.Equal([10, 20, 30, 40], events.Skip(1).Select(one => one.Step));
        Assert.Equal([1, 1, 2, 2], events.Skip(1).Select(one => one.Scalars["train/loss"]));
        Assert.All(events.Skip(2).Zip(events.Skip(1)), pair => Assert.Equal(10, pair.First.Time - pair.Second.Time, 3));
        Assert.Equal([10, 20, 30, 40], MetricsLog.Read(_scratch.Path("metrics.jsonl")).Select(line => line.Step));
    }

    private static MetricsLine Line(int step, double loss, double? validation = null) =>
        new() { Step = step, Epoch = 1, Loss = loss, Lr = 0.001, GradNorm = 7, TokensPerSecond = 5000, Seconds = step, ValidationLoss = validation };

    private List<Entry> Read()
    {
        var bytes = File.ReadAllBytes(Directory.GetFiles(_scratch.Root, "events.out.tfevents.*").Single());
        var entries = new List<Entry>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(TensorBoardEvents.MaskedChecksum(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            var data = bytes.AsSpan(at + 12, length);
            Assert.Equal(TensorBoardEvents.MaskedChecksum(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            entries.Add(Event(data.ToArray()));
            at += 16 + length;
        }

        return entries;
    }

    private static Entry Event(byte[] message)
    {
        var entry = new Entry();
        foreach (var (field, value) in Fields(message))
        {
            entry = field switch
            {
                1 => entry with { Time = BitConverter.ToDouble(value) },
                2 => entry with { Step = (int)BitConverter.ToInt64(value) },
                3 => entry with { Version = Encoding.UTF8.GetString(value) },
                5 => entry with { Scalars = Fields(value).ToDictionary(one => Encoding.UTF8.GetString(Field(one.Value, 1)), one => BitConverter.ToSingle(Field(one.Value, 2))) },
                _ => throw new InvalidDataException($"field {field}"),
            };
        }

        return entry;
    }

    private static byte[] Field(byte[] message, int number) => Fields(message).Single(one => one.Field == number).Value;

    /// <summary>The fields of a protocol buffer: a number as its eight bytes, anything else as its own.</summary>
    private static List<(int Field, byte[] Value)> Fields(byte[] message)
    {
        var fields = new List<(int, byte[])>();
        using var reader = new BinaryReader(new MemoryStream(message));
        while (reader.BaseStream.Position < message.Length)
        {
            var tag = reader.Read7BitEncodedInt();
            fields.Add((tag >> 3, (tag & 7) switch
            {
                0 => BitConverter.GetBytes(reader.Read7BitEncodedInt64()),
                1 => reader.ReadBytes(8),
                2 => reader.ReadBytes(reader.Read7BitEncodedInt()),
                5 => reader.ReadBytes(4),
                var wire => throw new InvalidDataException($"wire type {wire}"),
            }));
        }

        return fields;
    }

    private sealed record Entry(double Time = 0, int Step = 0, string? Version = null)
    {
        public IReadOnlyDictionary<string, float> Scalars { get; init; } = new Dictionary<string, float>();
    }
}
