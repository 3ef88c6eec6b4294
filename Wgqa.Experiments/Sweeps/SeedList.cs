using System.Globalization;

namespace Wgqa.Experiments.Sweeps;

/// <summary>Seeds as a command line names them: <c>1,2,3</c>, <c>1-5</c>, or both together.</summary>
internal static class SeedList
{
    private const int Most = 10_000;

    /// <summary>The seeds, in their order.</summary>
    /// <exception cref="UserException">It names none, one twice, or something that is no whole number.</exception>
    public static IReadOnlyList<long> Parse(string words)
    {
        var seeds = words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).SelectMany(part => Range(part, words)).ToArray();
        if (seeds.Length == 0)
        {
            throw new UserException($"--seeds is '{words}', which names none.");
        }

        return seeds.GroupBy(seed => seed).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new UserException($"--seeds is '{words}', which names {twice.Key} twice.")
            : seeds;
    }

    private static IEnumerable<long> Range(string part, string words)
    {
        var ends = part.Split('-');
        if (ends.Length > 2 || !ends.All(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            throw new UserException($"--seeds is '{words}'; it must be whole numbers such as 1,2,3 or 1-5.");
        }

        var (first, last) = (int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[^1], CultureInfo.InvariantCulture));
        return last >= first && last - first < Most
            ? Enumerable.Range(0, last - first + 1).Select(step => (long)first + step)
            : throw new UserException($"--seeds is '{words}'; {part} must go up, by {Most} at most.");
    }
}
