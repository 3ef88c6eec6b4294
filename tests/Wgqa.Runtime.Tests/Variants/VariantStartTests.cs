using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Runtime.Tests.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Variants;

/// <summary>What a variant is before any training.</summary>
[Collection(nameof(GlobalGenerator))]
public sealed class VariantStartTests
{
    public static TheoryData<string> StartsAsTheMean =>
        [.. VariantBlocks.All.Where(variant => variant.Info is { Init: Init.Mean, Pooling: Pooling.Average }).Select(variant => variant.Info.Name)];

    public static TheoryData<string> StartsAtRandom =>
        [.. VariantBlocks.All.Where(variant => variant.Info is { Init: Init.Normal }).Select(variant => variant.Info.Name)];

    public static TheoryData<string> Weighted => VariantBlocks.Weighted;

    [Theory]
    [MemberData(nameof(StartsAsTheMean))]
    public void InitMeanAtStepZeroIsMeanPooling(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(9);
        using var source = VariantBlocks.MultiHead(random, type: ScalarType.Float32);
        using var block = VariantBlocks.Converted(VariantBlocks.Named(name), source, random, ScalarType.Float32);
        using var pooled = new GroupedQueryAttention(VariantBlocks.Shape, block.Maps.Key.Groups);
        pooled.LoadMultiHead(source);

        // 1/n is exact for n a power of two, and else as near as float32 has it.
        var tolerance = VariantBlocks.Shape.Heads / block.Maps.Key.Groups is 1 or 2 or 4 ? 0 : 2e-7;
        Assert.InRange(VariantBlocks.Difference(pooled.FoldKey(), block.FoldKey()), 0, tolerance);
        Assert.InRange(VariantBlocks.Difference(pooled.FoldValue(), block.FoldValue()), 0, tolerance);
        var x = VariantBlocks.Draw(random, VariantBlocks.Batch, 4, VariantBlocks.Shape.ModelDim).to_type(ScalarType.Float32);
        Assert.InRange(VariantBlocks.Difference(pooled.forward(x, null, null, null), block.forward(x, null, null, null)), 0, 5 * tolerance);
    }

    [Theory]
    [InlineData("Mean12")]
    [InlineData("First12")]
    [InlineData("Drawn12")]
    [InlineData("Fair12")]
    [InlineData("Scalar12")]
    [InlineData("Row12")]
    [InlineData("Column12")]
    [InlineData("Mha")]
    public void AsManyGroupsAsHeadsWithUnitWeightsIsMultiHeadAttention(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(10);
        using var source = VariantBlocks.MultiHead(random);
        using var block = VariantBlocks.Converted(VariantBlocks.Named(name), source, random, ScalarType.Float64);
        Assert.Equal(0, VariantBlocks.Difference(source.Key, block.FoldKey()));
        Assert.Equal(0, VariantBlocks.Difference(source.Value, block.FoldValue()));

        var multiHead = new PerHeadOracle(12, 12, Weighting.None, source.Query, source.Key, source.Value, source.Output, null, null);
        var x = VariantBlocks.Draw(random, VariantBlocks.Batch, 4, VariantBlocks.Shape.ModelDim);
        Assert.InRange(VariantBlocks.Difference(multiHead.Forward(x, x, null), block.forward(x, null, null, null)), 0, 1e-14);
    }

    [Theory]
    [MemberData(nameof(StartsAtRandom))]
    public void InitNormalDrawsFromTheGlobalGenerator(string name)
    {
        using var scope = NewDisposeScope();
        var (m, h, d) = new AttentionShape(ModelDim: 40, Heads: 12, HeadDim: 40);
        using var block = Seeded(11);
        using var same = Seeded(11);
        using var other = Seeded(12);
        foreach (var merge in new[] { "key_merge", "value_merge" })
        {
            Assert.Equal(0, VariantBlocks.Difference(VariantBlocks.Weight(block, merge), VariantBlocks.Weight(same, merge)));
            Assert.NotEqual(0, VariantBlocks.Difference(VariantBlocks.Weight(block, merge), VariantBlocks.Weight(other, merge)));
        }

        Assert.NotEqual(0, VariantBlocks.Difference(VariantBlocks.Weight(block, "key_merge"), VariantBlocks.Weight(block, "value_merge")));

        // 2·12 draws of a scalar weighting up to 2·480: their mean and spread are a standard normal's within five standard errors.
        var drawn = cat([VariantBlocks.Weight(block, "key_merge").flatten(), VariantBlocks.Weight(block, "value_merge").flatten()]);
        var count = drawn.numel();
        Assert.InRange(drawn.mean().item<float>(), -5 / Math.Sqrt(count), 5 / Math.Sqrt(count));
        Assert.InRange(drawn.std().item<float>(), 1 - (5 / Math.Sqrt(2 * count)), 1 + (5 / Math.Sqrt(2 * count)));

        IGroupedAttention Seeded(long seed)
        {
            manual_seed(seed);
            return VariantBlocks.Named(name).Create(new(m, h, d));
        }
    }

