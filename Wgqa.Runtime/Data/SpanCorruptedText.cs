using Wgqa.Text;

namespace Wgqa.Data;

/// <summary>
/// Plain text as batches for span corruption, read as it is asked for. An epoch reads every file once, in an order of its own, and
/// mixes what it reads in a buffer; which sequences meet in a batch, and which spans they lose, follow from seed and epoch alone.
/// </summary>
public sealed class SpanCorruptedText : IExampleBatches
{
    // 4,096 sequences of 568 tokens are some 20 novels, and 9 MB.
    private const int SequencesMixed = 4096;

    private readonly PlainText _text;
    private readonly T5Tokenizer _tokenizer;
    private readonly SpanCorruption _corruption;
    private readonly int _length;
    private readonly int _batchSize;
    private readonly ulong _seed;

    /// <summary>Batches of text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tokenizer">Has a sentinel for each span.</param>
    /// <param name="corruption">How much is replaced.</param>
    /// <param name="inputLength">Ids of every input, sentinels and end included.</param>
    /// <param name="batchSize">Sequences of a batch; the last of an epoch may have fewer.</param>
    /// <param name="seed">The run's seed.</param>
    /// <exception cref="UserException">A number is out of its range, or the vocabulary has too few sentinels.</exception>
    public SpanCorruptedText(PlainText text, T5Tokenizer tokenizer, SpanCorruption corruption, int inputLength, int batchSize, ulong seed)
    {
        corruption.Validate();
        (_text, _tokenizer, _corruption, _batchSize, _seed) = (text, tokenizer, corruption, batchSize, seed);
        _length = corruption.TokensFor(inputLength);
        if (batchSize < 1)
        {
            throw new UserException($"the batch size is {batchSize}; it must be at least 1.");
        }

        var (_, spans) = corruption.Counts(_length);
        if (spans > tokenizer.SentinelCount)
        {
            throw new UserException($"inputs of {inputLength} tokens lose {spans} spans each, and the vocabulary has only {tokenizer.SentinelCount} sentinels.");
        }
    }

    /// <inheritdoc/>
    public IEnumerable<IReadOnlyList<Seq2SeqExample>> Epoch(int epoch, int skip)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        var random = new SeededRandom(_seed, (ulong)epoch);
        var order = Enumerable.Range(0, _text.Files.Count).ToArray();
        random.Shuffle<int>(order);
        var (mixing, corrupting) = (random.Next(), random.Next());
        return Mixed(_text.Packed(_tokenizer, _length, order), new(mixing))
            .Select((tokens, index) => (tokens, index))
            .Skip(skip * _batchSize)
            .Select(sequence => Corrupted(sequence.tokens, new(corrupting, (ulong)sequence.index)))
            .Chunk(_batchSize);
    }

    /// <summary>The first sequences of the text in its own order, in batches, corrupted the same way each time: for validation.</summary>
    /// <param name="sequences">How many at most.</param>
    public IReadOnlyList<IReadOnlyList<Seq2SeqExample>> HeldOut(int sequences) =>
    [
        .. _text.Packed(_tokenizer, _length).Take(sequences)
            .Select((tokens, index) => Corrupted(tokens, new(0, (ulong)index)))
            .Chunk(_batchSize),
    ];

    private Seq2SeqExample Corrupted(int[] tokens, SeededRandom random) => _corruption.Corrupt(tokens, _tokenizer.SentinelId, _tokenizer.EosId, ref random);

    /// <summary>Each sequence once, those that are near each other mixed.</summary>
    internal static IEnumerable<int[]> Mixed(IEnumerable<int[]> sequences, SeededRandom random)
    {
        var buffer = new List<int[]>(SequencesMixed);
        foreach (var sequence in sequences)
        {
            if (buffer.Count < SequencesMixed)
            {
                buffer.Add(sequence);
                continue;
            }

            var place = random.Next(SequencesMixed);
            yield return buffer[place];
            buffer[place] = sequence;
        }

        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(buffer));
        foreach (var sequence in buffer)
        {
            yield return sequence;
        }
    }
}
