using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Wgqa.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>
/// A SentencePiece tokenizer, over libsentencepiece: a subset of the class of this name in Microsoft.ML.Tokenizers 2.0.0,
/// which this one also differs from where that one differs from SentencePiece. Special tokens are split off first, the
/// longest first; each part between them is normalized and split on its own. One tokenizer serves several threads.
/// </summary>
public class SentencePieceTokenizer : Tokenizer
{
    private const char Space = '\u2581';

    private readonly SentencePieceModel _model;
    private readonly Lazy<SentencePieceModel> _unnormalized;
    private readonly Lazy<IReadOnlyDictionary<string, int>> _vocabulary;
    private readonly Dictionary<int, string> _special = [];
    private readonly Dictionary<int, byte> _bytes = [];
    private readonly Regex? _specialPattern;
    private readonly int _pieceCount;

    private SentencePieceTokenizer(byte[] serialized, bool addBeginningOfSentence, bool addEndOfSentence, IReadOnlyDictionary<string, int>? specialTokens)
    {
        var proto = new SentencePieceProto(serialized);
        _model = SentencePieceModel.Load(serialized);
        AddDummyPrefix = proto.AddDummyPrefix;
        EscapeWhiteSpaces = proto.EscapeWhitespaces;
        TreatWhitespaceAsSuffix = proto.TreatWhitespaceAsSuffix;
        ByteFallback = proto.ByteFallback;
        AddBeginningOfSentence = addBeginningOfSentence;
        AddEndOfSentence = addEndOfSentence;
        (_pieceCount, UnknownId, BeginningOfSentenceId, EndOfSentenceId) = _model.Ids();
        UnknownToken = _model.Piece(UnknownId).Text;
        BeginningOfSentenceToken = BeginningOfSentenceId < 0 ? "<s>" : _model.Piece(BeginningOfSentenceId).Text;
        EndOfSentenceToken = EndOfSentenceId < 0 ? "</s>" : _model.Piece(EndOfSentenceId).Text;

        for (var id = 0; id < _pieceCount; id++)
        {
            var (piece, kind) = _model.Piece(id);
            if (kind is PieceKind.Control or PieceKind.Unknown)
            {
                _special.Add(id, piece);
            }
            else if (kind == PieceKind.Byte)
            {
                _bytes.Add(id, Convert.ToByte(piece[3..5], 16)); // <0x41>
            }
        }

        SpecialTokens = specialTokens;
        if (specialTokens is { Count: > 0 })
        {
            foreach (var (token, id) in specialTokens)
            {
                _special[id] = token;
            }

            _specialPattern = new Regex(string.Join('|', specialTokens.Keys.OrderByDescending(token => token.Length).Select(Regex.Escape)));
        }

        _unnormalized = new(() => SentencePieceModel.Load(proto.WithoutNormalization()));
        _vocabulary = new(() => Enumerable.Range(0, _pieceCount).ToDictionary(id => _model.Piece(id).Text, StringComparer.Ordinal).AsReadOnly());
        Normalizer = new ModelNormalizer(this);
    }

    /// <summary>The special tokens given at creation.</summary>
    public IReadOnlyDictionary<string, int>? SpecialTokens { get; }

    /// <summary>Every piece's id.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary => _vocabulary.Value;

    /// <summary>Whether an unknown character becomes its bytes.</summary>
    public bool ByteFallback { get; }

    /// <summary>Whether a space is put before every text.</summary>
    public bool AddDummyPrefix { get; }

    /// <summary>Whether spaces become U+2581.</summary>
    public bool EscapeWhiteSpaces { get; }

    /// <summary>Whether a space belongs to the word before it.</summary>
    public bool TreatWhitespaceAsSuffix { get; }

    /// <summary>Whether encoding puts <see cref="BeginningOfSentenceId"/> first, where the model has it.</summary>
    public bool AddBeginningOfSentence { get; }

