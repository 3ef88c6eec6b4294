namespace Wgqa.Experiments.Progress;

/// <summary>
/// Progress of work that can be stopped wherever it reports: at once and on the same thread (<see cref="Progress{T}"/> would report from the thread pool, after the work is over).
/// </summary>
/// <param name="report">Takes what is done.</param>
/// <param name="interrupted">What is said when the work is stopped after so much.</param>
/// <param name="stop">Asks for it.</param>
internal sealed class InterruptibleProgress(Action<int> report, Func<int, string> interrupted, CancellationToken stop) : IProgress<int>
{
    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">The work is to stop.</exception>
    public void Report(int value)
    {
        report(value);
        if (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(interrupted(value));
        }
    }
}
