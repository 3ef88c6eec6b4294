using Wgqa.Training;

namespace Wgqa.Runtime.Tests.Training;

public sealed class ProgressTests
{
    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    [Fact]
    public void RedirectedProgressIsALineEverySoOftenAndOneAtTheEnd()
    {
        var (clock, text) = (new Clock(), new StringWriter());
        var display = new PlainProgress(text, TimeSpan.FromSeconds(10), clock);

        using (var work = display.Start("finetune ColWgqa", 20))
        {
            for (var step = 1; step <= 20; step++)
            {
                clock.Seconds += 3;
                work.Report(step, $"loss {step}");
            }
        }

        display.Say("done");

        Assert.Equal(
            """
            finetune ColWgqa: 20 to do
            finetune ColWgqa: 4/20, loss 4, 48 s left
            finetune ColWgqa: 8/20, loss 8, 36 s left
            finetune ColWgqa: 12/20, loss 12, 24 s left
            finetune ColWgqa: 16/20, loss 16, 12 s left
            finetune ColWgqa: 20/20, loss 20
            done

            """,
            text.ToString());
    }

    [Fact]
    public void TimeLeftCountsOnlyWhatThisProcessHasDone()
    {
        var clock = new Clock();
        var left = new TimeLeft(total: 100, done: 90, clock);
        Assert.Null(left.After(90));

        clock.Seconds = 50;

        Assert.Equal(TimeSpan.FromSeconds(50), left.After(95));
    }

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.6, "1 min 0 s")]
    [InlineData(200, "3 min 20 s")]
    [InlineData(7500, "2 h 5 min")]
    public void ADurationReadsInTwoUnitsAtMost(double seconds, string words) => Assert.Equal(words, TimeLeft.Words(TimeSpan.FromSeconds(seconds)));
}