    /// <summary>Whether encoding puts <see cref="EndOfSentenceId"/> last, where the model has it.</summary>
    public bool AddEndOfSentence { get; }

    /// <summary>The piece that begins a sentence.</summary>
    public string BeginningOfSentenceToken { get; }

    /// <summary>The piece that ends a sentence.</summary>
    public string EndOfSentenceToken { get; }

    /// <summary>The piece for what no other piece covers.</summary>
    public string UnknownToken { get; }

    /// <summary>The id that begins a sentence; -1 where the model has none.</summary>
    public int BeginningOfSentenceId { get; }

    /// <summary>The id that ends a sentence; -1 where the model has none.</summary>
    public int EndOfSentenceId { get; }

    /// <summary>The id for what no other piece covers.</summary>
    public int UnknownId { get; }

    /// <summary>The model's normalizer.</summary>
    public override Normalizer? Normalizer { get; }

    /// <summary>None.</summary>
    public override PreTokenizer? PreTokenizer => null;

    /// <summary>Loads a model.</summary>
    /// <param name="modelStream">A serialized model, read to its end.</param>
    /// <param name="addBeginningOfSentence">Whether encoding puts the beginning-of-sentence id first.</param>
    /// <param name="addEndOfSentence">Whether encoding puts the end-of-sentence id last.</param>
    /// <param name="specialTokens">Tokens to look for before the model sees the text, with their ids.</param>
    /// <exception cref="InvalidDataException">The stream does not hold a SentencePiece model.</exception>
    public static SentencePieceTokenizer Create(Stream modelStream, bool addBeginningOfSentence = true, bool addEndOfSentence = false, IReadOnlyDictionary<string, int>? specialTokens = null)
    {
        ArgumentNullException.ThrowIfNull(modelStream);
        using var bytes = new MemoryStream();
        modelStream.CopyTo(bytes);
        return new SentencePieceTokenizer(bytes.ToArray(), addBeginningOfSentence, addEndOfSentence, specialTokens);
    }

