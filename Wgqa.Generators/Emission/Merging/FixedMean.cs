using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>
/// Every head stays trainable and counts 1/n: as many trained parameters as a weighted variant has, and no weights, so
/// that a comparison between the two shows what the weights do.
/// </summary>
internal sealed class FixedMean(VariantSpec spec) : MergeStrategy(spec)
{
    public override string Phrase => "the mean of its group, whose heads all stay trainable";

    public override string TrainedHeads => Size.Heads;

    public override string TrainedHeadsRemark => Size.H;

    public override string Folded(string weight, string merge) => $"MergeHeads({weight})";

    public override void FoldMember(SourceWriter source)
    {
        source.Line();
        source.Line($"// Wᵍ = 1/{Size.N} Σₕ Wₕ over the {Size.N} heads h of group g");
        source.Open($"private {Name.Tensor} MergeHeads({Name.Tensor} weight)");
        source.Line($"using var scope = {Name.NewDisposeScope}();");
        source.Line("return weight");
        source.Indent(() => source.Lines(
            ($".view({Size.GroupsByMembers}, {Extents.HeadDim}, {Extents.ModelDim})", $"({Size.G}, {Size.N}, d, m)"),
            (".mean([1L])", $"({Size.G}, d, m)"),
            ($".view(-1, {Extents.ModelDim})", $"({Size.G}·d, m)"),
            (".MoveToOuterDisposeScope();", "")));
        source.Close();
    }
}
