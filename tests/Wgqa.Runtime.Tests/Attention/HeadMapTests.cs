using TorchSharp;
using Wgqa.Attention;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Attention;

public sealed class HeadMapTests
{
    public static TheoryData<int[]> Maps =>
    [
        [0], [0, 1], [0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 1], [1, 0, 2, 0, 0], [2, 2, 1, 0],
    ];

    [Fact]
    public void ContiguousHeadsShareByTheirQuotient()
    {
        var map = HeadMap.Contiguous(6, 3);
        Assert.Equal([0, 0, 1, 1, 2, 2], map.GroupOf);
        Assert.True(map.IsPlain);
        Assert.Equal(map, HeadMap.Of(0, 0, 1, 1, 2, 2));
    }

    [Fact]
    public void StridedHeadsShareByTheirRemainder()
    {
        var map = HeadMap.Strided(6, 3);
        Assert.Equal([0, 1, 2, 0, 1, 2], map.GroupOf);
        Assert.Equal([0, 3, 1, 4, 2, 5], map.Order);
        Assert.True(map.IsEven);
        Assert.False(map.IsContiguous);
    }

    [Fact]
    public void SizesMayDifferAndBeZero()
    {
        var map = HeadMap.OfSizes(2, 0, 1);
        Assert.Equal([0, 0, 2], map.GroupOf);
        Assert.Equal((3, 3, false, true), (map.Heads, map.Groups, map.IsEven, map.IsContiguous));
        Assert.NotEqual(map, HeadMap.OfSizes(2, 1));
        Assert.NotEqual(HeadMap.OfSizes(2, 1), HeadMap.OfSizes(2, 1, 0));
        Assert.Empty(map.Members(1));
    }

    [Theory]
    [InlineData(new int[0], "a head map has at least 1 head.")]
    [InlineData(new[] { 0, -1 }, "a head map names the group -1; groups are counted from 0.")]
    [InlineData(new[] { 0, 2 }, "a head map has the groups 0 to 2, and no head belongs to group 1.")]
    public void EveryGroupHasAHead(int[] entries, string message) =>
        Assert.Equal(message, Assert.Throws<UserException>(() => HeadMap.Of(entries)).Message);

    [Fact]
    public void EqualGroupsDivideTheHeads()
    {
        Assert.Equal("12 heads cannot be split into 5 equal groups.", Assert.Throws<UserException>(() => HeadMap.Contiguous(12, 5)).Message);
        Assert.Equal("12 heads cannot be split into 0 equal groups.", Assert.Throws<UserException>(() => HeadMap.Strided(12, 0)).Message);
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void SummingAndRepeatingAreEachOthersAdjoint(int[] entries)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        var map = HeadMap.Of(entries);
        var perHead = randn([map.Heads, 2, 3], ScalarType.Float64, generator: random);
        var perGroup = randn([map.Groups, 2, 3], ScalarType.Float64, generator: random);

        var (summed, repeated) = (map.SumGroups(perHead), map.Repeat(perGroup));
        Assert.Equal(perGroup.shape, summed.shape);
        Assert.Equal(perHead.shape, repeated.shape);
        for (var head = 0; head < map.Heads; head++)
        {
            Assert.True(repeated[head].equal(perGroup[entries[head]]).all().ToBoolean());
        }

        Assert.Equal(summed.mul(perGroup).sum().ToDouble(), perHead.mul(repeated).sum().ToDouble(), 12);
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void SummingWithMeanWeightsKeepsWhatAGroupShares(int[] entries)
    {
        using var scope = NewDisposeScope();
        var map = HeadMap.Of(entries);
        var shared = arange(map.Groups, ScalarType.Float32);
        Assert.InRange(map.SumGroups(map.Repeat(shared).mul(map.MeanWeights())).sub(shared).abs().max().ToDouble(), 0, 1e-6);
    }

    [Fact]
    public void AGroupWithoutHeadsSumsToZero()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([3f, 0f, 3f], HeadMap.OfSizes(2, 0, 1).SumGroups(tensor(new[] { 1f, 2f, 3f })).data<float>().ToArray());
    }
}
