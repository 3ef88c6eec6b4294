using System.Diagnostics;

namespace Wgqa.TrainingSpeed;

/// <summary>Times alternatives in turn: a machine that slows down slows them all.</summary>
internal static class Timing
{
    /// <summary>The median seconds of each alternative, after one round that does not count.</summary>
    public static double[] Medians(int rounds, params Action[] alternatives)
    {
        var seconds = alternatives.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (index, alternative) in alternatives.Index())
            {
                var start = Stopwatch.GetTimestamp();
                alternative();
                if (round > 0)
                {
                    seconds[index].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                }
            }
        }

        return [.. seconds.Select(static times => times.Order().ElementAt(times.Count / 2))];
    }
}
