namespace Wgqa.Training;

/// <summary>How long a piece of work will go on, at the pace it has had so far.</summary>
/// <param name="total">Units of work in all.</param>
/// <param name="done">Units done before the clock started.</param>
/// <param name="clock">The clock; the system's if null.</param>
public sealed class TimeLeft(long total, long done = 0, TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly long _start = (clock ?? TimeProvider.System).GetTimestamp();

    /// <summary>The time left; null while nothing has been done by which to tell.</summary>
    public TimeSpan? After(long doneNow)
    {
        var here = doneNow - done;
        return here > 0 ? _clock.GetElapsedTime(_start) * ((double)(total - doneNow) / here) : null;
    }

    /// <summary>A duration in two units at most: 45 s, 3 min 20 s, 2 h 5 min.</summary>
    public static string Words(TimeSpan time)
    {
        var seconds = (long)Math.Round(time.TotalSeconds);
        return seconds switch
        {
            < 60 => $"{seconds} s",
            < 3600 => $"{seconds / 60} min {seconds % 60} s",
            _ => $"{seconds / 3600} h {seconds % 3600 / 60} min",
        };
    }
}
