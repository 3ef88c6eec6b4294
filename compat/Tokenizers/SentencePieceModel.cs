using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>
/// A model that libsentencepiece has loaded. Several threads may use one model at once. Texts go over as UTF-8, transcoded
/// into a buffer of this side; results are copied once, out of buffers of the other side.
/// </summary>
internal sealed unsafe class SentencePieceModel : SafeHandle
{
    private const int StackBytes = 1024;

    private SentencePieceModel(nint processor)
        : base(0, ownsHandle: true) => SetHandle(processor);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Loads a serialized model.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a SentencePiece model.</exception>
    public static SentencePieceModel Load(ReadOnlySpan<byte> model)
    {
        fixed (byte* bytes = model)
        {
            return NativeMethods.wgqa_sp_load(bytes, model.Length, out var processor) == 0
                ? new SentencePieceModel(processor)
                : throw new InvalidDataException($"not a SentencePiece model: {LastError()}");
        }
    }

    /// <summary>The number of pieces, and the ids of the special ones; -1 where the model has none.</summary>
    public (int Count, int Unknown, int BeginningOfSentence, int EndOfSentence) Ids()
    {
        Check(NativeMethods.wgqa_sp_ids(this, out var size, out var unk, out var bos, out var eos, out _));
        return (size, unk, bos, eos);
    }

    /// <summary>The text and the kind of a piece.</summary>
    public (string Text, PieceKind Kind) Piece(int id)
    {
        Check(NativeMethods.wgqa_sp_piece(this, id, out var piece, out var length, out var kind));
        return (Encoding.UTF8.GetString(piece, length), kind);
    }

    /// <summary>Splits a text into ids, with room for others before and after them.</summary>
    /// <returns><paramref name="before"/> zeros, the ids, <paramref name="after"/> zeros.</returns>
    [SkipLocalsInit]
    public int[] Encode(ReadOnlySpan<char> text, int before, int after)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = most <= StackBytes ? null : ArrayPool<byte>.Shared.Rent(most);
        Span<byte> utf8 = rented ?? stackalloc byte[StackBytes];
        try
        {
            fixed (byte* bytes = utf8)
            {
                Check(NativeMethods.wgqa_sp_encode(this, bytes, Encoding.UTF8.GetBytes(text, utf8), out var ids, out var count));
                var result = new int[before + count + after];
                new ReadOnlySpan<int>(ids, count).CopyTo(result.AsSpan(before));
                return result;
            }
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Splits texts into ids in one call, each with room for others after them.</summary>
    /// <returns>For each text its ids and <paramref name="after"/> zeros.</returns>
    public int[][] EncodeAll(ReadOnlySpan<string> texts, int after)
    {
        var most = 0;
        foreach (var text in texts)
        {
            most = checked(most + Encoding.UTF8.GetByteCount(text));
        }

        var utf8 = ArrayPool<byte>.Shared.Rent(most);
        var ends = ArrayPool<int>.Shared.Rent(texts.Length);
        try
        {
            var used = 0;
            for (var i = 0; i < texts.Length; i++)
            {
                ends[i] = used += Encoding.UTF8.GetBytes(texts[i], utf8.AsSpan(used));
            }

            var results = new int[texts.Length][];
            fixed (byte* bytes = utf8)
            fixed (int* starts = ends)
            {
                Check(NativeMethods.wgqa_sp_encode_all(this, bytes, starts, texts.Length, out var ids, out var idEnds));
                for (int i = 0, start = 0; i < results.Length; start = idEnds[i], i++)
                {
                    var count = idEnds[i] - start;
                    results[i] = new int[count + after];
                    new ReadOnlySpan<int>(ids + start, count).CopyTo(results[i]);
                }
            }

            return results;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
            ArrayPool<int>.Shared.Return(ends);
        }
    }

    /// <summary>Splits a text into ids and pieces; the piece of an unknown id is the normalized text it stands for.</summary>
    [SkipLocalsInit]
    public (int Id, string Piece)[] EncodePieces(ReadOnlySpan<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = most <= StackBytes ? null : ArrayPool<byte>.Shared.Rent(most);
        Span<byte> utf8 = rented ?? stackalloc byte[StackBytes];
        try
        {
            fixed (byte* bytes = utf8)
            {
                Check(NativeMethods.wgqa_sp_encode_pieces(this, bytes, Encoding.UTF8.GetBytes(text, utf8), out var ids, out var ends, out var pieces, out var count));
                var result = new (int, string)[count];
                for (int i = 0, start = 0; i < count; start = ends[i], i++)
                {
                    result[i] = (ids[i], Encoding.UTF8.GetString(pieces + start, ends[i] - start));
                }

                return result;
            }
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Joins ids, each of them one of the model's, into text.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        fixed (int* first = ids)
        {
            Check(NativeMethods.wgqa_sp_decode(this, first, ids.Length, out var text, out var length));
            return Encoding.UTF8.GetString(text, length);
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMethods.wgqa_sp_free(handle);
        return true;
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException(LastError());
        }
    }

    private static string LastError() => Marshal.PtrToStringUTF8((nint)NativeMethods.wgqa_sp_error()) ?? "";
}
