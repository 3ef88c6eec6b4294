using TorchSharp;
using Wgqa.Attention;
using Wgqa.Runtime.Tests.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Variants;

/// <summary>What a variant says of itself, and what it costs.</summary>
[Collection(nameof(GlobalGenerator))]
public sealed class VariantFactsTests
{
    public static TheoryData<string> Names => VariantBlocks.Names;

    [Fact]
    public void OnTheT5BaseShapeTheExtraParametersAreThePapersWhateverTheGroups()
    {
        var shape = new AttentionShape(ModelDim: 768, Heads: 12, HeadDim: 64);
        const int Blocks = 12 * 2;   // decoder layers times self- and cross-attention
        foreach (var variant in VariantBlocks.All)
        {
            var expected = variant.Info.Weighting switch { Weighting.Scalar => 576, Weighting.Column => 36_864, Weighting.Row => 442_368, _ => 0 };
            Assert.Equal(expected, Blocks * variant.ExtraParameters(shape));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheFactsAreThoseOfTheBlock(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(30);
        using var source = VariantBlocks.MultiHead(random);
        var variant = VariantBlocks.Named(name);
        using var block = VariantBlocks.Converted(variant, source, random, ScalarType.Float32);
        var (m, h, d) = VariantBlocks.Shape;

        Assert.Equal(variant.MapsFor(VariantBlocks.Shape), block.Maps);
        Assert.Equal(HeadMaps.Same(HeadMap.Contiguous(h, variant.Info.Groups)), block.Maps);
        Assert.Equal(Foldability.Always, variant.Info.Folds);

        var parameters = VariantBlocks.Module(block).named_parameters().ToDictionary(entry => entry.Item1, entry => entry.Item2);
        Assert.Equal(variant.ExtraParameters(VariantBlocks.Shape), parameters.Where(entry => entry.Key.EndsWith("_merge", StringComparison.Ordinal)).Sum(entry => entry.Value.numel()));
        var trainedHeads = variant.Info.Merge == Merge.Live ? h : block.Maps.Key.Groups;
        Assert.Equal([trainedHeads * d, m], parameters["k.weight"].shape);
        Assert.Equal([trainedHeads * d, m], parameters["v.weight"].shape);
        if (variant.Info.Weighting != Weighting.None)
        {
            var perHead = variant.Info.Weighting switch { Weighting.Scalar => 1, Weighting.Row => m, _ => d };
            Assert.Equal([h, perHead], parameters["key_merge"].shape);
            Assert.Equal([h, perHead], parameters["value_merge"].shape);
        }

        using var cache = KeyValueCache.Growing(1);
        using var frozen = no_grad();
        block.forward(zeros(1, 1, m), null, null, cache);
        Assert.Equal(variant.KvCacheElementsPerToken(VariantBlocks.Shape), cache.Keys!.numel() + cache.Values!.numel());
    }

    [Fact]
    public void ThreeWaysToSayOneThingComputeTheSame()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(31);
        using var source = VariantBlocks.MultiHead(random);
        var outputs = new List<Tensor>();
        var x = VariantBlocks.Draw(random, 1, 3, VariantBlocks.Shape.ModelDim);
        foreach (var name in new[] { "ColWgqa", "LiteralColWgqa", "PairedColWgqa" })
        {
            using var block = VariantBlocks.Converted(VariantBlocks.Named(name), source, random, ScalarType.Float64);
            outputs.Add(block.forward(x, null, null, null));
        }

        Assert.All(outputs, output => Assert.Equal(0, VariantBlocks.Difference(outputs[0], output)));
        Assert.Equal(Sites.Encoder, VariantBlocks.Named("PairedColWgqa").Info.Sites);
        Assert.Equal((12, 6, 2), (LiteralColWgqa.Info.Heads, LiteralColWgqa.Info.Groups, LiteralColWgqa.Info.GroupSize));
        Assert.Equal((0, 6, 0), (ColWgqa.Info.Heads, ColWgqa.Info.Groups, ColWgqa.Info.GroupSize));
    }

    [Fact]
    public void AGroupSizeFitsAnyModelThatItDivides()
    {
        Assert.Equal((4, 6), (Groups<PairedColWgqa>(8), Groups<PairedColWgqa>(12)));
        Assert.Equal((8, 12), (Groups<Mha>(8), Groups<Mha>(12)));
        Assert.Equal(2 * 4 * 64, PairedColWgqa.KvCacheElementsPerToken(new(512, 8, 64)));

        static int Groups<T>(int heads)
            where T : IAttentionVariant<T> => T.MapsFor(new(512, heads, 64)).Key.Groups;
    }

    [Theory]
    [InlineData("LiteralColWgqa", 8, "LiteralColWgqa is declared for 12 heads; this model has 8.")]
    [InlineData("ColWgqa", 8, "8 heads cannot be split into 6 equal groups, as ColWgqa declares.")]
    [InlineData("PairedColWgqa", 7, "7 heads cannot be split into groups of 2, as PairedColWgqa declares.")]
    [InlineData("ColWgqa", 0, "0 heads cannot be split into 6 equal groups, as ColWgqa declares.")]
    [InlineData("Mha", 0, "Mha needs at least 1 head; this model has 0.")]
    public void AModelThatADeclarationDoesNotFitIsRefused(string name, int heads, string message)
    {
        var variant = VariantBlocks.Named(name);
        Assert.Equal(message, Assert.Throws<UserException>(() => variant.MapsFor(new(16, heads, 4))).Message);
        Assert.Equal(message, Assert.Throws<UserException>(() => variant.Create(new(16, heads, 4))).Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WeightsOfAnotherShapeAreRefused(string name)
    {
        using var random = new Generator(32);
        using var other = VariantBlocks.MultiHead(random, VariantBlocks.Shape with { HeadDim = 5 });
        using var block = VariantBlocks.Named(name).Create(VariantBlocks.Shape);
        Assert.Contains("q.weight is [60, 10]", Assert.Throws<UserException>(() => block.LoadMultiHead(other)).Message);
    }

    [Fact]
    public void ThePositionBiasIsRegisteredUnderHuggingFacesName()
    {
        using var bias = new RelativePositionBias(12, 32, 128, bidirectional: false);
        using var block = new ColWgqa(VariantBlocks.Shape, bias);
        Assert.Same(bias, block.PositionBias);
        Assert.Equal(
            ["k.weight", "key_merge", "o.weight", "q.weight", "relative_attention_bias.weight", "v.weight", "value_merge"],
            block.state_dict().Keys.Order());
    }

    [Fact]
    public void DropoutActsInTrainingAndNotInEvaluation()
    {
        using var scope = NewDisposeScope();
        manual_seed(33);
        using var block = new ColWgqa(VariantBlocks.Shape with { Dropout = 0.5 });
        var x = randn(1, 3, VariantBlocks.Shape.ModelDim);
        block.eval();
        Assert.Equal(0, VariantBlocks.Difference(block.forward(x, null, null, null), block.forward(x, null, null, null)));
        block.train();
        Assert.NotEqual(0, VariantBlocks.Difference(block.forward(x, null, null, null), block.forward(x, null, null, null)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NothingThatABlockDoesLeavesATensorBehind(string name)
    {
        using var random = new Generator(34);
        using var source = VariantBlocks.MultiHead(random);
        using var block = VariantBlocks.Converted(VariantBlocks.Named(name), source, random, ScalarType.Float64);
        using var x = VariantBlocks.Draw(random, 2, 3, VariantBlocks.Shape.ModelDim);
        Work();
        var before = LiveTensors;
        for (var round = 0; round < 5; round++)
        {
            Work();
            Assert.Equal(before, LiveTensors);
        }

        void Work()
        {
            using (var output = block.forward(x, null, null, null))
            using (var loss = output.sum())
            {
                loss.backward();
            }

            block.FoldKey().Dispose();
            block.FoldValue().Dispose();
            block.Fold().Dispose();
            block.LoadMultiHead(source, random);

            using var frozen = no_grad();
            using var cache = KeyValueCache.Growing(3);
            block.forward(x, null, null, cache).Dispose();
        }
    }

    [Fact]
    public void ABlockOutlivesTheScopeItWasMadeIn()
    {
        var before = LiveTensors;
        IGroupedAttention block;
        using (NewDisposeScope())
        {
            block = new ColWgqa(VariantBlocks.Shape);
        }

        Assert.All(VariantBlocks.Module(block).parameters(), parameter => Assert.False(parameter.IsInvalid));
        block.Dispose();
        Assert.Equal(before, LiveTensors);
    }

    private static long LiveTensors => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
