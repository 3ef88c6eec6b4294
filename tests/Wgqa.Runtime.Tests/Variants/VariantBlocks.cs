using TorchSharp;
using Wgqa.Attention;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Variants;

/// <summary>Blocks of a small shape, in which h·d is not m, with drawn weights.</summary>
internal static class VariantBlocks
{
    public const int Batch = 2;

    public static AttentionShape Shape { get; } = new(ModelDim: 10, Heads: 12, HeadDim: 3);

    public static IEnumerable<AttentionVariant> All { get; } =
        [.. VariantCatalog.All.Where(variant => variant.Info.FullName.StartsWith($"{typeof(Grid).FullName}.", StringComparison.Ordinal))];

    public static TheoryData<string> Names => [.. All.Select(variant => variant.Info.Name)];

    public static TheoryData<string> Weighted => [.. All.Where(variant => variant.Info.Weighting != Weighting.None).Select(variant => variant.Info.Name)];

    public static AttentionVariant Named(string name) => VariantCatalog.All.Single(variant =>
        variant.Info.Name == name && variant.Info.FullName.StartsWith($"{typeof(Grid).Namespace}.", StringComparison.Ordinal));

    public static Tensor Draw(Generator random, params long[] size) => randn(size, dtype: ScalarType.Float64, generator: random).mul_(0.3);

    public static AttentionProjections MultiHead(Generator random, AttentionShape? shape = null, ScalarType type = ScalarType.Float64)
    {
        var (m, h, d) = shape ?? Shape;
        return new(Projection(h * d, m), Projection(h * d, m), Projection(h * d, m), Projection(m, h * d));

        Tensor Projection(params long[] size)
        {
            using var drawn = Draw(random, size);
            return drawn.to_type(type);
        }
    }

    /// <summary>A block converted from multi-head weights, its merge weights moved off their initial values when told.</summary>
    public static IGroupedAttention Converted(AttentionVariant variant, AttentionProjections source, Generator random, ScalarType type, bool trained = false)
    {
        var block = variant.Create(Shape);
        Module(block).to(type);
        block.LoadMultiHead(source, random);
        if (trained)
        {
            using var frozen = no_grad();
            foreach (var (name, parameter) in Module(block).named_parameters())
            {
                if (name.EndsWith("_merge", StringComparison.Ordinal))
                {
                    using var drawn = Draw(random, parameter.shape);
                    parameter.add_(drawn);
                }
            }
        }

        return block;
    }

    /// <summary>The plain grouped block that a variant folds to.</summary>
    public static GroupedQueryAttention Folded(IGroupedAttention block, ScalarType type)
    {
        var plain = new GroupedQueryAttention(Shape, block.Maps.Key.Groups);
        plain.to(type);
        using var folded = block.Fold();
        plain.LoadGrouped(folded);
        return plain;
    }

    public static nn.Module Module(IGroupedAttention block) => (nn.Module)block;

    public static Tensor Weight(IGroupedAttention block, string name) => Module(block).get_parameter(name)!;

    public static double Difference(Tensor one, Tensor other)
    {
        Assert.Equal(one.shape, other.shape);
        using var scope = NewDisposeScope();
        return one.to_type(ScalarType.Float64).sub(other.to_type(ScalarType.Float64)).abs().max().item<double>();
    }
}
