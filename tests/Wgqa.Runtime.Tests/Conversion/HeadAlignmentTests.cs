using TorchSharp;
using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Runtime.Tests.Variants;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Conversion;

public class HeadAlignmentTests
{
    private static AttentionShape Shape => VariantBlocks.Shape;   // m 10, h 12, d 3: h·d is not m

    public static TheoryData<HeadMaps> Maps => new(
        HeadMaps.Same(HeadMap.Contiguous(12, 6)),
        HeadMaps.Same(HeadMap.Contiguous(12, 1)),
        HeadMaps.Same(HeadMap.Contiguous(12, 12)),
        HeadMaps.Same(HeadMap.Strided(12, 4)),
        HeadMaps.Same(HeadMap.Of(0, 0, 0, 0, 0, 1, 2, 2, 1, 3, 3, 3)),
        HeadMaps.Same(HeadMap.OfSizes(5, 0, 6, 1)),
        new(HeadMap.Contiguous(12, 3), HeadMap.Of(1, 0, 0, 0, 2, 1, 1, 1, 1, 1, 0, 0)));

    [Theory]
    [MemberData(nameof(Maps))]
    public void AnAlignedBlockComputesTheSameFunction(HeadMaps maps)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        foreach (var metric in new[] { null, Metric(random) })
        {
            using var source = VariantBlocks.MultiHead(random) with { InputCovariance = metric };
            using var aligned = HeadAlignment.Align(source, maps);
            var x = VariantBlocks.Draw(random, 2, 5, Shape.ModelDim);
            Closeness.AssertWithin(1e-10, Forward(source, Shape, x), Forward(aligned, Shape, x), maps.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void TurnsAreOrthogonalAndLeaveEachGroupsFirstHead(HeadMaps maps)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(2);
        using var source = VariantBlocks.MultiHead(random);
        var turns = HeadAlignment.Turns(source.Key, null, maps.Key);
        var identity = eye(Shape.HeadDim, dtype: ScalarType.Float64);
        for (var head = 0; head < Shape.Heads; head++)
        {
            Closeness.AssertWithin(1e-12, identity, turns[head].matmul(turns[head].transpose(0, 1)), $"R·Rᵀ of head {head}");
        }

        using var aligned = HeadAlignment.Align(source, maps);
        foreach (var members in Enumerable.Range(0, maps.Value.Groups).Select(maps.Value.Members).Where(members => members.Count > 0))
        {
            var first = members[0] * Shape.HeadDim;
            Assert.Equal(0, Closeness.MaxDifference(source.Value.narrow(0, first, Shape.HeadDim), aligned.Value.narrow(0, first, Shape.HeadDim)));
            Assert.Equal(0, Closeness.MaxDifference(source.Output.narrow(1, first, Shape.HeadDim), aligned.Output.narrow(1, first, Shape.HeadDim)));
        }
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void AlignedHeadsLoseLessWhenMerged(HeadMaps maps)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        foreach (var metric in new[] { null, Metric(random) })
        {
            using var source = VariantBlocks.MultiHead(random) with { InputCovariance = metric };
            using var aligned = HeadAlignment.Align(source, maps);
            var (before, after) = (MergeLoss.Of(source, maps), MergeLoss.Of(aligned, maps));
            if (maps.Key.Groups == Shape.Heads)
            {
                Assert.Equal(0, after.Key, 1e-12);
                continue;
            }

            Assert.True(after.Key < before.Key - 0.05, $"keys lost {before.Key:f3} and after alignment {after.Key:f3}");
            Assert.True(after.Value < before.Value - 0.05, $"values lost {before.Value:f3} and after alignment {after.Value:f3}");
        }
    }

    [Fact]
    public void TheMetricDecidesWhatAgreementIs()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(4);
        var maps = HeadMaps.Same(HeadMap.Contiguous(12, 3));
        using var plain = VariantBlocks.MultiHead(random);
        using var measured = Copy(plain) with { InputCovariance = Metric(random) };
        using var byWeights = HeadAlignment.Align(plain, maps);
        using var byInputs = HeadAlignment.Align(measured, maps);
        var onInputs = MergeLoss.Of(Copy(byWeights) with { InputCovariance = measured.InputCovariance!.alias() }, maps);
        Assert.True(MergeLoss.Of(byInputs, maps).Key < onInputs.Key);
        Assert.True(MergeLoss.Of(byInputs, maps).Value < onInputs.Value);
        Assert.True(MergeLoss.Of(Copy(byInputs), maps).Key > MergeLoss.Of(byWeights, maps).Key);
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void HeadsThatAreRotationsOfOneAnotherLoseNothing(HeadMaps maps)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(5);
        using var drawn = VariantBlocks.MultiHead(random);
        using var source = drawn with
        {
            Key = Planted(drawn.Key, maps.Key, random),
            Value = Planted(drawn.Value, maps.Value, random),
            InputCovariance = Metric(random),
        };
        using var aligned = HeadAlignment.Align(source, maps);
        var loss = MergeLoss.Of(aligned, maps);
        Assert.Equal(0, loss.Key, 1e-12);
        Assert.Equal(0, loss.Value, 1e-12);
    }

