using Wgqa.Data;
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

    /// <summary>
    /// Makes what a step draws (dropout) follow from the seed, the step and which of several processes draws: neighbouring ones get unrelated generators, of 63
    /// bits. The first process draws what a process alone would.
    /// </summary>
    public static void SeedStep(long seed, int step, int rank = 0)
    {
        var drawn = SeededRandom.Mix((ulong)seed + ((ulong)(step + 1) * SeededRandom.Gamma));
        Seed(unchecked((long)((rank == 0 ? drawn : SeededRandom.Mix(drawn + ((ulong)rank * SeededRandom.Gamma))) >> 1)));
    }

    private static void Seed(long seed)
    {
        manual_seed(seed).Dispose();
        if (cuda.is_available())
        {
            cuda.manual_seed_all(seed);
        }
    }
}
