namespace Wgqa.Attention;

/// <summary>How h query heads are divided among G key heads: sizes that add up to h, at least 1 each, and nothing left to chance.</summary>
internal static class HeadApportionment
{
    // Norms are sums in float32: what differs by less is equal, on whatever device they were added up.
    private const double Rounding = 1e-6;

    /// <summary>As equal as can be: ⌊h/G⌋ or one more, the first groups the larger.</summary>
    public static int[] Even(int heads, int groups) =>
        [.. Enumerable.Range(0, groups).Select(group => (heads / groups) + (group < heads % groups ? 1 : 0))];

    /// <summary>
    /// One head each, and the other h − G in proportion to <paramref name="weights"/>: the whole part of each share, then one
    /// more for the largest remainders, the lower group where two are equal. All weights zero is an even split.
    /// </summary>
    public static int[] InProportion(int heads, float[] weights)
    {
        var groups = weights.Length;
        var total = weights.Sum(static weight => (double)weight);
        if (total <= 0)
        {
            return Even(heads, groups);
        }

        var shares = Array.ConvertAll(weights, weight => (heads - groups) * weight / total);
        var sizes = Array.ConvertAll(shares, share => 1 + (int)share);
        var largestRemainders = Enumerable.Range(0, groups).OrderByDescending(group => shares[group] - (int)shares[group]);
        foreach (var group in largestRemainders.Take(heads - sizes.Sum()))
        {
            sizes[group]++;
        }

        return sizes;
    }

    /// <summary>What each norm has above the least; all zero where the norms are equal.</summary>
    public static float[] AboveLeast(float[] norms)
    {
        var (least, most) = (norms.Min(), norms.Max());
        return Array.ConvertAll(norms, norm => most - least <= Rounding * most ? 0 : norm - least);
    }

    /// <summary>The same sizes with none empty: each empty group takes a head of the largest, the lower where two are.</summary>
    public static int[] WithoutEmpty(IReadOnlyList<int> sizes)
    {
        int[] filled = [.. sizes];
        while (Array.IndexOf(filled, 0) is var empty and >= 0)
        {
            filled[Array.IndexOf(filled, filled.Max())]--;
            filled[empty]++;
        }

        return filled;
    }
}
