using Wgqa.Attention;

namespace Wgqa.Conversion;

/// <summary>Searching for the map that loses least: which heads are alike enough to share a key or value head.</summary>
public static class HeadSearch
{
    /// <summary>
    /// The maps for which merging loses least (<see cref="MergeLoss"/>). Groups have one size where their number divides the heads; else sizes differ by 1.
    /// Exact where there are at most 200,000 ways to split the heads, which is every split of 12; else the best of many descents by
    /// exchanging heads. Deterministic: of equally good maps the lexicographically lowest found, groups numbered in order of their first heads.
    /// </summary>
    /// <param name="source">Multi-head projections, which stay the caller's.</param>
    /// <param name="heads">Query heads h.</param>
    /// <param name="keyGroups">Key heads.</param>
    /// <param name="valueGroups">Value heads.</param>
    /// <param name="shared">One map for keys and values, whose losses then weigh the same; else each has its own.</param>
    /// <param name="aligned">The heads will be turned before they are merged (<see cref="HeadAlignment"/>): a pair counts as alike as it can be turned.</param>
    /// <exception cref="UserException">A number of groups is not from 1 to h, a shared map has two, or the projections do not have those heads.</exception>
    public static HeadMaps Find(AttentionProjections source, int heads, int keyGroups, int valueGroups, bool shared, bool aligned)
    {
        if (shared && keyGroups != valueGroups)
        {
            throw new UserException($"one map for keys and values cannot have {keyGroups} key heads and {valueGroups} value heads.");
        }

        var keys = Similarities(source.Key);
        var values = Similarities(source.Value);
        if (!shared)
        {
            return new(HeadPartition.Best(keys, keyGroups), HeadPartition.Best(values, valueGroups));
        }

        var both = new double[heads, heads];
        for (var i = 0; i < heads; i++)
        {
            for (var j = 0; j < heads; j++)
            {
                both[i, j] = keys[i, j] + values[i, j];
            }
        }

        return HeadMaps.Same(HeadPartition.Best(both, keyGroups));

        double[,] Similarities(TorchSharp.torch.Tensor projection)
        {
            using var gram = HeadGram.Of(projection, source.InputCovariance, heads);
            var similarities = aligned ? gram.AlignedSimilarities() : gram.Similarities();
            var scale = gram.Energy == 0 ? 0 : 1 / gram.Energy;
            for (var i = 0; i < heads; i++)
            {
                for (var j = 0; j < heads; j++)
                {
                    similarities[i, j] *= scale;
                }
            }

            return similarities;
        }
    }
}
