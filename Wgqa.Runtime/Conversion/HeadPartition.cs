using Wgqa.Attention;
using Wgqa.Data;

namespace Wgqa.Conversion;

/// <summary>
/// Splitting h heads into G groups so that what their means keep is most: Σ over groups of 1/n · Σ similarity(i, j) over the group's n² ordered
/// pairs. With ⟨W_i, W_j⟩ as the similarity that is Σ ‖W_i‖² − Σ ‖W_i − mean‖².
/// </summary>
internal static class HeadPartition
{
    private const double MostEnumerated = 200_000;
    private const int RandomStarts = 64;

    // Scores are sums in an order that depends on the map: what differs by less than this part of all similarities is a tie.
    private const double Tie = 1e-12;

    /// <summary>The best split into groups whose sizes differ by at most 1: found by enumeration where that is quick.</summary>
    /// <param name="similarity">h × h, symmetric.</param>
    /// <param name="groups">G.</param>
    /// <exception cref="UserException">G is not from 1 to h.</exception>
    public static HeadMap Best(double[,] similarity, int groups)
    {
        var heads = similarity.GetLength(0);
        return groups < 1 || groups > heads
            ? throw new UserException($"{heads} heads cannot be split into {groups} groups.")
            : Count(heads, groups) <= MostEnumerated ? Enumerate(similarity, groups) : Descend(similarity, groups);
    }

    /// <summary>The number of ways to split the heads into groups whose sizes differ by at most 1.</summary>
    public static double Count(int heads, int groups)
    {
        var (size, larger) = (heads / groups, heads % groups);
        return Factorial(heads)
            / Math.Pow(Factorial(size), groups - larger) / Math.Pow(Factorial(size + 1), larger)
            / Factorial(groups - larger) / Factorial(larger);

        static double Factorial(int n) => Enumerable.Range(1, n).Aggregate(1.0, (product, factor) => product * factor);
    }

    /// <summary>What the groups' means keep.</summary>
    /// <param name="similarity">h × h, symmetric.</param>
    /// <param name="groupOf">The group of each head.</param>
    public static double Kept(double[,] similarity, IReadOnlyList<int> groupOf)
    {
        var groups = groupOf.Max() + 1;
        var (sums, sizes) = (new double[groups], new int[groups]);
        for (var i = 0; i < groupOf.Count; i++)
        {
            sizes[groupOf[i]]++;
            sums[groupOf[i]] += similarity[i, i];
            for (var j = 0; j < i; j++)
            {
                sums[groupOf[i]] += groupOf[i] == groupOf[j] ? 2 * similarity[i, j] : 0;
            }
        }

        return Enumerable.Range(0, groups).Where(group => sizes[group] > 0).Sum(group => sums[group] / sizes[group]);
    }

    /// <summary>The best of all splits, visited in lexicographic order.</summary>
    public static HeadMap Enumerate(double[,] similarity, int groups)
    {
        var heads = similarity.GetLength(0);
        var (size, larger) = (heads / groups, heads % groups);
        var tie = TieOf(similarity);
        var (groupOf, sizes, sums) = (new int[heads], new int[groups], new double[groups]);
        var (best, most) = (Array.Empty<int>(), double.NegativeInfinity);
        Place(0, 0, larger);
        return HeadMap.Of(best);

        // Each head joins a group that has room or opens the next one, so that groups are numbered by their first heads.
        void Place(int head, int open, int largerLeft)
        {
            if (head == heads)
            {
                var kept = 0.0;
                for (var group = 0; group < groups; group++)
                {
                    kept += sums[group] / sizes[group];
                }

                if (kept > most + tie)
                {
                    (best, most) = ([.. groupOf], kept);
                }

                return;
            }

            for (var group = 0; group <= open && group < groups; group++)
            {
                var grows = sizes[group] == size;
                if (sizes[group] > size || (grows && largerLeft == 0))
                {
                    continue;
                }

                var before = sums[group];
                sums[group] += similarity[head, head];
                for (var other = 0; other < head; other++)
                {
                    sums[group] += groupOf[other] == group ? 2 * similarity[head, other] : 0;
                }

                groupOf[head] = group;
                sizes[group]++;
                Place(head + 1, group == open ? open + 1 : open, grows ? largerLeft - 1 : largerLeft);
                sizes[group]--;
                sums[group] = before;
            }
        }
    }

