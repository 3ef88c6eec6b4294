namespace Wgqa.Data;

/// <summary>
/// Which examples are in which batch: every example once in each epoch, in an order that is a pure function of seed and epoch,
/// so that a run resumed at any batch goes on as it would have. The last, smaller batch is kept.
/// </summary>
public sealed class BatchPlan
{
    // Batches whose examples are sorted by length together: enough that a batch's lengths are nearly one, few enough that
    // which examples meet in a batch still changes from epoch to epoch.
    private const int BatchesSortedTogether = 64;

    private readonly int _batchSize;
    private readonly ulong _seed;
    private readonly IReadOnlyList<int>? _lengths;

    /// <summary>A plan for a number of examples.</summary>
    /// <param name="count">How many examples there are.</param>
    /// <param name="batchSize">How many a batch has.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="lengths">Each example's length, where batches should be of similar ones: it saves padding.</param>
    /// <exception cref="UserException">There are no examples, or batches of none.</exception>
    public BatchPlan(int count, int batchSize, ulong seed, IReadOnlyList<int>? lengths = null)
    {
        if (count < 1 || batchSize < 1)
        {
            throw new UserException($"{count} examples cannot be put into batches of {batchSize}: both must be at least 1.");
        }

        if (lengths is not null && lengths.Count != count)
        {
            throw new ArgumentException($"{lengths.Count} lengths were given for {count} examples.", nameof(lengths));
        }

        // A batch has no more examples than there are: no sum or product below goes over an int's range.
        (Count, _batchSize, _seed, _lengths) = (count, Math.Min(batchSize, count), seed, lengths);
    }

    /// <summary>How many examples there are.</summary>
    public int Count { get; }

    /// <summary>How many batches an epoch has.</summary>
    public int BatchesPerEpoch => Batches(Count, _batchSize);

    /// <summary>How many batches so many examples make, the last and smaller one included.</summary>
    public static int Batches(int count, int batchSize) => ((count - 1) / batchSize) + 1;

    /// <summary>The batches of an epoch, each the examples' indices.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    public IReadOnlyList<int[]> Epoch(int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        var random = new SeededRandom(_seed, (ulong)epoch);
        var order = Enumerable.Range(0, Count).ToArray();
        random.Shuffle<int>(order);
        if (_lengths is null)
        {
            return [.. order.Chunk(_batchSize)];
        }

        var batches = order.Chunk((int)Math.Min((long)_batchSize * BatchesSortedTogether, Count))
            .SelectMany(pool => pool.OrderBy(example => _lengths[example]).Chunk(_batchSize))
            .ToArray();
        random.Shuffle<int[]>(batches);
        return batches;
    }

    /// <summary>The batches of one pass in the examples' own order, for evaluation.</summary>
    public static IEnumerable<int[]> InOrder(int count, int batchSize) => Enumerable.Range(0, count).Chunk(batchSize);
}
