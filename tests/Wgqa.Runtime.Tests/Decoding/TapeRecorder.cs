using System.Runtime.InteropServices;
using Wgqa.Decoding;
using Wgqa.Kernels;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>
/// Records the operators of work on any device and calls them again from native code, with the numbers and on the memory of the recording: what a CUDA graph does. Anything
/// that a graph could not hold is refused, our own kernels for the CPU too: they are to be withheld.
/// </summary>
internal sealed unsafe class TapeRecorder : IWorkRecorder
{
    private static readonly delegate* unmanaged<nint> Begin = (delegate* unmanaged<nint>)StandIn.Entry("wgqa_tape_begin");
    private static readonly delegate* unmanaged<nint, void> End = (delegate* unmanaged<nint, void>)StandIn.Entry("wgqa_tape_end");
    private static readonly delegate* unmanaged<nint, long> Length = (delegate* unmanaged<nint, long>)StandIn.Entry("wgqa_tape_length");
    private static readonly delegate* unmanaged<nint, long, byte*> Name = (delegate* unmanaged<nint, long, byte*>)StandIn.Entry("wgqa_tape_name");
    private static readonly delegate* unmanaged<nint, int> ReplayTape = (delegate* unmanaged<nint, int>)StandIn.Entry("wgqa_tape_replay");
    private static readonly delegate* unmanaged<nint, void> Free = (delegate* unmanaged<nint, void>)StandIn.Entry("wgqa_tape_free");

    /// <summary>Whether there is a tape: not with TorchSharp's own native half.</summary>
    public static bool Exists => Begin is not null;

    /// <summary>Names of the operators of each recording.</summary>
    public List<string[]> Recordings { get; } = [];

    /// <summary>Replays so far.</summary>
    public int Replays { get; private set; }

    /// <summary>Recordings that have not been disposed.</summary>
    public int Alive { get; private set; }

    public bool IsReady => true;

    public void Rehearse(Action work) => work();

    public IRecordedWork Record(Action work)
    {
        var tape = Begin();
        try
        {
            work();
        }
        finally
        {
            End(tape);
        }

        Recordings.Add([.. Enumerable.Range(0, (int)Length(tape)).Select(i => Marshal.PtrToStringUTF8((nint)Name(tape, i))!)]);
        Alive++;
        return new Tape(this, tape);
    }

    // Recording has done the work once, which a graph's does not.
    private sealed class Tape(TapeRecorder recorder, nint tape) : IRecordedWork
    {
        private bool _done;

        public void Replay()
        {
            recorder.Replays++;
            if (_done)
            {
                NativeKernels.Done(ReplayTape(tape));
            }

            _done = true;
        }

        public void Dispose()
        {
            recorder.Alive--;
            Free(tape);
        }
    }
}
