namespace TorchSharp.Utils;

/// <summary>Little-endian base 128: seven bits a byte, the eighth says that more follow.</summary>
internal static class Leb128
{
    internal static void Encode(this BinaryWriter writer, long value) => writer.Write7BitEncodedInt64(value);

    internal static long Decode(this BinaryReader reader) => reader.Read7BitEncodedInt64();
}
