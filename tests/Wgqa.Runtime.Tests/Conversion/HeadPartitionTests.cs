using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Data;

namespace Wgqa.Runtime.Tests.Conversion;

public class HeadPartitionTests
{
    [Theory]
    [InlineData(4, 2, 3)]
    [InlineData(12, 6, 10_395)]
    [InlineData(12, 4, 15_400)]
    [InlineData(12, 5, 138_600)]
    [InlineData(5, 2, 10)]
    [InlineData(7, 7, 1)]
    [InlineData(7, 1, 1)]
    public void SplitsAreCounted(int heads, int groups, double expected) => Assert.Equal(expected, HeadPartition.Count(heads, groups), 1e-6);

    [Theory]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    [InlineData(6, 3)]
    [InlineData(7, 3)]
    [InlineData(8, 3)]
    [InlineData(6, 4)]
    [InlineData(6, 1)]
    [InlineData(6, 6)]
    public void EnumerationFindsTheBestOfAllMaps(int heads, int groups)
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            var similarity = Similarity(heads, seed);
            var best = AllMaps(heads, groups).MaxBy(map => KeptByMeans(similarity, map))!;
            var found = HeadPartition.Enumerate(similarity, groups);
            Assert.Equal(best, found.GroupOf);
            Assert.Equal(KeptByMeans(similarity, best), HeadPartition.Kept(similarity, found.GroupOf), 1e-9);
        }
    }

    [Theory]
    [InlineData(8, 4)]
    [InlineData(8, 2)]
    [InlineData(8, 3)]
    [InlineData(12, 6)]
    [InlineData(12, 5)]
    [InlineData(12, 4)]
    [InlineData(12, 3)]
    [InlineData(12, 2)]
    [InlineData(12, 7)]
    public void DescentsReachWhatEnumerationFinds(int heads, int groups)
    {
        for (ulong seed = 0; seed < 3; seed++)
        {
            var similarity = Similarity(heads, seed);
            Assert.Equal(HeadPartition.Enumerate(similarity, groups), HeadPartition.Descend(similarity, groups));
        }
    }

    [Theory]
    [InlineData(32, 8)]
    [InlineData(32, 16)]
    [InlineData(24, 7)]
    [InlineData(40, 1)]
    [InlineData(40, 40)]
    public void ManyHeadsAreSplitNoWorseThanNeighbours(int heads, int groups)
    {
        var similarity = Similarity(heads, 1);
        var found = HeadPartition.Best(similarity, groups);
        int[] sizes = [.. Enumerable.Range(0, groups).Select(group => (heads / groups) + (group < heads % groups ? 1 : 0))];
        Assert.True(HeadPartition.Kept(similarity, found.GroupOf) >= HeadPartition.Kept(similarity, HeadMap.OfSizes(sizes).GroupOf));
        Assert.Equal(sizes, found.Sizes.OrderDescending());
        Assert.Equal(found, HeadPartition.Best(similarity, groups));
    }

    [Theory]
    [InlineData(6, 3)]
    [InlineData(7, 3)]
    [InlineData(32, 8)]
    [InlineData(30, 4)]
    public void PlantedGroupsAreFound(int heads, int groups)
    {
        int[] planted = [.. HeadMap.OfSizes([.. Enumerable.Range(0, groups).Select(group => (heads / groups) + (group < heads % groups ? 1 : 0))]).GroupOf];
        var random = new SeededRandom(7);
        random.Shuffle<int>(planted);
        var similarity = new double[heads, heads];
        for (var i = 0; i < heads; i++)
        {
            for (var j = 0; j < heads; j++)
            {
                similarity[i, j] = i == j ? 1 : planted[i] == planted[j] ? 0.5 : 0.1;
            }
        }

        var found = HeadPartition.Best(similarity, groups);
        for (var i = 0; i < heads; i++)
        {
            for (var j = 0; j < heads; j++)
            {
                Assert.Equal(planted[i] == planted[j], found.GroupOf[i] == found.GroupOf[j]);
            }
        }

        Assert.Equal(Enumerable.Range(0, groups), found.GroupOf.Distinct());
    }

    [Theory]
    [InlineData(6, 3, "[0, 0, 1, 1, 2, 2]")]
    [InlineData(5, 2, "[0, 0, 0, 1, 1]")]
    [InlineData(5, 3, "[0, 0, 1, 1, 2]")]
    public void OfEquallyGoodMapsTheLowestIsTaken(int heads, int groups, string expected)
    {
        var alike = new double[heads, heads];
        foreach (var similarity in new[] { 0, 0.1 })
        {
            for (var i = 0; i < heads * heads; i++)
            {
                alike[i / heads, i % heads] = similarity;
            }

            Assert.Equal(expected, HeadPartition.Enumerate(alike, groups).ToString());
            Assert.Equal(expected, HeadPartition.Descend(alike, groups).ToString());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void ThereCannotBeMoreGroupsThanHeads(int groups) =>
        Assert.Equal($"4 heads cannot be split into {groups} groups.", Assert.Throws<UserException>(() => HeadPartition.Best(new double[4, 4], groups)).Message);

    private static double[,] Similarity(int heads, ulong seed)
    {
        var random = new SeededRandom(seed);
        var similarity = new double[heads, heads];
        for (var i = 0; i < heads; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                similarity[i, j] = similarity[j, i] = i == j ? 3 + (random.Next(1000) / 1000.0) : random.Next(2001) / 1000.0 - 1;
            }
        }

        return similarity;
    }

    // Every assignment of heads to groups, numbered by first heads, with sizes that differ by at most 1.
    private static IEnumerable<int[]> AllMaps(int heads, int groups)
    {
        for (long code = 0; code < (long)Math.Pow(groups, heads); code++)
        {
            var map = new int[heads];
            var rest = code;
            for (var head = 0; head < heads; head++, rest /= groups)
            {
                map[head] = (int)(rest % groups);
            }

            var sizes = map.CountBy(group => group).ToDictionary();
            if (sizes.Count == groups && sizes.Values.Max() - sizes.Values.Min() <= 1 && map.Distinct().SequenceEqual(Enumerable.Range(0, groups)))
            {
                yield return map;
            }
        }
    }

    private static double KeptByMeans(double[,] similarity, int[] map) => Enumerable.Range(0, map.Length)
        .GroupBy(head => map[head])
        .Sum(group => group.SelectMany(i => group.Select(j => similarity[i, j])).Average() * group.Count());
}
