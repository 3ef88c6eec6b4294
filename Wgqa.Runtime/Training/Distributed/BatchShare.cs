namespace Wgqa.Training.Distributed;

/// <summary>One process's part of what all of them train on.</summary>
/// <param name="Rank">The process, from 0.</param>
/// <param name="Size">All processes.</param>
public readonly record struct BatchShare(int Rank, int Size)
{
    /// <summary>Everything: there is one process.</summary>
    public static BatchShare Whole => new(0, 1);

    /// <summary>
    /// The process's examples of a batch, every <see cref="Size"/>-th: neighbours are of similar length, so each process gets as much to do. None
    /// where the batch has fewer examples than there are processes before it.
    /// </summary>
    public IReadOnlyList<T> Of<T>(IReadOnlyList<T> batch)
    {
        if (Size == 1)
        {
            return batch;
        }

        var own = new List<T>((batch.Count / Size) + 1);
        for (var index = Rank; index < batch.Count; index += Size)
        {
            own.Add(batch[index]);
        }

        return own;
    }

    /// <summary>The process's items of a sequence that is divided as a whole, every <see cref="Size"/>-th.</summary>
    public IEnumerable<T> OfAll<T>(IEnumerable<T> items)
    {
        var (rank, size) = (Rank, Size);
        return items.Where((_, index) => index % size == rank);
    }
}
