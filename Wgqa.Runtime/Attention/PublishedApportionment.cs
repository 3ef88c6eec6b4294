using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// How the authors' code divides h query heads among G key heads (Khan et al. 2024): each ratio times h, rounded half to even,
/// which may leave groups empty, and what is then missing or too much is corrected. All in float32, as there.
/// </summary>
internal static class PublishedApportionment
{
    /// <summary>KDGQA: norms scaled to [0, 1] by the least and the largest; corrections go to the first of the smallest groups or come from the first of the largest.</summary>
    /// <exception cref="UserException">The norms are equal, or not finite.</exception>
    public static int[] ByNorms(int heads, float[] norms)
    {
        var (least, most) = (norms.Min(), norms.Max());
        if (least == most)
        {
            throw DividesByZero(heads, norms.Length, "have equal norms");
        }

        var sizes = Rounded(heads, Array.ConvertAll(norms, norm => (norm - least) / (most - least)), "have equal norms");
        while (sizes.Sum() > heads)
        {
            sizes[Array.IndexOf(sizes, sizes.Max())]--;
        }

        while (sizes.Sum() < heads)
        {
            sizes[Array.IndexOf(sizes, sizes.Min())]++;
        }

        return sizes;
    }

    /// <summary>DGQA by difference: in proportion to |earlier − now|, corrected at random.</summary>
    /// <exception cref="UserException">No norm has changed, or one is not finite.</exception>
    public static int[] ByDifference(int heads, float[] norms, float[] earlier) =>
        Drawn(heads, Rounded(heads, [.. norms.Zip(earlier, static (now, before) => MathF.Abs(before - now))], "have the norms that they had"));

    /// <summary>DGQA by moving average: in proportion to β·now + (1 − β)·earlier, corrected at random.</summary>
    /// <exception cref="UserException">All norms are zero, or one is not finite.</exception>
    public static int[] ByMovingAverage(int heads, float[] norms, float[] earlier, double beta) =>
        Drawn(heads, Rounded(heads, [.. norms.Zip(earlier, (now, before) => ((float)beta * now) + ((float)(1 - beta) * before))], "have norms of zero"));

    private static int[] Rounded(int heads, float[] weights, string whenAllAreZero)
    {
        // The order in which floats are added up is libtorch's own.
        using var summands = tensor(weights);
        using var sum = summands.sum();
        var total = sum.item<float>();
        return !float.IsFinite(total)
            ? throw new UserException($"{heads} query heads cannot be allocated to {weights.Length} key heads: the norms of the keys are not finite.")
            : total == 0
            ? throw DividesByZero(heads, weights.Length, whenAllAreZero)
            : Array.ConvertAll(weights, weight => (int)MathF.Round(weight / total * heads, MidpointRounding.ToEven));
    }

    private static UserException DividesByZero(int heads, int groups, string whatKeyHeadsHave) =>
        new($"{heads} query heads cannot be allocated to {groups} key heads as published, which divides 0 by 0 where all key heads {whatKeyHeadsHave}; Mode.Safe splits evenly.");

    private static int[] Drawn(int heads, int[] sizes)
    {
        while (sizes.Sum() > heads)
        {
            var group = DrawGroup(sizes.Length);
            sizes[group] = Math.Max(0, sizes[group] - 1);
        }

        while (sizes.Sum() < heads)
        {
            sizes[DrawGroup(sizes.Length)]++;
        }

        return sizes;
    }

    // From the global generator on the CPU, one number at a time: the draws that the authors' code makes.
    private static int DrawGroup(int groups)
    {
        using var drawn = randint(0, groups, [1L], ScalarType.Int64, CPU);
        return (int)drawn.item<long>();
    }
}