    /// <summary>Splits into ids.</summary>
    public IReadOnlyList<int> EncodeToIds(string text, bool addBeginningOfSentence, bool addEndOfSentence, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Ids(NotNull(text), addBeginningOfSentence, addEndOfSentence, considerNormalization);

    /// <summary>Splits into ids.</summary>
    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, bool addBeginningOfSentence, bool addEndOfSentence, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Ids(text, addBeginningOfSentence, addEndOfSentence, considerNormalization);

    /// <summary>Splits into no more than <paramref name="maxTokenCount"/> ids.</summary>
    public IReadOnlyList<int> EncodeToIds(string text, bool addBeginningOfSentence, bool addEndOfSentence, int maxTokenCount, out string? normalizedText, out int charsConsumed, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(NotNull(text).AsSpan(), addBeginningOfSentence, addEndOfSentence, maxTokenCount, out normalizedText, out charsConsumed, considerPreTokenization, considerNormalization);

    /// <summary>Splits into no more than <paramref name="maxTokenCount"/> ids.</summary>
    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, bool addBeginningOfSentence, bool addEndOfSentence, int maxTokenCount, out string? normalizedText, out int charsConsumed, bool considerPreTokenization = true, bool considerNormalization = true) =>
        [.. Unpack(Tokens(text, addBeginningOfSentence, addEndOfSentence, Settings(considerPreTokenization, considerNormalization, maxTokenCount)), out normalizedText, out charsConsumed).Select(token => token.Id)];

    /// <summary>Splits into tokens.</summary>
    public IReadOnlyList<EncodedToken> EncodeToTokens(string text, out string? normalizedText, bool addBeginningOfSentence, bool addEndOfSentence, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToTokens(NotNull(text).AsSpan(), out normalizedText, addBeginningOfSentence, addEndOfSentence, considerPreTokenization, considerNormalization);

    /// <summary>Splits into tokens.</summary>
    public IReadOnlyList<EncodedToken> EncodeToTokens(ReadOnlySpan<char> text, out string? normalizedText, bool addBeginningOfSentence, bool addEndOfSentence, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Unpack(Tokens(text, addBeginningOfSentence, addEndOfSentence, Settings(considerPreTokenization, considerNormalization)), out normalizedText, out _);

    /// <summary>The number of tokens.</summary>
    public int CountTokens(string text, bool addBeginningOfSentence, bool addEndOfSentence, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Ids(NotNull(text), addBeginningOfSentence, addEndOfSentence, considerNormalization).Length;

    /// <summary>The number of tokens.</summary>
    public int CountTokens(ReadOnlySpan<char> text, bool addBeginningOfSentence, bool addEndOfSentence, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Ids(text, addBeginningOfSentence, addEndOfSentence, considerNormalization).Length;

    /// <summary>The number of tokens, counted no further than <paramref name="maxTokenCount"/>.</summary>
    public int CountTokens(string text, bool addBeginningOfSentence, bool addEndOfSentence, bool considerPreTokenization, bool considerNormalization, out string? normalizedText, out int charsConsumed, int maxTokenCount = int.MaxValue) =>
        CountTokens(NotNull(text).AsSpan(), addBeginningOfSentence, addEndOfSentence, considerPreTokenization, considerNormalization, out normalizedText, out charsConsumed, maxTokenCount);

    /// <summary>The number of tokens, counted no further than <paramref name="maxTokenCount"/>.</summary>
    public int CountTokens(ReadOnlySpan<char> text, bool addBeginningOfSentence, bool addEndOfSentence, bool considerPreTokenization, bool considerNormalization, out string? normalizedText, out int charsConsumed, int maxTokenCount = int.MaxValue) =>
        Unpack(Tokens(text, addBeginningOfSentence, addEndOfSentence, Settings(considerPreTokenization, considerNormalization, maxTokenCount)), out normalizedText, out charsConsumed).Count;

    /// <summary>The index in the normalized text up to which the first <paramref name="maxTokenCount"/> tokens reach.</summary>
    public int GetIndexByTokenCount(string text, bool addBeginningOfSentence, bool addEndOfSentence, int maxTokenCount, out string? normalizedText, out int tokenCount, bool considerPreTokenization = true, bool considerNormalization = true) =>
        GetIndexByTokenCount(NotNull(text).AsSpan(), addBeginningOfSentence, addEndOfSentence, maxTokenCount, out normalizedText, out tokenCount, considerPreTokenization, considerNormalization);

    /// <summary>The index in the normalized text up to which the first <paramref name="maxTokenCount"/> tokens reach.</summary>
    public int GetIndexByTokenCount(ReadOnlySpan<char> text, bool addBeginningOfSentence, bool addEndOfSentence, int maxTokenCount, out string? normalizedText, out int tokenCount, bool considerPreTokenization = true, bool considerNormalization = true)
    {
        tokenCount = CountTokens(text, addBeginningOfSentence, addEndOfSentence, considerPreTokenization, considerNormalization, out normalizedText, out var charsConsumed, maxTokenCount);
        return charsConsumed;
    }

    /// <summary>The index in the normalized text at which the last <paramref name="maxTokenCount"/> tokens begin.</summary>
    public int GetIndexByTokenCountFromEnd(string text, bool addBeginningOfSentence, bool addEndOfSentence, int maxTokenCount, bool considerNormalization, out string? normalizedText, out int tokenCount) =>
        GetIndexByTokenCountFromEnd(NotNull(text).AsSpan(), addBeginningOfSentence, addEndOfSentence, maxTokenCount, considerNormalization, out normalizedText, out tokenCount);

    /// <summary>The index in the normalized text at which the last <paramref name="maxTokenCount"/> tokens begin.</summary>
    public int GetIndexByTokenCountFromEnd(ReadOnlySpan<char> text, bool addBeginningOfSentence, bool addEndOfSentence, int maxTokenCount, bool considerNormalization, out string? normalizedText, out int tokenCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxTokenCount);
        var tokens = Unpack(Tokens(text, addBeginningOfSentence, addEndOfSentence, Settings(true, considerNormalization)), out normalizedText, out _);
        tokenCount = Math.Min(maxTokenCount, tokens.Count);
        return tokenCount == tokens.Count ? 0 : tokens[^tokenCount].Offset.Start.Value;
    }

    /// <summary>The text that ids stand for, without that of special tokens.</summary>
    public override string Decode(IEnumerable<int> ids) => Decode(ids, considerSpecialTokens: false);

    /// <summary>The text that ids stand for; ids that are neither the model's nor special are passed over.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="considerSpecialTokens">Whether special tokens, such as the end of a sentence, appear in the text.</param>
    public string Decode(IEnumerable<int> ids, bool considerSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var text = new StringBuilder();
        var run = new List<int>();
        var anyText = false;
        foreach (var id in ids)
        {
            if (_special.TryGetValue(id, out var token))
            {
                if (considerSpecialTokens)
                {
                    Flush();
                    text.Append(token);
                }
            }
            else if (id >= 0 && id < _pieceCount)
            {
                run.Add(id);
            }
        }

        Flush();
        return text.ToString();

        void Flush()
        {
            if (run.Count > 0)
            {
                // Only the text as a whole has a space put before it, so only its first piece may lose one.
                var inside = anyText && AddDummyPrefix && !TreatWhitespaceAsSuffix && _model.Piece(run[0]).Text is [Space, ..];
                text.Append(inside ? " " : "").Append(_model.Decode(CollectionsMarshal.AsSpan(run)));
                run.Clear();
                anyText = true;
            }
        }
    }

    /// <summary>Writes the text that ids stand for, without that of special tokens, as far as it fits.</summary>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten) =>
        Decode(ids, destination, considerSpecialTokens: false, out idsConsumed, out charsWritten);

    /// <summary>Writes the text that ids stand for, as far as it fits.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="destination">Where to write.</param>
    /// <param name="considerSpecialTokens">Whether special tokens appear in the text.</param>
    /// <param name="idsConsumed">How many ids the text written stands for.</param>
    /// <param name="charsWritten">The length of the text written.</param>
    public OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, bool considerSpecialTokens, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        int[] all = [.. ids];
        idsConsumed = all.Length;
        var text = Decode(all, considerSpecialTokens);
        if (text.Length > destination.Length)
        {
            // A text never gets shorter by another id: search the most ids that fit.
            var (fits, tooMany) = (0, all.Length);
            while (tooMany - fits > 1)
            {
                var middle = (fits + tooMany) / 2;
                (fits, tooMany) = Decode(all[..middle], considerSpecialTokens).Length <= destination.Length ? (middle, tooMany) : (fits, middle);
            }

            idsConsumed = fits;
            text = Decode(all[..fits], considerSpecialTokens);
        }

        text.CopyTo(destination);
        charsWritten = text.Length;
        return idsConsumed == all.Length ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        Tokens(text ?? textSpan, AddBeginningOfSentence, AddEndOfSentence, settings);

    private protected override IReadOnlyList<int> AllIds(ReadOnlySpan<char> text, EncodeSettings settings) =>
        Ids(text, AddBeginningOfSentence, AddEndOfSentence, settings.ConsiderNormalization);

    /// <summary>The ids of many texts in one call, without special tokens, each with <paramref name="after"/> zeros after them. The package has none such.</summary>
    internal int[][] EncodeAllToIds(ReadOnlySpan<string> texts, int after) => _model.EncodeAll(texts, after);

    private int[] Ids(ReadOnlySpan<char> text, bool addBeginningOfSentence, bool addEndOfSentence, bool normalize)
    {
        if (text.IsEmpty)
        {
            return [];
        }

        if (_specialPattern is not null)
        {
            return [.. Tokens(text, addBeginningOfSentence, addEndOfSentence, Settings(true, normalize)).Tokens.Select(token => token.Id)];
        }

        var before = addBeginningOfSentence && BeginningOfSentenceId >= 0 ? 1 : 0;
        var after = addEndOfSentence && EndOfSentenceId >= 0 ? 1 : 0;
        var ids = (normalize ? _model : _unnormalized.Value).Encode(text, before, after);
        if (before == 1)
        {
            ids[0] = BeginningOfSentenceId;
        }

        if (after == 1)
        {
            ids[^1] = EndOfSentenceId;
        }

        return ids;
    }

    private EncodeResults<EncodedToken> Tokens(ReadOnlySpan<char> text, bool addBeginningOfSentence, bool addEndOfSentence, EncodeSettings settings)
    {
        var tokens = new List<EncodedToken>();
        var normalized = new StringBuilder();
        if (!text.IsEmpty)
        {
            if (addBeginningOfSentence && BeginningOfSentenceId >= 0)
            {
                tokens.Add(new EncodedToken(BeginningOfSentenceId, BeginningOfSentenceToken, 0..0));
            }

            var done = 0;
            if (_specialPattern is not null)
            {
                foreach (var match in _specialPattern.EnumerateMatches(text))
                {
                    AddPieces(text[done..match.Index], settings.ConsiderNormalization, tokens, normalized);
                    done = match.Index + match.Length;
                    var token = text[match.Index..done].ToString();
                    normalized.Append(token);
                    tokens.Add(new EncodedToken(SpecialTokens![token], token, (normalized.Length - token.Length)..normalized.Length));
                }
            }

            AddPieces(text[done..], settings.ConsiderNormalization, tokens, normalized);
            if (addEndOfSentence && EndOfSentenceId >= 0)
            {
                tokens.Add(new EncodedToken(EndOfSentenceId, EndOfSentenceToken, normalized.Length..normalized.Length));
            }
        }

        if (tokens.Count > settings.MaxTokenCount)
        {
            tokens.RemoveRange(settings.MaxTokenCount, tokens.Count - settings.MaxTokenCount);
        }

        return new EncodeResults<EncodedToken>
        {
            Tokens = tokens,
            NormalizedText = settings.ConsiderNormalization ? normalized.ToString() : null,
            CharsConsumed = tokens.Count == 0 ? 0 : tokens[^1].Offset.End.Value,
        };
    }

    private void AddPieces(ReadOnlySpan<char> text, bool normalize, List<EncodedToken> tokens, StringBuilder normalized)
    {
        if (text.IsEmpty)
        {
            return;
        }

        var pieces = (normalize ? _model : _unnormalized.Value).EncodePieces(text);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < pieces.Length;)
        {
            var start = normalized.Length;
            if (!_bytes.ContainsKey(pieces[i].Id))
            {
                normalized.Append(pieces[i].Piece);
                tokens.Add(new EncodedToken(pieces[i].Id, pieces[i].Piece, start..normalized.Length));
                i++;
                continue;
            }

            // The bytes of one character: its place in the text is that of the first, and the others lie behind it.
            var available = 0;
            while (available < utf8.Length && i + available < pieces.Length && _bytes.TryGetValue(pieces[i + available].Id, out var value))
            {
                utf8[available++] = value;
            }

            Rune.DecodeFromUtf8(utf8[..available], out var character, out var length);
            normalized.Append(character.ToString());
            for (var k = 0; k < length; k++, i++)
            {
                tokens.Add(new EncodedToken(pieces[i].Id, pieces[i].Piece, (k == 0 ? start : normalized.Length)..normalized.Length));
            }
        }
    }

    /// <summary>Normalizes as the model does: the pieces of a text are its normalized form.</summary>
    private sealed class ModelNormalizer(SentencePieceTokenizer tokenizer) : Normalizer
    {
        public override string Normalize(string original) => Normalize(NotNull(original).AsSpan());

        public override string Normalize(ReadOnlySpan<char> original) =>
            tokenizer.Tokens(original, false, false, Settings(true, true)).NormalizedText ?? "";
    }
}
