using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Runtime.Tests.Models;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Conversion;

/// <summary>Pooling a projection's heads by a map, and repeating them by it, against one head at a time.</summary>
public sealed class HeadPoolingTests
{
    private const int Width = 2;

    public static TheoryData<int[]> Maps => new([[0, 0, 1, 1], [0, 1, 0, 1], [1, 0, 1, 1, 0], [0, 0, 0, 1, 2], [2, 0, 1], [0, 0, 0]]);

    private static Tensor Projection(int heads)
    {
        using var random = new Generator(8);
        return randn([heads * Width, 3], generator: random);
    }

    private static Tensor Head(Tensor projection, int head) => projection.narrow(0, head * Width, Width);

    [Theory]
    [MemberData(nameof(Maps))]
    public void TheAverageIsTheMeanOfAGroupsMembers(int[] entries)
    {
        using var scope = NewDisposeScope();
        var (map, weight) = (HeadMap.Of(entries), Projection(entries.Length));
        var pooled = HeadPooling.Average(weight, map);
        Assert.Equal([map.Groups * Width, 3], pooled.shape);
        for (var group = 0; group < map.Groups; group++)
        {
            var members = map.Members(group).Select(head => Head(weight, head)).ToList();
            Closeness.AssertWithin(1e-6, members.Aggregate((sum, next) => sum.add(next)).div(members.Count), Head(pooled, group), $"group {group}");
        }
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void AHeadIsPickedFromItsGroup(int[] entries)
    {
        using var scope = NewDisposeScope();
        var (map, weight) = (HeadMap.Of(entries), Projection(entries.Length));
        using var random = new Generator(4);
        var members = HeadPooling.DrawMembers(map, random);
        var (first, picked) = (HeadPooling.FirstHead(weight, map), HeadPooling.Pick(weight, map, members));
        for (var group = 0; group < map.Groups; group++)
        {
            Assert.Equal(0, Closeness.MaxDifference(Head(weight, map.Members(group)[0]), Head(first, group)));
            Assert.Equal(0, Closeness.MaxDifference(Head(weight, map.Members(group)[(int)members[group]]), Head(picked, group)));
        }
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void AveragingWhatIsRepeatedGivesItBack(int[] entries)
    {
        using var scope = NewDisposeScope();
        var map = HeadMap.Of(entries);
        var weight = Projection(map.Groups);
        var repeated = HeadRepetition.Repeat(weight, map);
        for (var head = 0; head < map.Heads; head++)
        {
            Assert.Equal(0, Closeness.MaxDifference(Head(weight, entries[head]), Head(repeated, head)));
        }

        Closeness.AssertWithin(1e-6, weight, HeadPooling.Average(repeated, map), "the average");
    }

    [Fact]
    public void AGroupWithoutHeadsIsZeroHoweverItIsPooled()
    {
        using var scope = NewDisposeScope();
        var map = HeadMap.OfSizes(2, 0, 1);
        var weight = Projection(3);
        foreach (var pooled in new[] { HeadPooling.Average(weight, map), HeadPooling.FirstHead(weight, map), HeadPooling.Pick(weight, map, HeadPooling.DrawMembers(map)) })
        {
            Assert.Equal(0, Head(pooled, 1).abs().sum().item<float>());
            Assert.Equal(0, Closeness.MaxDifference(Head(weight, 2), Head(pooled, 2)));
        }
    }

    [Fact]
    public void ADrawIsUniformOverEachGroupsMembers()
    {
        using var random = new Generator(2);
        var map = HeadMap.OfSizes(1, 4, 3);
        var counts = map.Sizes.Select(size => new int[size]).ToArray();
        const int Draws = 1200;
        for (var draw = 0; draw < Draws; draw++)
        {
            foreach (var (group, member) in HeadPooling.DrawMembers(map, random).Index())
            {
                counts[group][member]++;
            }
        }

        // Within five standard deviations of a binomial of 1200 draws.
        foreach (var (group, size) in map.Sizes.Index())
        {
            var (mean, deviation) = (Draws / (double)size, Math.Sqrt(Draws / (double)size * (1 - (1.0 / size))));
            Assert.All(counts[group], count => Assert.InRange(count, mean - (5 * deviation), mean + (5 * deviation)));
        }
    }

    [Fact]
    public void OneDrawServesKeysAndValuesOfOneMap()
    {
        using var random = new Generator(3);
        var same = HeadMaps.Same(HeadMap.Contiguous(12, 2));
        var different = new HeadMaps(HeadMap.Contiguous(12, 2), HeadMap.Strided(12, 2));
        var apart = 0;
        for (var draw = 0; draw < 20; draw++)
        {
            var (key, value) = HeadPooling.DrawMembers(same, random);
            Assert.Equal(key, value);
            (key, value) = HeadPooling.DrawMembers(different, random);
            apart += key.SequenceEqual(value) ? 0 : 1;
        }

        Assert.InRange(apart, 15, 20);
    }

    [Fact]
    public void AMembersDrawIsTheOneThatASingleCallMakes()
    {
        using var one = new Generator(7);
        using var other = new Generator(7);
        using var together = randint(0, 3, [4], dtype: ScalarType.Int64, generator: other);
        Assert.Equal(together.data<long>().ToArray(), HeadPooling.DrawMembers(HeadMap.Contiguous(12, 4), one));
    }

    [Fact]
    public void RowsThatAreNoHeadsAreRefused()
    {
        using var weight = zeros(7, 3);
        Assert.Equal("a projection of 7 rows cannot be split into 4 heads.", Assert.Throws<UserException>(() => HeadPooling.Average(weight, HeadMap.Contiguous(4, 2))).Message);
    }
}
