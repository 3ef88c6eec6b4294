using Wgqa.Attention;
using Wgqa.Runtime.Tests.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Variants;

/// <summary>A variant folds to plain grouped-query attention that computes the same.</summary>
[Collection(nameof(GlobalGenerator))]
public sealed class VariantFoldTests
{
    private const int Steps = 4;

    public static TheoryData<string> Names => VariantBlocks.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void FoldedIsUnfoldedBeforeAndAfterTraining(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(20);
        using var source = VariantBlocks.MultiHead(random);
        using var block = VariantBlocks.Converted(VariantBlocks.Named(name), source, random, ScalarType.Float32);
        var (x, memory, bias, direction) = Inputs(random);
        AssertEqualFold();

        using var optimizer = optim.SGD(VariantBlocks.Module(block).parameters(), 0.05);
        for (var step = 0; step < 3; step++)
        {
            optimizer.zero_grad();
            block.forward(x, memory, bias, null).mul(direction).sum().backward();
            optimizer.step();
            AssertEqualFold();
        }

        void AssertEqualFold()
        {
            using var frozen = no_grad();
            using var folded = VariantBlocks.Folded(block, ScalarType.Float32);
            Assert.InRange(VariantBlocks.Difference(block.forward(x, memory, bias, null), folded.forward(x, memory, bias, null)), 0, 1e-5);
            Assert.InRange(VariantBlocks.Difference(block.forward(x, null, null, null), folded.forward(x, null, null, null)), 0, 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void FoldedIsUnfoldedInEveryDecodingStep(string name)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var random = new Generator(21);
        using var source = VariantBlocks.MultiHead(random);
        using var block = VariantBlocks.Converted(VariantBlocks.Named(name), source, random, ScalarType.Float32, trained: true);
        using var folded = VariantBlocks.Folded(block, ScalarType.Float32);
        var (x, memory, _, _) = Inputs(random);
        var causal = full([1, 1, Steps, Steps], float.NegativeInfinity).triu(1);
        var self = block.forward(x, null, causal, null);
        var cross = block.forward(x, memory, null, null);

        using KeyValueCache ownSelf = KeyValueCache.Growing(Steps), foldedSelf = KeyValueCache.Growing(Steps), ownCross = KeyValueCache.Fixed(), foldedCross = KeyValueCache.Fixed();
        for (var step = 0; step < Steps; step++)
        {
            var token = x.narrow(1, step, 1);
            foreach (var (one, selfCache, crossCache) in new (IGroupedAttention, KeyValueCache, KeyValueCache)[] { (block, ownSelf, ownCross), (folded, foldedSelf, foldedCross) })
            {
                Assert.InRange(VariantBlocks.Difference(self.narrow(1, step, 1), one.forward(token, null, null, selfCache)), 0, 1e-5);
                Assert.InRange(VariantBlocks.Difference(cross.narrow(1, step, 1), one.forward(token, memory, null, crossCache)), 0, 1e-5);
                Assert.Equal([VariantBlocks.Batch, block.Maps.Key.Groups, step + 1, VariantBlocks.Shape.HeadDim], selfCache.Keys!.shape);
                Assert.Equal([VariantBlocks.Batch, block.Maps.Key.Groups, 5, VariantBlocks.Shape.HeadDim], crossCache.Values!.shape);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void FoldingTwiceChangesNothing(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(22);
        using var source = VariantBlocks.MultiHead(random);
        using var block = VariantBlocks.Converted(VariantBlocks.Named(name), source, random, ScalarType.Float32, trained: true);
        using var once = block.Fold();
        using var again = block.Fold();
        using var folded = VariantBlocks.Folded(block, ScalarType.Float32);
        using var twice = folded.Fold();
        foreach (var (first, second) in new[] { (once, again), (once, twice) })
        {
            Assert.Equal(0, VariantBlocks.Difference(first.Query, second.Query));
            Assert.Equal(0, VariantBlocks.Difference(first.Key, second.Key));
            Assert.Equal(0, VariantBlocks.Difference(first.Value, second.Value));
            Assert.Equal(0, VariantBlocks.Difference(first.Output, second.Output));
        }
    }

    [Fact]
    public void AFoldIsACopy()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(23);
        using var source = VariantBlocks.MultiHead(random);
        foreach (var variant in VariantBlocks.All)
        {
            using var block = VariantBlocks.Converted(variant, source, random, ScalarType.Float32);
            using var fold = block.Fold();
            using var frozen = no_grad();
            foreach (var tensor in new[] { fold.Query, fold.Key, fold.Value, fold.Output })
            {
                Assert.False(tensor.requires_grad);
                tensor.zero_();
            }

            using var after = block.Fold();
            Assert.All(new[] { after.Query, after.Key, after.Value, after.Output }, tensor => Assert.NotEqual(0, tensor.abs().max().item<float>()));
        }
    }

    private static (Tensor X, Tensor Memory, Tensor Bias, Tensor Direction) Inputs(Generator random) =>
    (
        VariantBlocks.Draw(random, VariantBlocks.Batch, Steps, VariantBlocks.Shape.ModelDim).to_type(ScalarType.Float32),
        VariantBlocks.Draw(random, VariantBlocks.Batch, 5, VariantBlocks.Shape.ModelDim).to_type(ScalarType.Float32),
        VariantBlocks.Draw(random, 1, VariantBlocks.Shape.Heads, Steps, 5).to_type(ScalarType.Float32),
        VariantBlocks.Draw(random, VariantBlocks.Batch, Steps, VariantBlocks.Shape.ModelDim).to_type(ScalarType.Float32));
}
