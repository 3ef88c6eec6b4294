using Wgqa.Text;

namespace Wgqa.Data;

/// <summary>Turns pairs of texts into examples: prefix, tokenization, truncation.</summary>
public sealed class Seq2SeqEncoder
{
    // So many texts are tokenized at a time, on all cores; the rest of the data is not in memory.
    private const int ChunkSize = 1024;

    private readonly Func<IReadOnlyList<string>, int, int[][]> _encode;

    /// <summary>An encoder with a tokenizer.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    public Seq2SeqEncoder(T5Tokenizer tokenizer)
        : this((texts, maxLength) => tokenizer.EncodeBatch(texts, maxLength))
    {
    }

    internal Seq2SeqEncoder(Func<IReadOnlyList<string>, int, int[][]> encode) => _encode = encode;

    /// <summary>What goes before every source, such as <c>summarize: </c>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The most ids of a source with its prefix and end; what is over is cut off before the end.</summary>
    /// <exception cref="UserException">It is less than 1.</exception>
    public int MaxSourceLength { get; init => field = AtLeastOne(value, "source"); } = 512;

    /// <summary>The most ids of a target with its end, likewise.</summary>
    /// <exception cref="UserException">It is less than 1.</exception>
    public int MaxTargetLength { get; init => field = AtLeastOne(value, "target"); } = 128;

    /// <summary>T5's prefix for translation, with the languages' English names.</summary>
    public static string TranslationPrefix(string source, string target) => $"translate {source} to {target}: ";

    /// <summary>T5's prefix for summarization.</summary>
    public const string SummarizationPrefix = "summarize: ";

    /// <summary>The examples of pairs, in their order, as they are asked for.</summary>
    public IEnumerable<Seq2SeqExample> Encode(IEnumerable<TextPair> pairs)
    {
        foreach (var chunk in pairs.Chunk(ChunkSize))
        {
            var sources = EncodeSources([.. chunk.Select(pair => pair.Source)]);
            var targets = _encode([.. chunk.Select(pair => pair.Target)], MaxTargetLength);
            foreach (var (source, target) in sources.Zip(targets))
            {
                yield return new Seq2SeqExample(source, target);
            }
        }
    }

    /// <summary>The ids of sources alone, for generation.</summary>
    public int[][] EncodeSources(IReadOnlyList<string> sources) => _encode([.. sources.Select(source => Prefix + source)], MaxSourceLength);

    private static int AtLeastOne(int length, string side) => length >= 1
        ? length
        : throw new UserException($"The longest {side} cannot be {length} tokens: its end alone is one.");
}
