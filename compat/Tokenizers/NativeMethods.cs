using System.Runtime.InteropServices;

namespace Microsoft.ML.Tokenizers;

/// <summary>The C interface of compat/native/sentencepiece.cpp; its comments say who owns what.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "WgqaSentencePiece";

    [LibraryImport(Library)]
    internal static partial byte* wgqa_sp_error();

    [LibraryImport(Library)]
    internal static partial int wgqa_sp_load(byte* model, long length, out nint processor);

    [LibraryImport(Library)]
    internal static partial void wgqa_sp_free(nint processor);

    [LibraryImport(Library)]
    internal static partial int wgqa_sp_ids(SentencePieceModel processor, out int size, out int unk, out int bos, out int eos, out int pad);

    [LibraryImport(Library)]
    internal static partial int wgqa_sp_piece(SentencePieceModel processor, int id, out byte* piece, out int length, out PieceKind kind);

    [LibraryImport(Library)]
    internal static partial int wgqa_sp_encode(SentencePieceModel processor, byte* text, int length, out int* ids, out int count);

    [LibraryImport(Library)]
    internal static partial int wgqa_sp_encode_all(SentencePieceModel processor, byte* text, int* ends, int count, out int* ids, out int* idEnds);

    [LibraryImport(Library)]
    internal static partial int wgqa_sp_encode_pieces(SentencePieceModel processor, byte* text, int length, out int* ids, out int* ends, out byte* pieces, out int count);

    [LibraryImport(Library)]
    internal static partial int wgqa_sp_decode(SentencePieceModel processor, int* ids, int count, out byte* text, out int length);
}

/// <summary>What a piece of the vocabulary is for.</summary>
internal enum PieceKind
{
    /// <summary>Text.</summary>
    Normal = 0,

    /// <summary>Stands for text that no other piece covers.</summary>
    Unknown = 1,

    /// <summary>Marks something, such as the end of a sentence, and stands for no text.</summary>
    Control = 2,

    /// <summary>Never produced.</summary>
    Unused = 3,

    /// <summary>One byte of a character that no other piece covers.</summary>
    Byte = 4,
}
