using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Benchmarks;

/// <summary>What this machine's memory gives, and what this process takes of it.</summary>
internal static class Memory
{
    private const long Elements = 64L << 20;   // 256 MiB of float32: beyond any cache

    /// <summary>Bytes per second that libtorch reads at best on a device: the sum of a large tensor, the best of several.</summary>
    public static double Bandwidth(Device device)
    {
        using var frozen = no_grad();
        using var large = ones([Elements], ScalarType.Float32, device);
        var best = double.PositiveInfinity;
        for (var run = 0; run < 8; run++)
        {
            var clock = Stopwatch.StartNew();
            using var sum = large.sum();
            _ = sum.ToDouble();   // waits for a device that works on its own
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }

        return 4 * Elements / best;
    }

    /// <summary>The most that this process held since the last call, in bytes; null where the system does not say.</summary>
    public static long? Peak()
    {
        const string Status = "/proc/self/status";
        if (!File.Exists(Status))
        {
            return null;
        }

        var line = File.ReadLines(Status).First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        File.WriteAllText("/proc/self/clear_refs", "5");
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
