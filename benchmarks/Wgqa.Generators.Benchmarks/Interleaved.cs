using System.Globalization;

namespace Wgqa.Generators.Benchmarks;

/// <summary>
/// Measures a table's cases in turns, so that what else a machine does falls on all of them alike, and divides within
/// each turn: the ratios hold where the times do not. Times are processor time, which other processes lengthen less than
/// the clock's.
/// </summary>
internal static class Interleaved
{
    private const int WarmingRounds = 5;

    // Microseconds need many runs to a sample, milliseconds few.
    private const int MostRuns = 25;
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(20);

    /// <summary>Measures tables and prints them as Markdown.</summary>
    public static void Print(IEnumerable<Case> cases, int rounds)
    {
        foreach (var table in cases.GroupBy(one => one.Table))
        {
            Console.WriteLine($"| {table.Key} | ms | times the first | µs per class | KB per class |");
            Console.WriteLine("|---|---:|---:|---:|---:|");
            var (names, samples) = (table.Select(one => one.Name).ToList(), Measure([.. table], rounds));
            foreach (var (name, own) in names.Zip(samples))
            {
                var ratio = Median(own.Zip(samples[0], (mine, first) => mine.Milliseconds / first.Milliseconds));
                var (time, bytes) = (Median(own.Select(sample => sample.Milliseconds)), Median(own.Select(sample => sample.Bytes)));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {name} | {time:N3} | {ratio:N2} | {time * 1e3 / Corpus.Size:N2} | {bytes / 1e3 / Corpus.Size:N2} |"));
            }

            Console.WriteLine();
        }
    }

    private static List<(double Milliseconds, double Bytes)>[] Measure(Case[] cases, int rounds)
    {
        var (samples, random) = (cases.Select(_ => new List<(double, double)>()).ToArray(), new Random(1));
        for (var round = -WarmingRounds; round < rounds; round++)
        {
            var turn = Enumerable.Range(0, cases.Length).ToArray();
            random.Shuffle(turn);
            foreach (var number in turn)
            {
                var sample = Run(cases[number]);
                if (round >= 0)
                {
                    samples[number].Add(sample);
                }
            }
        }

        return samples;
    }

    private static (double Milliseconds, double Bytes) Run(Case one)
    {
        GC.Collect();
        var (time, bytes, runs) = (TimeSpan.Zero, 0L, 0);
        for (; runs < MostRuns && time < Enough; runs++)
        {
            var run = one.Prepare();
            var bytesBefore = GC.GetTotalAllocatedBytes(precise: true);
            var timeBefore = Environment.CpuUsage.TotalTime;
            run();
            time += Environment.CpuUsage.TotalTime - timeBefore;
            bytes += GC.GetTotalAllocatedBytes(precise: true) - bytesBefore;
        }

        return (time.TotalMilliseconds / runs, (double)bytes / runs);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
