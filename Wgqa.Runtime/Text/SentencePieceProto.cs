using System.Buffers.Binary;

namespace Wgqa.Text;

/// <summary>
/// What a serialized SentencePiece model (the protocol buffer <c>sentencepiece.ModelProto</c>) says about itself, and two
/// changes to it. Both append a field: a protocol buffer's reader merges a message that occurs twice, so that the later
/// value of each field wins, and no byte of the original has to move.
/// </summary>
internal sealed class SentencePieceProto
{
    // ModelProto: pieces = 1, trainer_spec = 2, normalizer_spec = 3, denormalizer_spec = 5.
    private const int Pieces = 1;
    private const int TrainerSpec = 2;
    private const int NormalizerSpec = 3;
    private const int DenormalizerSpec = 5;

    private readonly List<Range> _pieces = [];
    private readonly byte[] _model;

    /// <summary>Reads a model.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a SentencePiece model, or the model has no piece.</exception>
    public SentencePieceProto(byte[] model)
    {
        _model = model;
        foreach (var (field, _, range) in Fields(model, 0..model.Length))
        {
            switch (field)
            {
                case Pieces:
                    _pieces.Add(PieceText(range));
                    break;
                case TrainerSpec:
                    foreach (var (name, value, _) in Fields(model, range))
                    {
                        // treat_whitespace_as_suffix = 24, byte_fallback = 35
                        TreatWhitespaceAsSuffix = name == 24 ? value != 0 : TreatWhitespaceAsSuffix;
                        ByteFallback = name == 35 ? value != 0 : ByteFallback;
                    }

                    break;
                case NormalizerSpec or DenormalizerSpec:
                    foreach (var (name, value, bytes) in Fields(model, range))
                    {
                        // precompiled_charsmap = 2, add_dummy_prefix = 3, escape_whitespaces = 5
                        if (name == 2)
                        {
                            CheckCharacterMap(model.AsSpan(bytes));
                        }
                        else if (field == NormalizerSpec)
                        {
                            AddDummyPrefix = name == 3 ? value != 0 : AddDummyPrefix;
                            EscapeWhitespaces = name == 5 ? value != 0 : EscapeWhitespaces;
                        }
                    }

                    break;
            }
        }

        if (_pieces.Count == 0)
        {
            throw new InvalidDataException("not a SentencePiece model: it has no pieces");
        }
    }

    /// <summary>The number of pieces in the vocabulary.</summary>
    public int PieceCount => _pieces.Count;

    /// <summary>Whether a space is put before every text.</summary>
    public bool AddDummyPrefix { get; private set; } = true;

    /// <summary>Whether spaces become U+2581.</summary>
    public bool EscapeWhitespaces { get; private set; } = true;

    /// <summary>Whether a space belongs to the word before it.</summary>
    public bool TreatWhitespaceAsSuffix { get; private set; }

    /// <summary>Whether an unknown character becomes its bytes.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>The id of a piece, given in UTF-8; -1 where the model has no such piece.</summary>
    public int IndexOf(ReadOnlySpan<byte> piece)
    {
        for (var id = 0; id < _pieces.Count; id++)
        {
            if (_model.AsSpan(_pieces[id]).SequenceEqual(piece))
            {
                return id;
            }
        }

        return -1;
    }

