namespace Wgqa.Data;

/// <summary>
/// Batches of about the same size in tokens, padding included, of examples whose lengths are nearly one: every example once in each
/// epoch, in an order that is a pure function of seed and epoch.
/// </summary>
public sealed class TokenBudgetPlan
{
    // Examples are sorted by length within a pool. A larger one wastes less, and leaves less to chance which examples meet in a batch.
    private const int BatchesInPool = 256;

    // Examples of one source length have targets of many: they are sorted by target within so many batches' worth of similar sources.
    private const int BatchesInStrip = 4;

    private readonly IReadOnlyList<Seq2SeqExample> _examples;
    private readonly int _budget;
    private readonly ulong _seed;

    /// <summary>A plan for examples.</summary>
    /// <param name="examples">All examples.</param>
    /// <param name="budget">The most tokens of a batch: its rows times its longest source and longest target together. An example that is longer has a batch of its own.</param>
    /// <param name="seed">The run's seed.</param>
    /// <exception cref="UserException">There are no examples, or batches of no tokens.</exception>
    public TokenBudgetPlan(IReadOnlyList<Seq2SeqExample> examples, int budget, ulong seed)
    {
        if (examples.Count < 1 || budget < 1)
        {
            throw new UserException($"{examples.Count} examples cannot be put into batches of {budget} tokens: both must be at least 1.");
        }

        (_examples, _budget, _seed) = (examples, budget, seed);
    }

    /// <summary>The batches of an epoch, each the examples' indices. Their number may differ from epoch to epoch.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    public IReadOnlyList<int[]> Epoch(int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        var random = new SeededRandom(_seed, (ulong)epoch);
        var order = Enumerable.Range(0, _examples.Count).ToArray();
        random.Shuffle<int>(order);
        var batches = Cut(order, BatchesInPool).SelectMany(Batches).ToArray();
        random.Shuffle<int[]>(batches);
        return batches;
    }

    private IEnumerable<int[]> Batches(List<int> pool)
    {
        var strips = Cut(pool.OrderBy(index => _examples[index].InputIds.Length), BatchesInStrip);

        // To and fro, so that the end of a strip and the beginning of the next may share a batch.
        var sorted = strips.SelectMany((strip, number) => strip.OrderBy(index => (number % 2 == 0 ? 1 : -1) * _examples[index].Labels.Length));
        var (batch, source, target) = (new List<int>(), 0, 0);
        foreach (var index in sorted)
        {
            var (longestSource, longestTarget) = (Math.Max(source, _examples[index].InputIds.Length), Math.Max(target, _examples[index].Labels.Length));
            if (batch.Count > 0 && (batch.Count + 1L) * (longestSource + longestTarget) > _budget)
            {
                yield return [.. batch];
                batch.Clear();
                (longestSource, longestTarget) = (_examples[index].InputIds.Length, _examples[index].Labels.Length);
            }

            batch.Add(index);
            (source, target) = (longestSource, longestTarget);
        }

        yield return [.. batch];
    }

    /// <summary>Parts that have the tokens of so many batches each, without padding.</summary>
    private IEnumerable<List<int>> Cut(IEnumerable<int> indices, int batches)
    {
        var part = new List<int>();
        var tokens = 0L;
        foreach (var index in indices)
        {
            part.Add(index);
            tokens += _examples[index].Length;
            if (tokens >= (long)batches * _budget)
            {
                yield return part;
                (part, tokens) = ([], 0);
            }
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }
}
