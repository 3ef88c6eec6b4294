namespace Wgqa.Decoding;

/// <summary>
/// Work that is done again and again, always by the same operators on the same memory: the first time as it stands, which also allocates what it keeps; then recorded and,
/// from there on, replayed. Without a recorder, or once recording has failed, always as it stands.
/// </summary>
internal sealed class RepeatedWork(Action work, IWorkRecorder? recorder) : IDisposable
{
    private IRecordedWork? _recorded;
    private bool _rehearsed;

    /// <summary>Does the work.</summary>
    public void Run()
    {
        if (_recorded is null && recorder is { IsReady: true })
        {
            if (!_rehearsed)
            {
                recorder.Rehearse(work);
                _rehearsed = true;
                return;
            }

            _recorded = recorder.Record(work);
        }

        if (_recorded is null)
        {
            work();
        }
        else
        {
            _recorded.Replay();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _recorded?.Dispose();
}
