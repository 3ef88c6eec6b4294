namespace Wgqa.Training.Distributed;

/// <summary>Another process of the group is gone, or has not answered in time.</summary>
public sealed class PeerLostException : IOException
{
    /// <summary>Says which process noticed, and what.</summary>
    public PeerLostException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The same of a run that can be gone on with.</summary>
    /// <param name="lost">What was noticed.</param>
    /// <param name="goesOn">Where the run goes on when the same command is given again.</param>
    public PeerLostException(PeerLostException lost, string goesOn)
        : base($"{lost.Message} The run stops; {goesOn}.", lost) => GoesOn = goesOn;

    /// <summary>Where the run goes on, as the end of a sentence; null where there is none yet.</summary>
    public string? GoesOn { get; }
}
