using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Wgqa.Data;
using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// Dropout's factors on the CPU: 0 with probability p, else 1/(1−p), each element on its own. libtorch draws them one after another from a generator that is made for quality
/// rather than speed, a fifth to a quarter of a training step; here eight xoshiro128+ generators (Blackman and Vigna 2021) run side by side, in blocks with seeds of their own.
/// </summary>
internal static class DropoutMask
{
    private const int Lanes = 8;                    // of Vector256<uint>, whatever the machine has
    private const int Block = 1 << 15;              // elements: enough to make seeding a block cheap, few enough to share out

    /// <summary>Factors for each element of a tensor: [its shape] float32, contiguous, the caller's to dispose. They follow from the global generator's state.</summary>
    public static Tensor Draw(long[] shape, double probability)
    {
        var seed = (ulong)DrawSeed();
        var mask = empty(shape, ScalarType.Float32);
        Fill(MemoryMarshal.Cast<byte, float>(mask.bytes), seed, probability);
        return mask;
    }

    /// <summary>A seed from the global generator, which it moves on.</summary>
    public static long DrawSeed()
    {
        using var drawn = randint(0, long.MaxValue, [1L], ScalarType.Int64);
        return drawn.item<long>();
    }

    /// <summary>Fills memory with factors, a function of the seed alone.</summary>
    public static unsafe void Fill(Span<float> factors, ulong seed, double probability)
    {
        // r < threshold has probability p to within 2⁻³².
        var threshold = (uint)Math.Min(uint.MaxValue, Math.Round(probability * 4294967296.0));
        var kept = (float)(1 / (1 - probability));
        var blocks = (factors.Length + Block - 1) / Block;
        var length = factors.Length;
        fixed (float* start = factors)
        {
            var address = (nint)start;
            if (blocks < 4)
            {
                for (var block = 0; block < blocks; block++)
                {
                    FillBlock(address, block);
                }
            }
            else
            {
                Parallel.For(0, blocks, new() { MaxDegreeOfParallelism = get_num_threads() }, block => FillBlock(address, block));
            }
        }

        void FillBlock(nint address, int block)
        {
            var first = block * Block;
            FillLanes(new Span<float>((float*)address + first, Math.Min(Block, length - first)), new SeededRandom(seed, (ulong)block), threshold, kept);
        }
    }

    private static void FillLanes(Span<float> factors, SeededRandom seeds, uint threshold, float kept)
    {
        var (a, b, c, d) = (Seeded(ref seeds), Seeded(ref seeds), Seeded(ref seeds), Seeded(ref seeds));
        var (limit, factor) = (Vector256.Create(threshold), Vector256.Create(kept));
        var at = 0;
        for (; at + Lanes <= factors.Length; at += Lanes)
        {
            Next().CopyTo(factors[at..]);
        }

        if (at < factors.Length)
        {
            Span<float> rest = stackalloc float[Lanes];
            Next().CopyTo(rest);
            rest[..(factors.Length - at)].CopyTo(factors[at..]);
        }

        Vector256<float> Next()
        {
            var drawn = a + d;
            var shifted = Vector256.ShiftLeft(b, 9);
            c ^= a;
            d ^= b;
            b ^= c;
            a ^= d;
            c ^= shifted;
            d = Vector256.ShiftLeft(d, 11) | Vector256.ShiftRightLogical(d, 21);
            return Vector256.GreaterThanOrEqual(drawn, limit).AsSingle() & factor;
        }
    }

    private static Vector256<uint> Seeded(ref SeededRandom seeds)
    {
        Span<uint> lanes = stackalloc uint[Lanes];
        for (var lane = 0; lane < Lanes; lane++)
        {
            lanes[lane] = (uint)(seeds.Next() >> 32);
        }

        return Vector256.Create<uint>(lanes);
    }
}
