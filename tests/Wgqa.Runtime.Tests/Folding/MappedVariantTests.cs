using TorchSharp;
using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Decoding;
using Wgqa.Folding;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Runtime.Tests.Training;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Folding;

/// <summary>Declared variants with head maps of any kind: converted, trained, saved, frozen where they allocate while running, folded and expanded.</summary>
[Collection(nameof(GlobalGenerator))]
public sealed class MappedVariantTests : IDisposable
{
    private static readonly IReadOnlyList<AttentionVariant> All = [.. VariantCatalog.All.Where(v => v.Info.FullName == $"{typeof(MappedVariantTests).Namespace}.{v.Info.Name}")];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Folding => [.. All.Where(v => v.Info.Folds != Foldability.Never).Select(v => v.Info.Name)];

    public static TheoryData<string> Driven => [.. All.Where(v => v.Info.Folds == Foldability.WhenFrozen).Select(v => v.Info.Name)];

    public static TheoryData<string> Searched => [.. All.Where(v => v.Info.Name.StartsWith("Searched", StringComparison.Ordinal)).Select(v => v.Info.Name)];

    public void Dispose() => _folder.Dispose();

    private static AttentionVariant Named(string name) => All.Single(v => v.Info.Name == name);

    private static T5 Converted(string name)
    {
        using var multiHead = SmallModels.Create();
        manual_seed(9);
        return ModelConversion.Convert(multiHead, Named(name));
    }

    private static T5 Foldable(T5 model) => model.Variant!.Info.Folds == Foldability.WhenFrozen ? ModelFreezing.Freeze(model) : ModelFolding.Fold(model);

    private static Dictionary<string, HeadMaps> Maps(T5 model) => model.Attentions.ToDictionary(block => block.Name, block => block.Attention.Maps);

