namespace Wgqa.Decoding;

/// <summary>What can record work on a device and do it again without the host: the same operators on the same memory.</summary>
internal interface IWorkRecorder
{
    /// <summary>Whether recording is possible still.</summary>
    bool IsReady { get; }

    /// <summary>Does work, not recording it, under the conditions in which it will be recorded: what libraries set up when first called is set up here.</summary>
    void Rehearse(Action work);

    /// <summary>Records work, which is not done by that.</summary>
    /// <returns>The recording; null where it failed, and then no other is tried.</returns>
    IRecordedWork? Record(Action work);
}

/// <summary>Work that has been recorded. Disposed before the memory that it uses.</summary>
internal interface IRecordedWork : IDisposable
{
    /// <summary>Does it.</summary>
    void Replay();
}
