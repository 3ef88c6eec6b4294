using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Wgqa.Checkpoints;

namespace Wgqa.Text;

/// <summary>
/// T5's conventions over a SentencePiece model, as Hugging Face's slow <c>T5Tokenizer</c> (<c>legacy=True</c>) has them:
/// <c>&lt;/s&gt;</c> closes every text, and 100 sentinels <c>&lt;extra_id_i&gt;</c> lie above the model's pieces, counted
/// downwards from the end (32,099 − i on the 32,000 pieces of T5's own vocabulary). Sentinels, <c>&lt;/s&gt;</c>,
/// <c>&lt;pad&gt;</c> and <c>&lt;unk&gt;</c> written in a text are split off before the model sees it.
/// One tokenizer serves several threads.
/// </summary>
/// <remarks>
/// With the package Microsoft.ML.Tokenizers 2.0.0 (<c>TokenizerSource=nuget</c>) the model's <c>bos_id</c>, −1 in every T5
/// vocabulary, is replaced by the padding's id before loading: the package indexes its table with it. The id is never used.
/// </remarks>
public sealed class T5Tokenizer
{
    /// <summary>The file name of the vocabulary in a Hugging Face folder.</summary>
    public const string FileName = "spiece.model";

    private const string ConfigurationName = "tokenizer_config.json";
    private const string SentinelStart = "<extra_id_";
    private const int DefaultSentinels = 100;

    // What a call into native code costs is nothing to so many short texts, and so many long ones are no more than one core's share.
    private const int MostTextsAtOnce = 256;

    private readonly SentencePieceTokenizer _pieces;
    private readonly int _pieceCount;
    private readonly bool _cleanUp;
    private readonly string _source;
    private readonly AddedTokens _added = AddedTokens.None;

