using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>
/// A run's randomness as a pure function of its seed: the generators are seeded anew before the model is made and before
/// every step. A resumed run then draws what the uninterrupted one would have drawn, on the CPU and on a GPU alike (whose
/// generator's state TorchSharp cannot read), and nothing that happens between two steps changes what follows.
/// </summary>
public static class Randomness
{
    /// <summary>Call before the model is made, so that its initial weights follow from the seed.</summary>
    public static void SeedModel(long seed) => Seed(seed);

    /// <summary>Makes what a step draws (dropout) follow from the seed and the step.</summary>
    public static void SeedStep(long seed, int step) => Seed(Mix(unchecked((ulong)seed), (ulong)step + 1));

    private static void Seed(long seed)
    {
        manual_seed(seed).Dispose();
        if (cuda.is_available())
        {
            cuda.manual_seed_all(seed);
        }
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood 2014): neighbouring steps, and neighbouring seeds, get unrelated generators.</summary>
    private static long Mix(ulong seed, ulong index)
    {
        unchecked
        {
            var z = seed + (index * 0x9E3779B97F4A7C15);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (long)((z ^ (z >> 31)) >> 1);
        }
    }
}
