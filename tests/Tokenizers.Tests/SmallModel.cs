#if TOKENIZER_LOCAL
using System.Text;

namespace Wgqa.Tokenizers.Tests;

/// <summary>Serialized SentencePiece models of a dozen pieces, written by hand so that every id is known.</summary>
internal static class SmallModel
{
    private const int Unknown = 2;
    private const int Control = 3;
    private const int Byte = 6;

    /// <summary>0 unk, 1 bos, 2 eos, 3 space, 4 ▁the, 5 ▁cat, 6 s, 7 t, 8 h, 9 e, 10 c, 11 a, 12 the, 13 the full stop.</summary>
    public static byte[] Words { get; } = Model(
        [("<unk>", 0, Unknown), ("<s>", 0, Control), ("</s>", 0, Control), ("▁", -3, 1), ("▁the", -1, 1), ("▁cat", -1.5f, 1), ("s", -2, 1),
        ("t", -4, 1), ("h", -4, 1), ("e", -4, 1), ("c", -4, 1), ("a", -4, 1), ("the", -2, 1), (".", -2, 1)],
        trainerSpec: []);

    /// <summary>0 unk, 1 bos, 2 eos, 3 to 258 the bytes, 259 space, 260 a.</summary>
    public static byte[] Bytes { get; } = Model(
        [("<unk>", 0, Unknown), ("<s>", 0, Control), ("</s>", 0, Control),
        .. Enumerable.Range(0, 256).Select(value => ($"<0x{value:X2}>", 0f, Byte)), ("▁", -1, 1), ("a", -1, 1)],
        trainerSpec: [.. Number(35, 1)]);

    private static byte[] Model((string Piece, float Score, int Type)[] pieces, byte[] trainerSpec) =>
    [
        .. pieces.SelectMany(piece => Message(1, [.. Message(1, Encoding.UTF8.GetBytes(piece.Piece)), .. Tag(2, 5), .. BitConverter.GetBytes(piece.Score), .. Number(3, piece.Type)])),
        .. Message(2, trainerSpec),
    ];

    private static byte[] Message(int field, byte[] content) => [.. Tag(field, 2), .. Varint(content.Length), .. content];

    private static byte[] Number(int field, int value) => [.. Tag(field, 0), .. Varint(value)];

    private static byte[] Tag(int field, int type) => Varint((field << 3) | type);

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)((value & 0x7F) | 0x80), .. Varint(value >> 7)];
}
#endif