    private T5Tokenizer(string source, byte[] model, int sentinels, bool cleanUp, Func<T5Tokenizer, SentencePieceProto, AddedTokens>? added = null)
    {
        _source = source;
        _cleanUp = cleanUp;
        Model = model;
        SentinelCount = sentinels;
        SentencePieceProto proto;
        try
        {
            proto = new SentencePieceProto(model);
        }
        catch (InvalidDataException exception)
        {
            throw Unreadable(exception);
        }

        _pieceCount = proto.PieceCount;
        PadId = Required(proto, "<pad>"u8);
        EosId = Required(proto, "</s>"u8);
        UnkId = Required(proto, "<unk>"u8);
        _added = added?.Invoke(this, proto) ?? AddedTokens.None;
        try
        {
#if TOKENIZER_LOCAL
            using var stream = new MemoryStream(model, writable: false);
#else
            using var stream = new MemoryStream(proto.WithBeginningOfSentence((byte)PadId), writable: false);
#endif
            _pieces = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false);
        }
        catch (DllNotFoundException exception)
        {
            throw new UserException("the tokenizer needs libsentencepiece, which was not found: run ./wgqa setup", exception);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Unreadable(exception);
        }
    }

    /// <summary>The padding's id; also the id that a T5 decoder starts from.</summary>
    public int PadId { get; }

    /// <summary>The id that closes every text.</summary>
    public int EosId { get; }

    /// <summary>The id of what no piece covers.</summary>
    public int UnkId { get; }

    /// <summary>How many sentinels lie above the pieces: 100, unless <c>tokenizer_config.json</c> says otherwise.</summary>
    public int SentinelCount { get; }

    /// <summary>Pieces, sentinels and added tokens together. A model's own vocabulary may be larger (32,128 for T5's 32,100).</summary>
    public int VocabularySize => Math.Max(SentinelEnd, _added.All.Select(static token => token.Id + 1).LastOrDefault());

    /// <summary>The serialized SentencePiece model, to be written beside a checkpoint.</summary>
    public ReadOnlyMemory<byte> Model { get; }

    /// <summary>Loads a vocabulary.</summary>
    /// <param name="path">A Hugging Face folder with a <c>spiece.model</c> in it, or the file itself. A
    /// <c>tokenizer_config.json</c> beside it is heeded (<c>extra_ids</c>, <c>clean_up_tokenization_spaces</c>, added tokens), and so is an <c>added_tokens.json</c>.</param>
    /// <exception cref="UserException">The file is missing, is not a SentencePiece model, or lacks one of T5's pieces.</exception>
    public static T5Tokenizer Load(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        byte[] model;
        try
        {
            model = File.ReadAllBytes(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserException(file == path
                ? $"{path} does not exist; it must be a Hugging Face T5 folder on this machine, or the {FileName} of one."
                : $"{file} does not exist; a T5 vocabulary is a SentencePiece model, {FileName}.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{file} cannot be read: {exception.Message}", exception);
        }

        var folder = Path.GetDirectoryName(file) ?? "";
        var configuration = Path.Combine(folder, ConfigurationName) is var named && File.Exists(named) ? JsonSection.Open(named) : null;
        return new T5Tokenizer(
            file,
            model,
            configuration?.Integer("extra_ids", DefaultSentinels, least: 0) ?? DefaultSentinels,
            configuration?.Flag("clean_up_tokenization_spaces", whenAbsent: true) ?? true,
            (tokenizer, proto) => AddedTokens.Read(
                folder,
                configuration,
                content => tokenizer.OwnTokenAt(content) is var (id, length) && length == content.Length ? id : null,
                content => proto.IndexOf(Encoding.UTF8.GetBytes(content)) is >= 0 and var id ? id : null,
                tokenizer.VocabularySize));
    }

    /// <summary>A tokenizer over a model in memory, such as one just trained.</summary>
    /// <param name="model">A serialized SentencePiece model.</param>
    /// <param name="sentinels">How many sentinels lie above its pieces.</param>
    /// <exception cref="UserException">The bytes are not a SentencePiece model, or it lacks one of T5's pieces.</exception>
    public static T5Tokenizer FromModel(byte[] model, int sentinels = DefaultSentinels)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(sentinels);
        return new T5Tokenizer("the SentencePiece model", model, sentinels, cleanUp: true);
    }

    /// <summary>The id of sentinel <c>&lt;extra_id_i&gt;</c>: the vocabulary's last for i = 0, and downwards from there.</summary>
    public int SentinelId(int i)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(i);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, SentinelCount);
        return SentinelEnd - 1 - i;
    }

    /// <summary>Whether an id is one of the sentinels.</summary>
    public bool IsSentinel(int id) => id >= _pieceCount && id < SentinelEnd;

    private int SentinelEnd => _pieceCount + SentinelCount;

    /// <summary>The ids of a text, the last of them <see cref="EosId"/>.</summary>
    /// <param name="text">The text. A lone surrogate is taken for U+FFFD.</param>
    /// <param name="maxLength">The most ids, <see cref="EosId"/> among them; the text's own are cut off at its end.</param>
    /// <param name="addEos">Whether <see cref="EosId"/> closes the text. A text that ends with it gets no second one.</param>
    public int[] Encode(string text, int maxLength = int.MaxValue, bool addEos = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxLength);
        var own = MayHoldSpecialTokens(text) ? EncodeAroundSpecialTokens(text) : EncodePieces(text);

        // Hugging Face truncates to leave room for </s>, and only then looks whether the text ends with one.
        var kept = Math.Min(own.Length, addEos ? maxLength - 1 : maxLength);
        if (!addEos || (kept > 0 && own[kept - 1] == EosId))
        {
            return kept == own.Length ? own : own[..kept];
        }

        var ids = new int[kept + 1];
        own.AsSpan(0, kept).CopyTo(ids);
        ids[kept] = EosId;
        return ids;
    }

    /// <summary>The ids of many texts, each as <see cref="Encode"/> gives them.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="maxLength">The most ids of a text.</param>
    /// <param name="addEos">Whether <see cref="EosId"/> closes each.</param>
    /// <param name="threads">Threads to compute on; all cores where none are given.</param>
    public int[][] EncodeBatch(IReadOnlyList<string> texts, int maxLength = int.MaxValue, bool addEos = true, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxLength);
        var ids = new int[texts.Count][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount };
        var atOnce = Math.Clamp(texts.Count / (4 * parallel.MaxDegreeOfParallelism), 1, MostTextsAtOnce);
        Parallel.For(0, (texts.Count + atOnce - 1) / atOnce, parallel, part =>
        {
            var first = part * atOnce;
            EncodeSome(texts, first, Math.Min(first + atOnce, texts.Count), maxLength, addEos, ids);
        });
        return ids;
    }

    /// <summary>The text of ids.</summary>
    /// <param name="ids">Ids, as a model yields them. One above the vocabulary, which a model whose vocabulary is padded may
    /// yield, counts as a special token.</param>
    /// <param name="skipSpecialTokens">Whether padding, <c>&lt;/s&gt;</c>, <c>&lt;unk&gt;</c> and sentinels are left out.</param>
    /// <param name="cleanUpSpaces">Whether the space before punctuation and English contractions is removed, as Hugging Face
    /// does; by default what <c>tokenizer_config.json</c> says, and true where it says nothing.</param>
    /// <exception cref="UserException">An id is negative.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true, bool? cleanUpSpaces = null)
    {
        var (parts, run) = (new List<string>(), new List<int>(ids.Length));
        foreach (var id in ids)
        {
            if (id < 0)
            {
                throw new UserException($"{id} is not an id of {_source}, whose ids are 0 to {VocabularySize - 1}");
            }

            if (skipSpecialTokens && SpecialToken(id) is not null)
            {
                continue;
            }

            if (id >= SentinelEnd && _added[id] is { } added)
            {
                // It stands apart from what is before and after it.
                AddRun();
                parts.Add(added.Content);
            }
            else
            {
                run.Add(id);
            }
        }

        AddRun();
        var text = string.Join(' ', parts);
        return cleanUpSpaces ?? _cleanUp ? CleanUp(text) : text;

        void AddRun()
        {
            if (run.Count > 0)
            {
                parts.Add(DecodeRun(run));
                run.Clear();
            }
        }
    }

    private string DecodeRun(List<int> ids)
    {
        var text = new StringBuilder();
        var run = new List<int>(ids.Count);
        var afterSpecial = false;
        foreach (var id in ids)
        {
            if (SpecialToken(id) is { } token)
            {
                text.Append(afterSpecial ? "" : " ").Append(_pieces.Decode(run)).Append(token);
                run.Clear();
                afterSpecial = true;
            }
            else
            {
                run.Add(id);
                afterSpecial = false;
            }
        }

        text.Append(_pieces.Decode(run));
        return PythonWhitespace.Strip(text.ToString().AsSpan()).ToString();
    }

    /// <summary>Checks that a model has a row for every id of this vocabulary.</summary>
    /// <param name="modelVocabularySize">The model's <c>vocab_size</c>.</param>
    /// <param name="model">Where the model's size was read, for the message.</param>
    /// <exception cref="UserException">The model's vocabulary is the smaller one.</exception>
    public void EnsureFits(int modelVocabularySize, string model)
    {
        if (modelVocabularySize < VocabularySize)
        {
            throw new UserException(
                $"{_source} has {_pieceCount} pieces, {SentinelCount} sentinels and {_added.All.Count()} added tokens, {VocabularySize} ids together, and vocab_size in {model} is only {modelVocabularySize}");
        }
    }

    /// <summary>Writes <c>spiece.model</c> and <c>tokenizer_config.json</c> into a folder, from which Hugging Face loads them.</summary>
    /// <exception cref="UserException">A file cannot be written.</exception>
    public void Save(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var configuration = new Dictionary<string, object>
        {
            ["tokenizer_class"] = "T5Tokenizer",
            ["eos_token"] = "</s>",
            ["pad_token"] = "<pad>",
            ["unk_token"] = "<unk>",
            ["extra_ids"] = SentinelCount,
            ["legacy"] = true,
            ["clean_up_tokenization_spaces"] = _cleanUp,
        };
        if (_added.All.Any())
        {
            // Hugging Face wants the sentinels among them.
            configuration["additional_special_tokens"] = (string[])[.. Enumerable.Range(0, SentinelCount).Select(i => $"{SentinelStart}{i}>"), .. _added.All.Where(static token => token.IsSpecial).Select(static token => token.Content)];
            Write(AddedTokens.FileName, _added.All.ToDictionary(static token => token.Content, static token => token.Id));
        }

        CompleteFile.Write(Path.Combine(folder, FileName), stream => stream.Write(Model.Span));
        Write(ConfigurationName, configuration);

        void Write<T>(string name, T value)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(value, new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            CompleteFile.Write(Path.Combine(folder, name), stream => stream.Write(bytes));
        }
    }

    private void EncodeSome(IReadOnlyList<string> texts, int first, int end, int maxLength, bool addEos, int[][] ids)
    {
#if TOKENIZER_LOCAL
        // A text that special tokens may be written in takes the long way; the others go over together, with room for what closes them.
        var plain = new string[end - first];
        var places = new int[end - first];
        var count = 0;
        for (var i = first; i < end; i++)
        {
            if (MayHoldSpecialTokens(texts[i]))
            {
                ids[i] = Encode(texts[i], maxLength, addEos);
            }
            else
            {
                (plain[count], places[count++]) = (texts[i], i);
            }
        }

        var encoded = _pieces.EncodeAllToIds(plain.AsSpan(0, count), addEos ? 1 : 0);
        for (var i = 0; i < count; i++)
        {
            var own = encoded[i].Length <= maxLength ? encoded[i] : encoded[i][..maxLength];
            if (addEos)
            {
                own[^1] = EosId;
            }

            ids[places[i]] = own;
        }
#else
        for (var i = first; i < end; i++)
        {
            ids[i] = Encode(texts[i], maxLength, addEos);
        }
#endif
    }

    /// <summary>Splits a text at special tokens; the white space beside one of them goes.</summary>
    private int[] EncodeAroundSpecialTokens(string text)
    {
        var ids = new List<int>();
        var done = 0;
        var anySpecial = false;
        for (var at = 0; text.AsSpan(at).IndexOfAny(_added.Starts) is >= 0 and var further; at++)
        {
            at += further;
            if (at >= done && SpecialTokenAt(text.AsSpan(at)) is var (id, length))
            {
                var before = PythonWhitespace.StripEnd(text.AsSpan(done, at - done));
                ids.AddRange(EncodePieces(anySpecial ? PythonWhitespace.StripStart(before) : before));
                ids.Add(id);
                done = at + length;
                anySpecial = true;
            }
        }

        if (!anySpecial)
        {
            return EncodePieces(text);
        }

        ids.AddRange(EncodePieces(PythonWhitespace.StripStart(text.AsSpan(done))));
        return [.. ids];
    }

    private int[] EncodePieces(ReadOnlySpan<char> text)
    {
        var ids = _pieces.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false);
        return ids as int[] ?? [.. ids];
    }

    private bool MayHoldSpecialTokens(string text) => text.AsSpan().ContainsAny(_added.Starts);

    /// <summary>The longest special or added token that a text starts with, and its length.</summary>
    private (int Id, int Length)? SpecialTokenAt(ReadOnlySpan<char> text) =>
        OwnTokenAt(text) is var own && _added.At(text) is { } added && added.Content.Length > (own?.Length ?? 0) ? (added.Id, added.Content.Length) : own;

    /// <summary>The one of T5's own special tokens that a text starts with, and its length. None is the beginning of another one.</summary>
    private (int Id, int Length)? OwnTokenAt(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("</s>"))
        {
            return (EosId, 4);
        }

        if (text.StartsWith("<pad>"))
        {
            return (PadId, 5);
        }

        if (text.StartsWith("<unk>"))
        {
            return (UnkId, 5);
        }

        if (!text.StartsWith(SentinelStart))
        {
            return null;
        }

        var digits = text[SentinelStart.Length..];
        var end = digits.IndexOf('>');
        return end > 0 && int.TryParse(digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var i)
            && i < SentinelCount && (end == 1 || digits[0] != '0')
            ? (SentinelId(i), SentinelStart.Length + end + 1)
            : null;
    }

    private string? SpecialToken(int id) =>
        _added[id] is { } added ? added.IsSpecial ? added.Content : null
        : id == EosId ? "</s>"
        : id == PadId ? "<pad>"
        : id == UnkId ? "<unk>"
        : id >= _pieceCount ? string.Create(CultureInfo.InvariantCulture, $"{SentinelStart}{SentinelEnd - 1 - id}>")
        : null;

    private int Required(SentencePieceProto proto, ReadOnlySpan<byte> piece)
    {
        var id = proto.IndexOf(piece);
        return id >= 0 ? id : throw new UserException($"{_source} is not a T5 vocabulary: none of its {proto.PieceCount} pieces is {Encoding.UTF8.GetString(piece)}");
    }

    private UserException Unreadable(Exception exception) =>
        new($"{_source} cannot be loaded: {exception.Message}", exception);

    private static string CleanUp(string text) => text
        .Replace(" .", ".", StringComparison.Ordinal)
        .Replace(" ?", "?", StringComparison.Ordinal)
        .Replace(" !", "!", StringComparison.Ordinal)
        .Replace(" ,", ",", StringComparison.Ordinal)
        .Replace(" ' ", "'", StringComparison.Ordinal)
        .Replace(" n't", "n't", StringComparison.Ordinal)
        .Replace(" 'm", "'m", StringComparison.Ordinal)
        .Replace(" 's", "'s", StringComparison.Ordinal)
        .Replace(" 've", "'ve", StringComparison.Ordinal)
        .Replace(" 're", "'re", StringComparison.Ordinal);
}
