using System.Buffers.Binary;
using System.IO.Compression;

namespace Wgqa.Experiments.Tests.Reports;

/// <summary>The pixels of a PNG as browsers write them: 8 bits, RGB or RGBA, not interlaced.</summary>
internal sealed class Pixels
{
    private readonly byte[] _bytes;
    private readonly int _channels;

    private Pixels(byte[] bytes, int channels) => (_bytes, _channels) = (bytes, channels);

    /// <summary>Reads a file.</summary>
    public static Pixels Of(string file)
    {
        var png = File.ReadAllBytes(file);
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        var channels = png[25] switch { 2 => 3, 6 => 4, var type => throw new InvalidDataException($"colour type {type}") };
        using var compressed = new MemoryStream();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            if (png.AsSpan(at + 4, 4).SequenceEqual("IDAT"u8))
            {
                compressed.Write(png, at + 8, length);
            }

            at += length + 12;
        }

        compressed.Position = 0;
        using var zlib = new ZLibStream(compressed, CompressionMode.Decompress);
        var stride = width * channels;
        var (bytes, line, before) = (new byte[height * stride], new byte[stride], new byte[stride]);
        for (var y = 0; y < height; y++)
        {
            var filter = zlib.ReadByte();
            zlib.ReadExactly(line);
            for (var i = 0; i < stride; i++)
            {
                var (left, up, corner) = (i < channels ? 0 : line[i - channels], before[i], i < channels ? 0 : before[i - channels]);
                line[i] += (byte)(filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => Paeth(left, up, corner) });
            }

            line.CopyTo(bytes, y * stride);
            (line, before) = (before, line);
        }

        return new(bytes, channels);
    }

    /// <summary>How many pixels, as a share of all, are so.</summary>
    public double Share(Func<(int Red, int Green, int Blue), bool> isSo)
    {
        var count = 0;
        for (var i = 0; i < _bytes.Length; i += _channels)
        {
            count += isSo((_bytes[i], _bytes[i + 1], _bytes[i + 2])) ? 1 : 0;
        }

        return (double)count * _channels / _bytes.Length;
    }

    private static int Paeth(int left, int up, int corner)
    {
        var estimate = left + up - corner;
        var (a, b, c) = (Math.Abs(estimate - left), Math.Abs(estimate - up), Math.Abs(estimate - corner));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }
}
