using TorchSharp;
using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Data;
using Wgqa.Folding;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Conversion;

/// <summary>Declared variants that search for their maps or align heads, in a whole model.</summary>
public class AlignedConversionTests
{
    [Fact]
    public void BlocksHoldTheMeansOfAlignedHeads()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        using var calibration = Calibrate(model);
        using var weights = ModelConversion.Convert(model, AttentionVariant.Of<Aligned4>());
        using var inputs = ModelConversion.Convert(model, AttentionVariant.Of<AlignedByInputs4>(), calibration: calibration);
        var maps = HeadMaps.Same(HeadMap.Contiguous(12, 4));
        foreach (var (block, byWeights, byInputs) in model.Attentions.Zip(weights.Attentions, inputs.Attentions).Where(blocks => blocks.First.Site != Sites.Encoder))
        {
            using var source = block.Attention.Fold();
            AssertMerged(HeadAlignment.Align(source, maps), byWeights.Attention, maps);
            AssertMerged(HeadAlignment.Align(source with { InputCovariance = calibration.InputCovariance(block.Name) }, maps), byInputs.Attention, maps);
        }
    }

    [Fact]
    public void SearchedMapsAreTheBlocksOwnAndAreKept()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        using var calibration = Calibrate(model);
        using var searched = ModelConversion.Convert(model, AttentionVariant.Of<Searched4>());
        using var apart = ModelConversion.Convert(model, AttentionVariant.Of<SearchedApart>());
        using var aligned = ModelConversion.Convert(model, AttentionVariant.Of<SearchedAligned4>(), calibration: calibration);
        foreach (var (block, i) in model.Attentions.Select((block, i) => (block, i)).Where(blocks => blocks.block.Site != Sites.Encoder))
        {
            using var source = block.Attention.Fold();
            var measured = source with { InputCovariance = calibration.InputCovariance(block.Name) };
            Assert.Equal(HeadSearch.Find(source, 12, 4, 4, shared: true, aligned: false), Maps(searched, i));
            Assert.Equal(HeadSearch.Find(source, 12, 4, 3, shared: false, aligned: false), Maps(apart, i));
            Assert.Equal(HeadSearch.Find(measured, 12, 4, 4, shared: true, aligned: true), Maps(aligned, i));
            AssertMerged(HeadAlignment.Align(measured, Maps(aligned, i)), aligned.Attentions.ElementAt(i).Attention, Maps(aligned, i));
        }

        Assert.True(searched.Attentions.Where(block => block.Site != Sites.Encoder).Select(block => block.Attention.Maps).Distinct().Count() > 1);
        using var folded = ModelFolding.Fold(searched);
        Assert.Equal(0, Closeness.MaxDifference(Logits(searched), Logits(folded)));

        static HeadMaps Maps(T5 converted, int block) => converted.Attentions.ElementAt(block).Attention.Maps;
    }

    [Theory]
    [InlineData(typeof(Aligned4))]
    [InlineData(typeof(AlignedColumn4))]
    [InlineData(typeof(Searched4))]
    [InlineData(typeof(SearchedApart))]
    public void ASavedModelIsTheSame(Type type)
    {
        using var scope = NewDisposeScope();
        var variant = VariantCatalog.All.Single(variant => variant.Info.FullName == type.FullName);
        using var model = SmallModels.Create();
        using var converted = ModelConversion.Convert(model, variant);
        using var folder = new TemporaryFolder();
        T5Folder.Save(converted, folder.Path("model"));
        using var loaded = T5Folder.Load(folder.Path("model"), VariantCatalog.All);
        loaded.eval();
        Assert.Equal(0, Closeness.MaxDifference(Logits(converted), Logits(loaded)));
    }

    [Fact]
    public void AligningEveryHeadWithItselfIsMultiHeadAttention()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        using var converted = ModelConversion.Convert(model, AttentionVariant.Of<AlignedMha>());
        Assert.Equal(0, Closeness.MaxDifference(Logits(model), Logits(converted)));
    }

    [Fact]
    public void AlignedHeadsKeepMoreOfTheModel()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        using var calibration = Calibrate(model);
        using var neighbours = ModelConversion.Convert(model, AttentionVariant.Of<Neighbours4>());
        using var weights = ModelConversion.Convert(model, AttentionVariant.Of<Aligned4>());
        using var inputs = ModelConversion.Convert(model, AttentionVariant.Of<AlignedByInputs4>(), calibration: calibration);
        var (plain, byWeights, byInputs) = (Distance(neighbours), Distance(weights), Distance(inputs));
        Assert.True(byWeights < 0.95 * plain, $"logits are {plain:g4} away without alignment and {byWeights:g4} with it");
        Assert.True(byInputs < 0.95 * plain, $"logits are {plain:g4} away without alignment and {byInputs:g4} with it");

        double Distance(T5 converted) => Closeness.Norm(Logits(model).sub(Logits(converted)));
    }

    [Fact]
    public void CalibrationIsAskedForWhereItIsNeededAndIgnoredWhereItIsNot()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        using var calibration = Calibrate(model);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Assert.Contains("AlignedByInputs4", Assert.Throws<UserException>(() => ModelConversion.Convert(model, AttentionVariant.Of<AlignedByInputs4>())).Message, StringComparison.Ordinal);
        Assert.Contains("SearchedAligned4", Assert.Throws<UserException>(() => ModelConversion.Convert(model, AttentionVariant.Of<SearchedAligned4>())).Message, StringComparison.Ordinal);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        foreach (var variant in new[] { AttentionVariant.Of<Aligned4>(), AttentionVariant.Of<Searched4>() })
        {
            using var without = ModelConversion.Convert(model, variant);
            using var with = ModelConversion.Convert(model, variant, calibration: calibration);
            Assert.Equal(0, Closeness.MaxDifference(Logits(without), Logits(with)));
        }
    }

    private static void AssertMerged(AttentionProjections aligned, IGroupedAttention merged, HeadMaps maps)
    {
        using var held = merged.Fold();
        Closeness.AssertWithin(1e-6, aligned.Query, held.Query, "queries");
        Closeness.AssertWithin(1e-6, HeadPooling.Average(aligned.Key, maps.Key), held.Key, "keys");
        Closeness.AssertWithin(1e-6, HeadPooling.Average(aligned.Value, maps.Value), held.Value, "values");
        Closeness.AssertWithin(1e-6, aligned.Output, held.Output, "the output");
    }

    private static ModelCalibration Calibrate(T5 model)
    {
        var random = new SeededRandom(3);
        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 + random.Next(38))];
        Seq2SeqExample[] examples = [.. Enumerable.Range(0, 8).Select(i => new Seq2SeqExample(Ids(9 + i), Ids(8 + i)))];
        return ModelCalibration.Of(model, [Seq2SeqBatch.Collate(examples, Enumerable.Range(0, 8))]);
    }

    private static Tensor Logits(T5 model)
    {
        var (input, mask, decoder) = SmallModels.Batch();
        return model.forward(input, mask, decoder);
    }
}