    /// <summary>
    /// The model with another id for the beginning of a sentence. Microsoft.ML.Tokenizers 2.0.0 indexes its table of pieces
    /// with <c>bos_id</c> unchecked, and T5's vocabulary, which has no such piece, says −1.
    /// </summary>
    public byte[] WithBeginningOfSentence(byte id)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id, 0x7F);
        // trainer_spec { bos_id: id }; bos_id = 41, whose tag 41 << 3 is C8 02 as a varint.
        return [.. _model, (TrainerSpec << 3) | 2, 3, 0xC8, 0x02, id];
    }

    /// <summary>The model without its normalizer: it takes texts as they are, U+2581 and all.</summary>
    public byte[] WithoutNormalization() =>
        // normalizer_spec { precompiled_charsmap: "" add_dummy_prefix: false remove_extra_whitespaces: false escape_whitespaces: false }
        [.. _model, (NormalizerSpec << 3) | 2, 8, (2 << 3) | 2, 0, 3 << 3, 0, 4 << 3, 0, 5 << 3, 0];

    /// <summary>
    /// Checks that a normalization map never leads out of itself. libsentencepiece follows it unchecked, so that one wrong
    /// byte of a file could end the process. The map is a length, a double-array trie (as darts-clone builds it) of that many
    /// bytes, and the zero-terminated replacements that its values are offsets of.
    /// </summary>
    private static void CheckCharacterMap(ReadOnlySpan<byte> map)
    {
        if (map.IsEmpty)
        {
            return;
        }

        var trieBytes = map.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(map);
        if (trieBytes == 0 || trieBytes % 4 != 0 || trieBytes >= map.Length - 4)
        {
            throw new InvalidDataException($"its normalization map of {map.Length} bytes is said to begin with a trie of {trieBytes}");
        }

        var trie = map.Slice(4, (int)trieBytes);
        var replacements = map[(4 + (int)trieBytes)..];
        var units = (uint)trie.Length / 4;
        var sound = replacements[^1] == 0;
        for (var i = 0U; i < units && sound; i++)
        {
            var unit = BinaryPrimitives.ReadUInt32LittleEndian(trie[(int)(4 * i)..]);
            if ((unit & 0x8000_0000) == 0) // a node; the others are values
            {
                // The children of a node lie at its own place XOR its offset XOR the next byte, and its value at byte 0.
                var children = i ^ ((unit >> 10) << (int)((unit & 0x200) >> 6));
                sound = (children | 0xFF) < units
                    && ((unit & 0x100) == 0 || (BinaryPrimitives.ReadUInt32LittleEndian(trie[(int)(4 * children)..]) & 0x7FFF_FFFF) < replacements.Length);
            }
        }

        if (!sound)
        {
            throw new InvalidDataException($"its normalization map of {map.Length} bytes leads out of itself");
        }
    }

    private Range PieceText(Range message)
    {
        var text = 0..0;
        foreach (var (field, _, range) in Fields(_model, message))
        {
            text = field == 1 ? range : text;
        }

        return text;
    }

    /// <summary>The fields of a message: number, value (of a number) and where the bytes (of a string or a message) lie.</summary>
    private static IEnumerable<(int Field, ulong Value, Range Bytes)> Fields(byte[] model, Range message)
    {
        var (at, length) = message.GetOffsetAndLength(model.Length);
        var end = at + length;
        while (at < end)
        {
            var tag = Varint(model, ref at, end);
            var value = 0UL;
            var bytes = 0..0;
            switch (tag & 7)
            {
                case 0:
                    value = Varint(model, ref at, end);
                    break;
                case 1:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(model.AsSpan(Skip(ref at, 8, end)));
                    break;
                case 2:
                    bytes = Skip(ref at, Varint(model, ref at, end), end);
                    break;
                case 5:
                    value = BinaryPrimitives.ReadUInt32LittleEndian(model.AsSpan(Skip(ref at, 4, end)));
                    break;
                default:
                    throw new InvalidDataException($"not a SentencePiece model: byte {at} starts no field");
            }

            yield return ((int)(tag >> 3), value, bytes);
        }
    }

    private static Range Skip(ref int at, ulong length, int end)
    {
        if (length > (ulong)(end - at))
        {
            throw new InvalidDataException($"not a SentencePiece model: the field at byte {at} is said to have {length} bytes, and {end - at} are left");
        }

        var start = at;
        at += (int)length;
        return start..at;
    }

    private static ulong Varint(byte[] model, ref int at, int end)
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (at >= end)
            {
                throw new InvalidDataException($"not a SentencePiece model: it ends in the middle of a field, at byte {at}");
            }

            var next = model[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException($"not a SentencePiece model: the number before byte {at} never ends");
    }
}
