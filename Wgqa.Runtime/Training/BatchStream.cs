namespace Wgqa.Training;

/// <summary>A task's batches, epoch after epoch without end, from any position on.</summary>
internal sealed class BatchStream<TBatch>(ITrainingTask<TBatch> task, int epoch, int position) : IDisposable
    where TBatch : IDisposable
{
    private IEnumerator<TBatch>? _batches;

    /// <summary>The epoch that the next batch belongs to, or the one that has just ended.</summary>
    public int Epoch { get; private set; } = epoch;

    /// <summary>Batches of that epoch already taken.</summary>
    public int Position { get; private set; } = position;

    /// <summary>The next batch, the caller's to dispose.</summary>
    /// <exception cref="UserException">An epoch has no batch at all.</exception>
    public TBatch Next()
    {
        while (true)
        {
            _batches ??= task.Epoch(Epoch, Position).GetEnumerator();
            if (_batches.MoveNext())
            {
                Position++;
                return _batches.Current;
            }

            if (Position == 0)
            {
                throw new UserException($"The training data has no batch in epoch {Epoch}.");
            }

            Dispose();
            (Epoch, Position) = (Epoch + 1, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batches?.Dispose();
        _batches = null;
    }
}
