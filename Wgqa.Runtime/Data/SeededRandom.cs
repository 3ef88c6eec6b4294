namespace Wgqa.Data;

/// <summary>
/// A sequence of random numbers that is a pure function of its seeds, the same on every machine and .NET version: SplitMix64.
/// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014).
/// </summary>
public struct SeededRandom
{
    internal const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>A sequence of its own for each pair: neighbouring seeds, or indices, have unrelated ones.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="index">What of the run it is for, such as the epoch.</param>
    public SeededRandom(ulong seed, ulong index = 0) => _state = Mix(Mix(seed + Gamma) + ((index + 1) * Gamma));

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Mix(_state += Gamma);

    /// <summary>A number from 0 to <paramref name="bound"/> − 1, each as likely to within 2⁻³².</summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)(((Next() >> 32) * (ulong)bound) >> 32);
    }

    /// <summary>Puts items in random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>SplitMix64's finalizer: numbers that differ in one bit come out unrelated.</summary>
    internal static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
