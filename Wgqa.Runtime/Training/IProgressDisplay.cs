namespace Wgqa.Training;

/// <summary>Where long work shows how far it is: bars on a terminal, plain lines where output is redirected, nothing in a test.</summary>
public interface IProgressDisplay
{
    /// <summary>Begins to show a piece of work.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="total">Units of work in all.</param>
    /// <param name="done">Units done already, as in a run that goes on from a checkpoint.</param>
    IProgress Start(string title, long total, long done = 0);

    /// <summary>Shows a sentence that stays.</summary>
    void Say(string sentence);
}

/// <summary>One piece of work on show, until it is disposed.</summary>
public interface IProgress : IDisposable
{
    /// <summary>Shows how far the work is.</summary>
    /// <param name="done">Units done.</param>
    /// <param name="detail">What else there is to know: loss, tokens per second.</param>
    void Report(long done, string detail);
}

/// <summary>Shows nothing.</summary>
public sealed class NoProgress : IProgressDisplay, IProgress
{
    /// <inheritdoc/>
    public IProgress Start(string title, long total, long done = 0) => this;

    /// <inheritdoc/>
    public void Say(string sentence)
    {
    }

    /// <inheritdoc/>
    public void Report(long done, string detail)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
