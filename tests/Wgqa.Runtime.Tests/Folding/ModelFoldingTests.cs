using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Folding;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Folding;

/// <summary>A folded model is the model: every weighting, start, site and number of groups, before and after training, whole and token by token.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public class ModelFoldingTests
{
    public static TheoryData<string> Variants => [.. SmallModels.Variants.Where(v => v.Info.Groups != 5 && v.Info.Sites != Sites.Self && !v.Info.Name.StartsWith("Golden", StringComparison.Ordinal)).Select(v => v.Info.Name)];

    private static AttentionVariant Variant(string name) => SmallModels.Variants.Single(v => v.Info.Name == name);

    // Repeated heads stand in products of another shape, which round otherwise, and 12 heads merged with Gaussian weights make sharp scores.
    private const double Expanded = 3e-4;

    private static void AssertSameFunction(T5 expected, T5 actual, string what, double tolerance = 1e-5)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (input, mask, decoder) = SmallModels.Batch();
        var (encoded, encodedToo) = (expected.Encode(input, mask), actual.Encode(input, mask));
        Closeness.AssertWithin(tolerance, expected.Decode(decoder, encoded, mask), actual.Decode(decoder, encodedToo, mask), $"{what}: logits");

        using var cache = expected.NewCache(decoder.size(1));
        using var cacheToo = actual.NewCache(decoder.size(1));
        for (var step = 0; step < decoder.size(1); step++)
        {
            var token = decoder.narrow(1, step, 1);
            Closeness.AssertWithin(tolerance, expected.Decode(token, encoded, mask, cache: cache), actual.Decode(token, encodedToo, mask, cache: cacheToo), $"{what}: step {step}");
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void AFoldedModelIsTheSameFunctionBeforeAndAfterTraining(string name)
    {
        using var multiHead = SmallModels.Create();
        manual_seed(9);
        using var model = ModelConversion.Convert(multiHead, Variant(name));
        foreach (var when in new[] { "before training", "after training" })
        {
            using var folded = ModelFolding.Fold(model);
            AssertSameFunction(model, folded, when);
            using var expanded = ModelFolding.Expand(model);
            AssertSameFunction(model, expanded, $"{when}, expanded", Expanded);
            SmallModels.Train(model);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void AFoldedModelIsPlainAndAnExpandedOneMultiHead(string name)
    {
        using var model = SmallModels.Create(variant: Variant(name));
        using var folded = ModelFolding.Fold(model);
        Assert.Null(folded.Variant);
        Assert.Equal(model.Config.Grouping! with { Variant = null }, folded.Config.Grouping);
        Assert.All(folded.Attentions, a => Assert.IsType<GroupedQueryAttention>(a.Attention));
        Assert.Equal(model.Attentions.Select(a => a.Attention.Maps.Key.Groups), folded.Attentions.Select(a => a.Attention.Maps.Key.Groups));

        using var multiHead = SmallModels.Create();
        using var expanded = ModelFolding.Expand(folded);
        Assert.Equal(multiHead.Config, expanded.Config);
        Assert.Equal(
            multiHead.named_parameters().Select(p => $"{p.Item1} [{string.Join(", ", p.Item2.shape)}]"),
            expanded.named_parameters().Select(p => $"{p.Item1} [{string.Join(", ", p.Item2.shape)}]"));
    }

    [Fact]
    public void FoldingTwiceChangesNothing()
    {
        using var model = SmallModels.Create(variant: Variant("RandRow4"));
        using var once = ModelFolding.Fold(model);
        using var twice = ModelFolding.Fold(once);
        Assert.Equal(once.Config, twice.Config);
        foreach (var ((name, a), (_, b)) in once.named_parameters().Zip(twice.named_parameters()))
        {
            Assert.True(a.equal(b).all().item<bool>(), name);
        }

        using var multiHead = SmallModels.Create();
        using var same = ModelFolding.Fold(multiHead);
        Assert.Equal(multiHead.Config, same.Config);
        AssertSameFunction(multiHead, same, "a multi-head model");
    }

    [Theory]
    [InlineData("Col1", 1)]
    [InlineData("RandSca4", 4)]
    [InlineData("Mean6", 6)]
    public void TheCacheHoldsAsManyHeadsAsThereAreGroups(string name, long groups)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create(variant: Variant(name));
        using var folded = ModelFolding.Fold(model);
        var (input, mask, decoder) = SmallModels.Batch();
        foreach (var each in new[] { model, folded })
        {
            using var cache = each.NewCache(8);
            each.Decode(decoder, each.Encode(input, mask), mask, cache: cache);
            Assert.Equal([2, groups, 7, 5], cache.Self(1).Keys!.shape);
            Assert.Equal([2, groups, 7, 5], cache.Self(1).Values!.shape);
            Assert.Equal([2, groups, 9, 5], cache.Cross(1).Keys!.shape);
        }
    }

    /// <summary>The published form, which projects all heads and then mixes what comes out (scalar, column) or what goes in (row), as the oracle.</summary>
    [Theory]
    [InlineData("RandSca4")]
    [InlineData("RandCol4")]
    [InlineData("RandRow4")]
    public void MergingWeightsIsMergingWhatTheHeadsCompute(string name)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var model = SmallModels.Create(variant: Variant(name));
        model.to(ScalarType.Float64);
        var x = randn([17, 24], ScalarType.Float64, TestDevice.Current);
        foreach (var (_, _, block, attention) in model.Attentions)
        {
            foreach (var (projection, fold) in new[] { ("k", attention.FoldKey()), ("v", attention.FoldValue()) })
            {
                var merge = model.get_parameter($"{block}.{(projection == "k" ? "key" : "value")}_merge")!.view(12, 1, -1);        // (h, 1, 1 | d | m)
                var heads = model.get_parameter($"{block}.{projection}.weight")!.view(12, 5, 24).transpose(1, 2);                   // (h, m, d)
                var perHead = name == "RandRow4" ? x.unsqueeze(0).mul(merge).matmul(heads) : x.unsqueeze(0).matmul(heads).mul(merge); // (h, 17, d)
                var expected = perHead.view(4, 3, 17, 5).sum(1).transpose(0, 1).reshape(17, 20);                                    // (17, g·d)
                Closeness.AssertWithin(1e-12, expected, nn.functional.linear(x, fold), $"{block}.{projection}");
            }
        }
    }
}