    private static Tensor Logits(T5 model)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var (input, mask, decoder) = SmallModels.Batch();
        return model.forward(input, mask, decoder).MoveToOuterDisposeScope();
    }

    private static void AssertSameFunction(T5 expected, T5 actual, string what, double tolerance = 1e-5)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (input, mask, decoder) = SmallModels.Batch();
        var whole = Logits(expected);
        Closeness.AssertWithin(tolerance, whole, Logits(actual), what);
        var encoded = actual.Encode(input, mask);
        using var cache = actual.NewCache(decoder.size(1));
        for (var step = 0; step < decoder.size(1); step++)
        {
            Closeness.AssertWithin(tolerance, whole.narrow(1, step, 1), actual.Decode(decoder.narrow(1, step, 1), encoded, mask, cache: cache), $"{what}, step {step}");
        }
    }

    [Theory]
    [MemberData(nameof(Folding))]
    public void FoldedAndExpandedItIsTheSameFunctionBeforeAndAfterTraining(string name)
    {
        using var model = Converted(name);
        foreach (var when in new[] { "before training", "after training" })
        {
            using var settled = Foldable(model);
            using var folded = ModelFolding.Fold(settled);
            Assert.Null(folded.Variant);
            Assert.All(folded.Attentions, block => Assert.IsType<GroupedQueryAttention>(block.Attention));
            Assert.Equal(Maps(settled), Maps(folded));
            AssertSameFunction(settled, folded, when);

            // Repeated heads stand in products of another shape, which round otherwise.
            using var expanded = ModelFolding.Expand(settled);
            Assert.Null(expanded.Config.Grouping);
            AssertSameFunction(settled, expanded, $"{when}, expanded", 1e-4);
            SmallModels.Train(model);
        }
    }

    [Theory]
    [MemberData(nameof(Folding))]
    public void FoldedItWritesTheSame(string name)
    {
        using var scope = NewDisposeScope();
        using var model = Converted(name);
        SmallModels.Train(model);
        using var settled = Foldable(model);
        using var folded = ModelFolding.Fold(settled);
        var (input, mask, _) = SmallModels.Batch();
        var greedy = T5Generation.DefaultOptions(model.Config) with { MaxNewTokens = 12 };
        foreach (var options in new[] { greedy, greedy with { NumBeams = 3 } })
        {
            Assert.Equal(settled.Generate(input, options, mask).Tokens, folded.Generate(input, options, mask).Tokens);
        }
    }

    [Theory]
    [MemberData(nameof(Folding))]
    public void ItIsSavedAndLoadedAsItIs(string name)
    {
        using var scope = NewDisposeScope();
        using var model = Converted(name);
        SmallModels.Train(model);
        using var settled = Foldable(model);
        using var folded = ModelFolding.Fold(settled);
        foreach (var each in new[] { model, settled, folded })
        {
            T5Folder.Save(each, _folder.Path("model"));
            using var loaded = T5Folder.Load(_folder.Path("model"), All);
            Assert.Equal(each.Config, loaded.Config);
            Assert.Equal(Maps(each), Maps(loaded));
            if (name != nameof(DrivenAsPublished) || each != model)
            {
                Assert.Equal(0, Closeness.MaxDifference(Logits(each), Logits(loaded)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Searched))]
    public void ASearchedMapIsTheModelsOwn(string name)
    {
        using var model = Converted(name);
        var declared = Named(name).MapsFor(model.Config.Shape);
        var found = model.Attentions.Where(block => block.Site != Sites.Encoder).Select(block => block.Attention.Maps).ToList();
        Assert.All(found, maps => Assert.Equal((declared.Key.Groups, declared.Value.Groups), (maps.Key.Groups, maps.Value.Groups)));
        Assert.All(found, maps => Assert.Equal(declared.Key.Sizes.Order(), maps.Key.Sizes.Order()));
        Assert.True(found.Distinct().Count() > 1, "every block found the same maps");
        Assert.DoesNotContain(declared, found);
    }

    [Fact]
    public void GroupsDifferFromPlaceToPlace()
    {
        using var model = Converted(nameof(PlacedCol));
        Assert.Equal(
            [(6, 6), (2, 6), (1, 1), (1, 1)],
            model.Attentions.Where(block => block.Site != Sites.Encoder).Select(block => (block.Attention.Maps.Key.Groups, block.Attention.Maps.Value.Groups)));
        Assert.Equal("key/value heads whose number differs from block to block", model.Config.Grouping!.KeyValueHeads);
    }

    [Theory]
    [MemberData(nameof(Driven))]
    public void FreezingMakesPermanentWhatTrainingLeft(string name)
    {
        using var scope = NewDisposeScope();
        using var model = Converted(name);
        SmallModels.Train(model);
        using var frozen = ModelFreezing.Freeze(model);
        Assert.True(frozen.Config.Grouping!.Frozen);
        Assert.Equal(Maps(model), Maps(frozen));
        Assert.Contains(frozen.Attentions, block => !block.Attention.Maps.ArePlain);
        if (Named(name).Info.Name != nameof(DrivenAsPublished))
        {
            Assert.Equal(0, Closeness.MaxDifference(Logits(model), Logits(frozen)));   // as published, evaluation allocates anew
        }

        var before = Maps(frozen);
        SmallModels.Train(frozen);
        Assert.Equal(before, Maps(frozen));

        using var again = ModelFreezing.Freeze(frozen);
        Assert.Equal(frozen.Config, again.Config);
        Assert.Equal(0, Closeness.MaxDifference(Logits(frozen), Logits(again)));
    }

    [Fact]
    public void AnEvenSplitThatIsFrozenStaysFrozenWhenSaved()
    {
        using var scope = NewDisposeScope();
        using var model = Converted(nameof(DrivenKeys));
        using var frozen = ModelFreezing.Freeze(model);
        Assert.Equal((4, true), (frozen.Config.Grouping!.Groups, frozen.Config.Grouping.Frozen));
        T5Folder.Save(frozen, _folder.Path("model"));
        using var loaded = T5Folder.Load(_folder.Path("model"), All);
        SmallModels.Train(loaded);
        Assert.Equal(Maps(model), Maps(loaded));
        using var folded = ModelFolding.Fold(loaded);
        AssertSameFunction(loaded, folded, "after training");
        SmallModels.Train(model);
        Assert.NotEqual(Maps(model), Maps(loaded));
    }

    [Fact]
    public void AModelKeepsItsTypeAndModeWhenFrozen()
    {
        using var model = Converted(nameof(DrivenKeys));
        model.to(ScalarType.Float64);
        model.train();
        using var frozen = ModelFreezing.Freeze(model);
        Assert.True(frozen.training);
        Assert.All(frozen.parameters(), parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
    }

    [Fact]
    public void WhatCannotBeFoldedOrFrozenSaysWhy()
    {
        using var driven = Converted(nameof(DrivenKeys));
        using var blended = Converted(nameof(Blended));
        using var strided = Converted(nameof(StridedCol));
        using var folded = ModelFolding.Fold(strided);
        Assert.Equal("the variant DrivenKeys makes its head maps while running, so it can only be folded once they are frozen.", Error(() => ModelFolding.Fold(driven)));
        Assert.Equal(
            "the variant Blended cannot be folded: query heads attend to learned blends of key/value heads, and no plain grouped-query attention computes those.",
            Error(() => ModelFolding.Expand(blended)));
        Assert.Equal("the variant StridedCol makes no head maps while running that could be frozen.", Error(() => ModelFreezing.Freeze(strided)));
        Assert.Equal("the model has no variant, so it has no head maps that could be frozen.", Error(() => ModelFreezing.Freeze(folded)));

        static string Error(Func<T5> make) => Assert.Throws<UserException>(make).Message;
    }

    [Fact]
    public void MapsThatADeclarationDoesNotHaveAreRefused()
    {
        using var model = Converted(nameof(StridedCol));
        T5Folder.Save(model, _folder.Path("model"));
        var config = _folder.Path("model/config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace(nameof(StridedCol), nameof(WrittenRow), StringComparison.Ordinal));
        var error = Assert.Throws<UserException>(() => T5Folder.Load(_folder.Path("model"), All));
        Assert.Equal(
            "the variant WrittenRow has 3 key/value heads at DecoderSelf, DecoderCross, and the model was saved with 4 key/value heads at DecoderSelf, DecoderCross.", error.Message);
    }
}
