using System.Diagnostics;
using System.Globalization;
using Wgqa.Attention;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Benchmarks;

/// <summary>What this machine's memory gives, and what this process takes of it.</summary>
internal static class Memory
{
    private const long Rows = 1L << 14;
    private const long Columns = 1L << 12;   // 256 MiB of float32 in all: beyond any cache
    private const int Reads = 8;

    /// <summary>Bytes per second that are read at best on a device: a large matrix summed by libtorch, or multiplied by a vector as decoding does, the best of several of each.</summary>
    public static double Bandwidth(Device device)
    {
        using var frozen = no_grad();
        using var large = ones([Rows, Columns], ScalarType.Float32, device);
        using var vector = ones([1, 1, Columns], ScalarType.Float32, device);
        return sizeof(float) * Rows * Columns / Math.Min(Fastest(() => large.sum()), Fastest(() => LinearMap.Apply(vector, large)));
    }

    private static double Fastest(Func<Tensor> read) => Enumerable.Range(0, Reads).Min(_ =>
    {
        var clock = Stopwatch.StartNew();
        using var result = read();
        using var arrived = result.cpu();   // waits for a device that works on its own
        return clock.Elapsed.TotalSeconds;
    });

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
