using TorchSharp;
using Wgqa.Conversion;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Conversion;

public class ModelConversionTests
{
    private static AttentionVariant Variant(string name) => SmallModels.Variants.Single(v => v.Info.Name == name);

    private static Tensor Logits(T5 model)
    {
        var (input, mask, decoder) = SmallModels.Batch();
        return model.forward(input, mask, decoder);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(12)]
    public void WeightsThatStartAsTheMeanGiveMeanPoolingsLogits(int groups)
    {
        using var scope = NewDisposeScope();
        using var multiHead = SmallModels.Create();
        using var pooled = ModelConversion.Convert(multiHead, Variant($"Mean{groups}"));
        var expected = Logits(pooled);
        foreach (var weighting in new[] { "Sca", "Row", "Col", "Fair" })
        {
            using var weighted = ModelConversion.Convert(multiHead, Variant($"{weighting}{groups}"));
            Closeness.AssertWithin(1e-5, expected, Logits(weighted), weighting);
        }
    }

    [Theory]
    [InlineData("Sca12")]
    [InlineData("Row12")]
    [InlineData("Col12")]
    [InlineData("Fair12")]
    [InlineData("Mean12")]
    public void AsManyGroupsAsHeadsIsMultiHeadAttention(string variant)
    {
        using var scope = NewDisposeScope();
        using var multiHead = SmallModels.Create();
        using var converted = ModelConversion.Convert(multiHead, Variant(variant));
        Assert.Equal(0, Closeness.MaxDifference(Logits(multiHead), Logits(converted)));
    }

    [Theory]
    [InlineData("ColDecoderSelf", Sites.DecoderSelf)]
    [InlineData("ScaDecoderCross", Sites.DecoderCross)]
    [InlineData("RowEncoder", Sites.Encoder)]
    [InlineData("First6", Sites.DecoderSelf | Sites.DecoderCross)]
    public void OnlyTheNamedSitesChange(string name, Sites sites)
    {
        using var multiHead = SmallModels.Create();
        using var converted = ModelConversion.Convert(multiHead, Variant(name));
        foreach (var (site, _, block, attention) in converted.Attentions)
        {
            Assert.Equal(sites.HasFlag(site) ? converted.Config.Grouping!.Groups : 12, attention.Maps.Key.Groups);
            Assert.Equal(sites.HasFlag(site) && name != "First6", converted.has_parameter($"{block}.key_merge"));
        }

        foreach (var (parameterName, parameter) in converted.named_parameters())
        {
            if (multiHead.has_parameter(parameterName) && multiHead.get_parameter(parameterName)!.shape.SequenceEqual(parameter.shape))
            {
                Assert.Equal(0, Closeness.MaxDifference(multiHead.get_parameter(parameterName)!, parameter));
            }
        }
    }

    [Fact]
    public void FirstAndRandomHeadsAreHeadsOfTheirGroup()
    {
        using var scope = NewDisposeScope();
        using var multiHead = SmallModels.Create();
        using var first = ModelConversion.Convert(multiHead, Variant("First6"));
        using var seed = new Generator(4);
        using var random = ModelConversion.Convert(multiHead, Variant("Random6"), seed);
        using var sameSeed = new Generator(4);
        using var again = ModelConversion.Convert(multiHead, Variant("Random6"), sameSeed);
        var drawn = new List<int>();
        foreach (var name in random.named_parameters().Select(p => p.Item1).Where(name => name.StartsWith("decoder", StringComparison.Ordinal) && (name.EndsWith(".k.weight", StringComparison.Ordinal) || name.EndsWith(".v.weight", StringComparison.Ordinal))))
        {
            var heads = multiHead.get_parameter(name)!.view(6, 2, 5, 24);
            for (var g = 0; g < 6; g++)
            {
                Tensor Head(T5 model) => model.get_parameter(name)!.view(6, 5, 24)[g];
                Assert.Equal(0, Closeness.MaxDifference(heads[g, 0], Head(first)));
                drawn.Add(Enumerable.Range(0, 2).Single(i => Closeness.MaxDifference(heads[g, i], Head(random)) == 0));
                Assert.Equal(0, Closeness.MaxDifference(Head(random), Head(again)));
            }
        }

        Assert.Equal(2 * 4 * 6, drawn.Count);
        Assert.InRange(drawn.Sum(), 12, 36);
    }

    [Fact]
    public void ConversionKeepsTypeAndModeAndLeavesTheOriginalAlone()
    {
        using var scope = NewDisposeScope();
        using var multiHead = SmallModels.Create();
        multiHead.to(ScalarType.Float64);
        multiHead.train();
        var before = multiHead.named_parameters().Select(p => p.Item2.clone()).ToList();
        using var converted = ModelConversion.Convert(multiHead, Variant("RandCol4"));
        Assert.True(converted.training);
        Assert.All(converted.parameters(), p => Assert.Equal(ScalarType.Float64, p.dtype));
        foreach (var (original, after) in before.Zip(multiHead.parameters()))
        {
            Assert.Equal(0, Closeness.MaxDifference(original, after));
        }
    }

    [Theory]
    [InlineData("Sca", 576)]
    [InlineData("Col", 36_864)]
    [InlineData("Row", 442_368)]
    [InlineData("Fair", 0)]
    public void ExtraParametersOnT5BaseAreThePapers(string weighting, long expected)
    {
        var shape = new AttentionShape(ModelDim: 768, Heads: 12, HeadDim: 64);
        foreach (var groups in new[] { 1, 2, 3, 4, 6, 12 })
        {
            Assert.Equal(expected, 12 * 2 * Variant($"{weighting}{groups}").ExtraParameters(shape));   // 12 blocks, self and cross
        }

        using var multiHead = SmallModels.Create();
        using var converted = ModelConversion.Convert(multiHead, Variant($"{weighting}4"));
        static long Count(T5 model) => model.parameters().Sum(p => p.numel());
        Assert.Equal(6 * Variant($"{weighting}4").ExtraParameters(multiHead.Config.Shape), Count(converted) - Count(multiHead));
    }

    [Fact]
    public void AGroupedModelCannotBeConvertedAgain()
    {
        using var grouped = SmallModels.Create(variant: Variant("Mean6"));
        Assert.Contains("has 6 key/value heads already", Assert.Throws<UserException>(() => ModelConversion.Convert(grouped, Variant("Mean3"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFailedConversionLeavesNoTensorBehind()
    {
        using var multiHead = SmallModels.Create();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Assert.Throws<UserException>(() => ModelConversion.Convert(multiHead, Variant("FiveGroups")));
        ModelConversion.Convert(multiHead, Variant("Col4")).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
