namespace Wgqa.Experiments.Benchmarks;

/// <summary>Times two things in turns, so that what else the machine does falls on both.</summary>
internal static class Alternating
{
    /// <summary>Medians of as many runs of each, after one of each that is not counted.</summary>
    /// <param name="runs">How often.</param>
    /// <param name="ours">One of our runs, in seconds.</param>
    /// <param name="peers">One of the peer's; null without one.</param>
    /// <param name="stop">Stops between runs.</param>
    public static (double Ours, double? Peers) Medians(int runs, Func<double> ours, Func<double>? peers, CancellationToken stop)
    {
        var (mine, theirs) = (new List<double>(), new List<double>());
        for (var run = -1; run < runs; run++)
        {
            stop.ThrowIfCancellationRequested();
            Keep(mine, ours(), run);
            if (peers is not null)
            {
                Keep(theirs, peers(), run);
            }
        }

        return (Median(mine), theirs.Count > 0 ? Median(theirs) : null);
    }

    private static void Keep(List<double> times, double seconds, int run)
    {
        if (run >= 0)
        {
            times.Add(seconds);
        }
    }

    private static double Median(List<double> times)
    {
        times.Sort();
        return times.Count % 2 == 1 ? times[times.Count / 2] : (times[(times.Count / 2) - 1] + times[times.Count / 2]) / 2;
    }
}
