namespace Wgqa.Experiments.Tests.Variants;

/// <summary>The paper's fifteen rows, as they are declared.</summary>
public sealed class Table1Tests
{
    private static readonly AttentionShape T5Base = new(ModelDim: 768, Heads: 12, HeadDim: 64);
    private static readonly AttentionShape T5Small = new(ModelDim: 512, Heads: 8, HeadDim: 64);

    [Fact]
    public void EveryVariantOfTheOtherPapersIsDeclaredUnderItsName()
    {
        string[] always = ["FairGqa", "FairMqa", "FirstHeadGqa", "RandomHeadGqa", "FirstHeadMqa", "RandomHeadMqa", "Gqa2", "Gqa3", "Gqa4", "Gqa8", "DenseWGqa", "StridedGqa", "SearchedGqa", "CrossMqa", "Dha", "AlignedGqa", "AlignedSearchedGqa", "PGqa"];
        string[] whenFrozen = ["KdGqa", "KdGqaFaithful", "DGqaDifference", "DGqaDifferenceFaithful", "DGqaEma", "DGqaEmaFaithful"];
        string[] never = ["PGqaFaithful", "BlendGqa"];
        var declared = VariantCatalog.All.ToDictionary(variant => variant.Info.Name, variant => variant.Info.Folds);
        Assert.All(always, name => Assert.Equal(Foldability.Always, declared[name]));
        Assert.All(whenFrozen, name => Assert.Equal(Foldability.WhenFrozen, declared[name]));
        Assert.All(never, name => Assert.Equal(Foldability.Never, declared[name]));
        Assert.Equal(15 + always.Length + whenFrozen.Length + never.Length, declared.Count);
    }

    [Theory]
    [InlineData("MHA", 12, 8, 0)]
    [InlineData("GQA", 6, 4, 0)]
    [InlineData("WGQA", 6, 4, 576)]
    [InlineData("MQA", 1, 1, 0)]
    [InlineData("WMQA", 1, 1, 576)]
    [InlineData("ROWWGQA", 6, 4, 442_368)]
    [InlineData("COLWGQA", 6, 4, 36_864)]
    [InlineData("ROWWMQA", 1, 1, 442_368)]
    [InlineData("COLWMQA", 1, 1, 36_864)]
    [InlineData("RANDWGQA", 6, 4, 576)]
    [InlineData("RANDROWWGQA", 6, 4, 442_368)]
    [InlineData("RANDCOLWGQA", 6, 4, 36_864)]
    [InlineData("RANDWMQA", 1, 1, 576)]
    [InlineData("RANDROWWMQA", 1, 1, 442_368)]
    [InlineData("RANDCOLWMQA", 1, 1, 36_864)]
    public void ARowOfThePapersTableIsDeclaredUnderItsName(string name, int groupsOfBase, int groupsOfSmall, long extraParametersOfBase)
    {
        var variant = VariantCatalog.All.Single(variant => string.Equals(variant.Info.Name, name, StringComparison.OrdinalIgnoreCase));
        Assert.Equal((groupsOfBase, groupsOfSmall), (variant.MapsFor(T5Base).Key.Groups, variant.MapsFor(T5Small).Key.Groups));
        Assert.Equal(extraParametersOfBase, 12 * 2 * variant.ExtraParameters(T5Base));   // decoder layers times sites
        Assert.Equal(2L * groupsOfBase * 64, variant.KvCacheElementsPerToken(T5Base));
        Assert.Equal(name.StartsWith("RAND", StringComparison.Ordinal) ? Init.Normal : Init.Mean, variant.Info.Init);
        Assert.Equal(Sites.DecoderSelf | Sites.DecoderCross, variant.Info.Sites);
        Assert.Equal(Foldability.Always, variant.Info.Folds);
    }
}
