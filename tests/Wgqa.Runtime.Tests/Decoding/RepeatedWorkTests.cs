using Wgqa.Decoding;

namespace Wgqa.Runtime.Tests.Decoding;

public class RepeatedWorkTests
{
    [Fact]
    public void WorkIsRehearsedThenRecordedThenReplayed()
    {
        var recorder = new Recorder();
        var done = 0;
        var work = new RepeatedWork(() => done++, recorder);
        for (var i = 0; i < 4; i++)
        {
            work.Run();
        }

        Assert.Equal(["rehearse", "record", "replay", "replay", "replay"], recorder.Events);
        Assert.Equal(1, done);   // what is recorded is not done by that, and a replay needs no host
        work.Dispose();
        Assert.Equal("dispose", recorder.Events[^1]);
    }

    [Fact]
    public void WorkThatCannotBeRecordedIsDoneAsItStandsAndNotTriedAgain()
    {
        var recorder = new Recorder { Fails = true };
        var done = 0;
        var first = new RepeatedWork(() => done++, recorder);
        first.Run();
        first.Run();
        first.Run();
        Assert.Equal(3, done);

        using var second = new RepeatedWork(() => done++, recorder);
        second.Run();
        second.Run();
        Assert.Equal(5, done);
        Assert.Equal(["rehearse", "record"], recorder.Events);
        first.Dispose();
        Assert.Equal(["rehearse", "record"], recorder.Events);
    }

    [Fact]
    public void WithoutARecorderWorkIsDoneAsItStands()
    {
        var done = 0;
        using var work = new RepeatedWork(() => done++, null);
        work.Run();
        work.Run();
        work.Run();
        Assert.Equal(3, done);
    }

    /// <summary>Notes what is asked of it, and does as a device would.</summary>
    private sealed class Recorder : IWorkRecorder, IRecordedWork
    {
        public List<string> Events { get; } = [];

        public bool Fails { get; init; }

        public bool IsReady { get; private set; } = true;

        public void Rehearse(Action work)
        {
            Events.Add("rehearse");
            work();
        }

        public IRecordedWork? Record(Action work)
        {
            Events.Add("record");
            IsReady = !Fails;
            return Fails ? null : this;
        }

        public void Replay() => Events.Add("replay");

        public void Dispose() => Events.Add("dispose");
    }
}