    [Fact]
    public void AHeadThatIsAnothersMirrorImageIsReflected()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(6);
        var shape = new AttentionShape(ModelDim: 7, Heads: 2, HeadDim: 1);
        using var drawn = VariantBlocks.MultiHead(random, shape);
        var first = drawn.Key.narrow(0, 0, 1);
        using var source = drawn with { Key = cat([first, first.neg()], 0) };
        using var aligned = HeadAlignment.Align(source, HeadMaps.Same(HeadMap.Contiguous(2, 1)));
        Assert.Equal(0, Closeness.MaxDifference(cat([first, first], 0), aligned.Key));
        Assert.Equal(0, Closeness.MaxDifference(cat([source.Query.narrow(0, 0, 1), source.Query.narrow(0, 1, 1).neg()], 0), aligned.Query));
    }

    [Fact]
    public void AligningAgainGainsNothing()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(14);
        var maps = HeadMaps.Same(HeadMap.Contiguous(12, 2));
        using var source = VariantBlocks.MultiHead(random);
        using var once = HeadAlignment.Align(source, maps);
        using var twice = HeadAlignment.Align(once, maps);
        Assert.Equal(MergeLoss.Of(twice, maps).Key, MergeLoss.Of(once, maps).Key, 1e-4);
        Assert.Equal(MergeLoss.Of(twice, maps).Value, MergeLoss.Of(once, maps).Value, 1e-4);
    }

    [Fact]
    public void HeadsThatAgreeAreNotTurnedAgainstOneAnotherByAFirstHeadThatSetsThemApart()
    {
        // Two pairs of equal heads agree a little with each other. The first head, hardly there, is turned against one pair: turned to it, the pairs would
        // disagree, and no single head would gain by turning back.
        using var scope = NewDisposeScope();
        using var random = new Generator(15);
        using var drawn = VariantBlocks.MultiHead(random, new(ModelDim: 3, Heads: 5, HeadDim: 1));
        using var source = drawn with { Key = tensor(new[,] { { 2e-3, -1e-3, 0 }, { 1, 0, 0.1 }, { 1, 0, 0.1 }, { 0, 1, 0.1 }, { 0, 1, 0.1 } }) };
        using var aligned = HeadAlignment.Align(source, HeadMaps.Same(HeadMap.Contiguous(5, 1)));
        Assert.Equal(0, Closeness.MaxDifference(source.Key, aligned.Key));
    }

    [Theory]
    [InlineData(7, 4, 1)]
    [InlineData(4, 6, 8)]
    [InlineData(16, 4, 4)]
    public void HeadsOfAnyWidthAreAligned(int modelDim, int heads, int headDim)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(7);
        var shape = new AttentionShape(modelDim, heads, headDim);
        var maps = HeadMaps.Same(HeadMap.Contiguous(heads, 2));
        using var source = VariantBlocks.MultiHead(random, shape);
        using var aligned = HeadAlignment.Align(source, maps);
        var x = VariantBlocks.Draw(random, 2, 5, modelDim);
        Closeness.AssertWithin(1e-10, Forward(source, shape, x), Forward(aligned, shape, x), "the block");
        Assert.True(MergeLoss.Of(aligned, maps).Key < MergeLoss.Of(source, maps).Key);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e-5)]
    [InlineData(ScalarType.BFloat16, 2e-2)]
    public void TheSourcesElementTypeIsKept(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(8);
        using var source = VariantBlocks.MultiHead(random, type: type);
        using var aligned = HeadAlignment.Align(source, HeadMaps.Same(HeadMap.Contiguous(12, 3)));
        foreach (var (before, after) in new[] { (source.Query, aligned.Query), (source.Key, aligned.Key), (source.Value, aligned.Value), (source.Output, aligned.Output) })
        {
            Assert.Equal(type, after.dtype);
            Assert.Equal(before.shape, after.shape);
            Assert.Equal(Closeness.Norm(before), Closeness.Norm(after), tolerance * Closeness.Norm(before));
        }

        var x = VariantBlocks.Draw(random, 2, 5, Shape.ModelDim);
        Closeness.AssertWithin(tolerance, Forward(Wide(source), Shape, x), Forward(Wide(aligned), Shape, x), "the block");

        static AttentionProjections Wide(AttentionProjections narrow) => new(narrow.Query.to_type(ScalarType.Float64),
            narrow.Key.to_type(ScalarType.Float64), narrow.Value.to_type(ScalarType.Float64), narrow.Output.to_type(ScalarType.Float64));
    }

    [Fact]
    public void WeightsOfZeroStayZero()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(9);
        var maps = HeadMaps.Same(HeadMap.Contiguous(12, 3));
        using var drawn = VariantBlocks.MultiHead(random);
        using var source = drawn with { Key = zeros_like(drawn.Key) };
        using var aligned = HeadAlignment.Align(source, maps);
        Assert.Equal(0, Closeness.Norm(aligned.Key));
        Assert.Equal(Closeness.Norm(source.Query), Closeness.Norm(aligned.Query), 1e-10);
        Assert.Equal(0, MergeLoss.Of(aligned, maps).Key);
    }

    [Fact]
    public void OneHeadOfZerosDoesNotHinderTheOthers()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(10);
        var maps = HeadMaps.Same(HeadMap.Contiguous(12, 3));
        using var drawn = VariantBlocks.MultiHead(random);
        using var source = drawn with { Key = Planted(drawn.Key, maps.Key, random) };
        source.Key.narrow(0, 0, Shape.HeadDim).zero_();
        using var aligned = HeadAlignment.Align(source, maps);
        var heads = aligned.Key.view(Shape.Heads, Shape.HeadDim, Shape.ModelDim);
        Closeness.AssertWithin(1e-4, heads[1], heads[2], "the second head, beside the third,");
        Closeness.AssertWithin(1e-4, heads[1], heads[3], "the second head, beside the fourth,");
    }

    [Fact]
    public void NumbersThatAreNotFiniteAreRefused()
    {
        using var random = new Generator(11);
        using var source = VariantBlocks.MultiHead(random);
        using var weight = source.Value.narrow(0, 0, 1);
        weight.fill_(double.NaN);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Assert.Contains("not a finite number", Assert.Throws<UserException>(() => HeadAlignment.Align(source, HeadMaps.Same(HeadMap.Contiguous(12, 3)))).Message, StringComparison.Ordinal);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void MapsOfOtherHeadsAndCovariancesOfOtherWidthsAreRefused()
    {
        using var random = new Generator(12);
        using var source = VariantBlocks.MultiHead(random);
        Assert.Equal("a projection of 36 rows cannot be split into 5 heads.",
            Assert.Throws<UserException>(() => HeadAlignment.Align(source, HeadMaps.Same(HeadMap.Contiguous(5, 1)))).Message);
        using var metric = eye(9, dtype: ScalarType.Float64);
        Assert.Equal("the inputs were calibrated with width 9, and the projection takes width 10.",
            Assert.Throws<UserException>(() => HeadAlignment.Align(source with { InputCovariance = metric }, HeadMaps.Same(HeadMap.Contiguous(12, 3)))).Message);
    }

    [Fact]
    public void OnlyTheResultStaysAliveAndItIsTheSameEachTime()
    {
        using var random = new Generator(13);
        using var source = VariantBlocks.MultiHead(random) with { InputCovariance = Metric(random) };
        var maps = HeadMaps.Same(HeadMap.Contiguous(12, 2));
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (var aligned = HeadAlignment.Align(source, maps))
        {
            Assert.Equal(before + 5, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
            using var again = HeadAlignment.Align(source, maps);
            Assert.Equal(0, Closeness.MaxDifference(aligned.Key, again.Key));
            Assert.Equal(0, Closeness.MaxDifference(aligned.Output, again.Output));
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void AModelWithAlignedBlocksGivesTheSameLogits()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        model.to(ScalarType.Float64);
        var (input, mask, decoder) = SmallModels.Batch();
        var before = model.forward(input, mask, decoder);
        AlignEverywhere(model, HeadMaps.Same(HeadMap.Contiguous(12, 4)));
        Closeness.AssertWithin(1e-6, before, model.forward(input, mask, decoder), "the logits");   // the norms are computed in float32
    }

    [SharedFact]
    public void TheReferenceModelKeepsItsLogits()
    {
        using var scope = NewDisposeScope();
        using var golden = Golden.Open("t5_tied", "golden_forward");
        using var model = T5Folder.Load(SharedFolder.Path("golden", "t5_tied"));
        AlignEverywhere(model, HeadMaps.Same(HeadMap.Contiguous(4, 2)));
        var logits = model.forward(golden["in.input_ids"], golden["in.attention_mask"], golden["in.decoder_input_ids"]);
        Closeness.AssertWithin(5e-5, golden["logits"], logits, "the logits");
    }

    internal static AttentionProjections Copy(AttentionProjections source) =>
        new(source.Query.clone(), source.Key.clone(), source.Value.clone(), source.Output.clone());

    internal static Tensor Metric(Generator random)
    {
        using var scope = NewDisposeScope();
        var root = randn([Shape.ModelDim, Shape.ModelDim], dtype: ScalarType.Float64, generator: random);
        return root.matmul(root.transpose(0, 1)).MoveToOuterDisposeScope();
    }

    // Each group's heads become rotations, or reflections, of its first.
    internal static Tensor Planted(Tensor weight, HeadMap map, Generator random)
    {
        using var scope = NewDisposeScope();
        var heads = weight.view(map.Heads, -1, weight.size(1));
        return cat([.. map.GroupOf.Select(group =>
        {
            var (rotation, _) = linalg.qr(randn([heads.size(1), heads.size(1)], dtype: ScalarType.Float64, generator: random));
            return rotation.matmul(heads[map.Members(group)[0]]);
        })], 0).MoveToOuterDisposeScope();
    }

    private static void AlignEverywhere(T5 model, HeadMaps maps)
    {
        foreach (var (_, _, _, attention) in model.Attentions)
        {
            using var before = attention.Fold();
            using var after = HeadAlignment.Align(before, maps);
            Assert.NotEqual(0, Closeness.MaxDifference(before.Key, after.Key));
            ((GroupedQueryAttention)attention).LoadGrouped(after);
        }
    }

    private static Tensor Forward(AttentionProjections projections, AttentionShape shape, Tensor x)
    {
        using var scope = NewDisposeScope();
        using var block = new GroupedQueryAttention(shape, shape.Heads);
        block.to(ScalarType.Float64);
        block.LoadGrouped(projections);
        return block.forward(x, null, null, null).MoveToOuterDisposeScope();
    }
}
