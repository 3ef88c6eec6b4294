using Wgqa.Attention;
using Wgqa.Runtime.Tests.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Variants;

/// <summary>What is generated computes what the papers define, in values and in gradients.</summary>
[Collection(nameof(GlobalGenerator))]
public sealed class VariantOracleTests
{
    public static TheoryData<string> Names => VariantBlocks.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void ForwardIsThePerHeadDefinition(string name)
    {
        foreach (var (type, tolerance) in new[] { (ScalarType.Float64, 1e-10), (ScalarType.Float32, 1e-5) })
        {
            using var scope = NewDisposeScope();
            using var random = new Generator(7);
            using var source = VariantBlocks.MultiHead(random);
            using var block = VariantBlocks.Converted(VariantBlocks.Named(name), source, random, type, trained: true);
            var (x, memory, bias) = Inputs(random, type);
            var oracle = Oracle(block, VariantBlocks.Named(name).Info.Weighting, leaf: false);

            Assert.InRange(VariantBlocks.Difference(oracle.Forward(x, memory, bias), block.forward(x, memory, bias, null)), 0, tolerance);
            Assert.InRange(VariantBlocks.Difference(oracle.Forward(x, x, null), block.forward(x, null, null, null)), 0, tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void GradientsAreThoseOfThePerHeadDefinition(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(8);
        using var source = VariantBlocks.MultiHead(random);
        using var block = VariantBlocks.Converted(VariantBlocks.Named(name), source, random, ScalarType.Float64, trained: true);
        var (x, memory, bias) = Inputs(random, ScalarType.Float64);
        var direction = VariantBlocks.Draw(random, VariantBlocks.Batch, 4, VariantBlocks.Shape.ModelDim);
        var oracle = Oracle(block, VariantBlocks.Named(name).Info.Weighting, leaf: true);

        oracle.Forward(x, memory, bias).mul(direction).sum().backward();
        block.forward(x, memory, bias, null).mul(direction).sum().backward();

        var expected = new Dictionary<string, Tensor?>
        {
            ["q.weight"] = oracle.Query,
            ["k.weight"] = oracle.Key,
            ["v.weight"] = oracle.Value,
            ["o.weight"] = oracle.Output,
            ["key_merge"] = oracle.KeyMerge,
            ["value_merge"] = oracle.ValueMerge,
        };
        Assert.Equal(
            expected.Where(entry => entry.Value is not null).Select(entry => entry.Key).Order(),
            VariantBlocks.Module(block).named_parameters().Select(entry => entry.Item1).Order());
        foreach (var (parameter, leaf) in expected.Where(entry => entry.Value is not null))
        {
            Assert.InRange(VariantBlocks.Difference(leaf!.grad!, VariantBlocks.Weight(block, parameter).grad!), 0, 1e-10);
        }
    }

    private static (Tensor X, Tensor Memory, Tensor Bias) Inputs(Generator random, ScalarType type) =>
    (
        VariantBlocks.Draw(random, VariantBlocks.Batch, 4, VariantBlocks.Shape.ModelDim).to_type(type),
        VariantBlocks.Draw(random, VariantBlocks.Batch, 5, VariantBlocks.Shape.ModelDim).to_type(type),
        VariantBlocks.Draw(random, 1, VariantBlocks.Shape.Heads, 4, 5).to_type(type));

    private static PerHeadOracle Oracle(IGroupedAttention block, Weighting weighting, bool leaf)
    {
        var weighted = weighting != Weighting.None;
        return new(
            VariantBlocks.Shape.Heads, block.Maps.Key.Groups, weighting,
            Copy("q.weight"), Copy("k.weight"), Copy("v.weight"), Copy("o.weight"),
            weighted ? Copy("key_merge") : null,
            weighted ? Copy("value_merge") : null);

        Tensor Copy(string name) => VariantBlocks.Weight(block, name).detach().clone().requires_grad_(leaf);
    }
}