    /// <summary>The best of what exchanging heads reaches from neighbouring groups, from strided ones, and from random ones.</summary>
    public static HeadMap Descend(double[,] similarity, int groups)
    {
        var heads = similarity.GetLength(0);
        var tie = TieOf(similarity);
        int[] neighbours = [.. HeadMap.NearlyEven(heads, groups).GroupOf];
        int[] strided = [.. Enumerable.Range(0, heads).Select(head => head % groups)];
        var random = new SeededRandom(0);
        var (best, most) = (Array.Empty<int>(), double.NegativeInfinity);
        for (var start = 0; start < RandomStarts + 2; start++)
        {
            int[] groupOf = [.. start == 1 ? strided : neighbours];
            if (start > 1)
            {
                random.Shuffle<int>(groupOf);
            }

            Improve(similarity, groupOf, groups, tie);
            groupOf = Renumbered(groupOf);
            var kept = Kept(similarity, groupOf);
            if (kept > most + tie || (kept >= most - tie && groupOf.AsSpan().SequenceCompareTo(best) < 0))
            {
                (best, most) = (groupOf, kept);
            }
        }

        return HeadMap.Of(best);
    }

    // Makes the best exchange of two heads, or move of one to a group that is smaller by one, until none is left that keeps more.
    private static void Improve(double[,] similarity, int[] groupOf, int groups, double tie)
    {
        var heads = groupOf.Length;
        var sizes = new int[groups];
        foreach (var group in groupOf)
        {
            sizes[group]++;
        }

        var links = new double[heads, groups];   // Σ similarity(i, j) over the j of a group
        while (true)
        {
            Array.Clear(links);
            var sums = new double[groups];
            for (var i = 0; i < heads; i++)
            {
                for (var j = 0; j < heads; j++)
                {
                    links[i, groupOf[j]] += similarity[i, j];
                }

                sums[groupOf[i]] += links[i, groupOf[i]];
            }

            var (gain, mover, partner, target) = (tie, -1, -1, -1);
            for (var i = 0; i < heads; i++)
            {
                var a = groupOf[i];
                for (var b = 0; b < groups; b++)
                {
                    if (sizes[a] == sizes[b] + 1
                        && (Without(i) / sizes[b]) + ((sums[b] + (2 * links[i, b]) + similarity[i, i]) / sizes[a]) - (sums[a] / sizes[a]) - (sums[b] / sizes[b]) is var moved
                        && moved > gain)
                    {
                        (gain, mover, partner, target) = (moved, i, -1, b);
                    }
                }

                for (var j = 0; j < i; j++)
                {
                    var b = groupOf[j];
                    if (a != b
                        && (Exchanged(i, j) / sizes[a]) + (Exchanged(j, i) / sizes[b]) - (sums[a] / sizes[a]) - (sums[b] / sizes[b]) is var swapped
                        && swapped > gain)
                    {
                        (gain, mover, partner, target) = (swapped, i, j, b);
                    }
                }
            }

            if (mover < 0)
            {
                return;
            }

            if (partner >= 0)
            {
                groupOf[partner] = groupOf[mover];
            }
            else
            {
                sizes[groupOf[mover]]--;
                sizes[target]++;
            }

            groupOf[mover] = target;

            // A head's group without it, and with another head in its place.
            double Without(int i) => sums[groupOf[i]] - (2 * links[i, groupOf[i]]) + similarity[i, i];
            double Exchanged(int i, int j) => Without(i) + (2 * (links[j, groupOf[i]] - similarity[i, j])) + similarity[j, j];
        }
    }

    private static int[] Renumbered(int[] groupOf)
    {
        var numbers = groupOf.Distinct().ToList();
        return [.. groupOf.Select(group => numbers.IndexOf(group))];
    }

    private static double TieOf(double[,] similarity) => Tie * similarity.Cast<double>().Sum(Math.Abs);
}
