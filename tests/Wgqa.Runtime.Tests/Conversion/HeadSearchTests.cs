using TorchSharp;
using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Runtime.Tests.Variants;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Conversion;

public class HeadSearchTests
{
    private static HeadMap Hidden { get; } = HeadMap.Of(0, 1, 2, 1, 0, 2, 2, 2, 1, 0, 1, 0);

    private static HeadMap HiddenToo { get; } = HeadMap.Of(0, 0, 1, 1, 1, 2, 1, 0, 2, 2, 0, 2);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheLossIsWhatMergingLoses(bool calibrated)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        using var source = VariantBlocks.MultiHead(random) with { InputCovariance = calibrated ? HeadAlignmentTests.Metric(random) : null };
        HeadMaps maps = new(HeadMap.Of(0, 0, 0, 0, 0, 1, 2, 2, 1, 3, 3, 3), HeadMap.Strided(12, 3));
        var loss = MergeLoss.Of(source, maps);
        Assert.Equal(Lost(source.Key, maps.Key), loss.Key, 1e-10);
        Assert.Equal(Lost(source.Value, maps.Value), loss.Value, 1e-10);

        double Lost(Tensor weight, HeadMap map)
        {
            var heads = weight.view(12, 3, 10);
            var mean = map.SumGroups(heads.mul(map.MeanWeights().view(12, 1, 1)));
            return Squared(heads.sub(map.Repeat(mean))) / Squared(heads);
        }

        double Squared(Tensor heads) => (source.InputCovariance is { } metric ? heads.matmul(metric) : heads).mul(heads).sum().item<double>();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PlantedGroupsAreFound(bool aligned)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(2);
        using var drawn = VariantBlocks.MultiHead(random);
        using var source = drawn with { Key = Noisy(drawn.Key, Hidden), Value = Noisy(drawn.Value, HiddenToo) };
        var apart = HeadSearch.Find(source, 12, 3, 3, shared: false, aligned);
        Assert.Equal(new HeadMaps(Hidden, HiddenToo), apart);
        using var together = drawn with { Key = Noisy(drawn.Key, Hidden), Value = Noisy(drawn.Value, Hidden) };
        Assert.Equal(HeadMaps.Same(Hidden), HeadSearch.Find(together, 12, 3, 3, shared: true, aligned));

        Tensor Noisy(Tensor weight, HeadMap map)
        {
            var planted = aligned ? HeadAlignmentTests.Planted(weight, map, random) : Same(weight, map);
            return planted.add(VariantBlocks.Draw(random, weight.shape).mul(0.1));
        }

        static Tensor Same(Tensor weight, HeadMap map)
        {
            var heads = weight.view(12, -1, weight.size(1));
            return map.Repeat(heads.narrow(0, 0, map.Groups)).view(weight.shape);
        }
    }

    [Theory]
    [InlineData(6, 6, false)]
    [InlineData(6, 6, true)]
    [InlineData(4, 2, false)]
    [InlineData(5, 5, true)]
    [InlineData(1, 12, false)]
    public void TheMapFoundLosesNoMoreThanNeighbours(int keyGroups, int valueGroups, bool shared)
    {
        using var random = new Generator(3);
        using var source = VariantBlocks.MultiHead(random);
        var found = HeadSearch.Find(source, 12, keyGroups, valueGroups, shared, aligned: false);
        var (best, neighbours) = (MergeLoss.Of(source, found), MergeLoss.Of(source, new(Neighbours(keyGroups), Neighbours(valueGroups))));
        Assert.Equal((keyGroups, valueGroups), (found.Key.Groups, found.Value.Groups));
        Assert.True(best.Key + best.Value <= neighbours.Key + neighbours.Value);
        Assert.Equal(shared, found.Key.Equals(found.Value));

        static HeadMap Neighbours(int groups) => HeadMap.OfSizes([.. Enumerable.Range(0, groups).Select(group => (12 / groups) + (group < 12 % groups ? 1 : 0))]);
    }

    [Fact]
    public void InASharedMapKeysAndValuesWeighTheSame()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(4);
        using var drawn = VariantBlocks.MultiHead(random);
        using var louder = drawn with { Key = drawn.Key.mul(1000) };
        Assert.Equal(HeadSearch.Find(drawn, 12, 4, 4, shared: true, aligned: false), HeadSearch.Find(louder, 12, 4, 4, shared: true, aligned: false));
    }

    [Fact]
    public void TheMetricDecidesWhichHeadsAreAlike()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(5);
        using var drawn = VariantBlocks.MultiHead(random);
        using var inputs = zeros([10, 10], dtype: ScalarType.Float64);
        using var seen = inputs.narrow(0, 0, 5).narrow(1, 0, 5);
        seen.copy_(eye(5, dtype: ScalarType.Float64));

        // Only the first half of the input ever differs from zero, and there the heads are the hidden groups'.
        using var source = drawn with
        {
            Key = cat([Hidden.Repeat(drawn.Key.view(12, 3, 10).narrow(0, 0, 3)).view(36, 10).narrow(1, 0, 5), drawn.Key.narrow(1, 5, 5).mul(10)], 1),
            InputCovariance = inputs,
        };
        Assert.Equal(Hidden, HeadSearch.Find(source, 12, 3, 3, shared: false, aligned: false).Key);
        Assert.NotEqual(Hidden, HeadSearch.Find(source with { InputCovariance = null }, 12, 3, 3, shared: false, aligned: false).Key);
    }

    [Fact]
    public void WeightsOfZeroAreGroupedAsNeighbours()
    {
        using var scope = NewDisposeScope();
        var zero = zeros(12, 8);
        using AttentionProjections source = new(zero, zero.alias(), zero.alias(), zeros(8, 12));
        Assert.Equal(HeadMaps.Same(HeadMap.Contiguous(12, 4)), HeadSearch.Find(source, 12, 4, 4, shared: true, aligned: true));
    }

    [Fact]
    public void ASharedMapHasOneNumberOfGroups()
    {
        using var random = new Generator(6);
        using var source = VariantBlocks.MultiHead(random);
        Assert.Equal("one map for keys and values cannot have 4 key heads and 2 value heads.",
            Assert.Throws<UserException>(() => HeadSearch.Find(source, 12, 4, 2, shared: true, aligned: false)).Message);
    }

    [Fact]
    public void NothingStaysAlive()
    {
        using var random = new Generator(7);
        using var source = VariantBlocks.MultiHead(random) with { InputCovariance = HeadAlignmentTests.Metric(random) };
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        HeadSearch.Find(source, 12, 4, 4, shared: true, aligned: true);
        MergeLoss.Of(source, HeadMaps.Same(HeadMap.Contiguous(12, 4)));
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