    [Theory]
    [MemberData(nameof(Weighted))]
    public void ConversionKeepsTheInitialMergeWeights(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(13);
        using var source = VariantBlocks.MultiHead(random);
        using var block = VariantBlocks.Named(name).Create(VariantBlocks.Shape);
        var before = VariantBlocks.Weight(block, "key_merge").detach().clone();
        block.LoadMultiHead(source);
        Assert.Equal(0, VariantBlocks.Difference(before, VariantBlocks.Weight(block, "key_merge")));
        Assert.InRange(VariantBlocks.Difference(source.Key, VariantBlocks.Weight(block, "k.weight")), 0, 1e-6);   // as float32
    }

    [Theory]
    [InlineData("First2", 2)]
    [InlineData("First4", 4)]
    public void PoolingTheFirstHeadTakesTheFirstOfEachGroup(string name, int groups)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(14);
        using var source = VariantBlocks.MultiHead(random);
        using var block = VariantBlocks.Converted(VariantBlocks.Named(name), source, random, ScalarType.Float64);
        Assert.Equal([.. Enumerable.Range(0, groups).Select(group => group * 12 / groups)], PickedHeads(source.Key, block.FoldKey()));
        Assert.Equal([.. Enumerable.Range(0, groups).Select(group => group * 12 / groups)], PickedHeads(source.Value, block.FoldValue()));
    }

    [Theory]
    [InlineData("Drawn2", 2)]
    [InlineData("Drawn6", 6)]
    [InlineData("LiteralDrawnGqa", 3)]
    public void PoolingARandomHeadDrawsKeyAndValueTogether(string name, int groups)
    {
        using var scope = NewDisposeScope();
        var draws = new List<string>();
        for (var seed = 0UL; seed < 12; seed++)
        {
            using var random = new Generator(15);
            using var source = VariantBlocks.MultiHead(random);
            using var draw = new Generator(seed);
            using var block = VariantBlocks.Converted(VariantBlocks.Named(name), source, draw, ScalarType.Float64);
            var picked = PickedHeads(source.Key, block.FoldKey());
            Assert.Equal(picked, PickedHeads(source.Value, block.FoldValue()));
            Assert.Equal(Enumerable.Range(0, groups), picked.Select(head => head / (12 / groups)));
            draws.Add(string.Join(" ", picked));
        }

        Assert.True(draws.Distinct().Count() > 1, "twelve seeds drew the same heads");
    }

    [Fact]
    public void ADrawReachesEveryMemberOfAGroup()
    {
        using var random = new Generator(16);
        var drawn = Enumerable.Range(0, 100).SelectMany(_ => HeadPooling.DrawMembers(HeadMap.Contiguous(12, 4), random)).ToList();
        Assert.Equal([0L, 1L, 2L], drawn.Distinct().Order());
    }

    // Which of the source's heads each head of a merged projection is.
    private static int[] PickedHeads(Tensor source, Tensor merged)
    {
        var width = VariantBlocks.Shape.HeadDim;
        return
        [
            .. Enumerable.Range(0, (int)merged.size(0) / width).Select(group => Enumerable.Range(0, VariantBlocks.Shape.Heads).Single(head =>
                VariantBlocks.Difference(source.narrow(0, head * width, width), merged.narrow(0, group * width, width)) == 0)),
        ];
    }
}
