using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>
/// Every head stays trainable and counts 1/n: as many trained heads as a weighted variant has, and no weights, so that a
/// comparison between the two shows what the weights do.
/// </summary>
internal sealed class FixedMean(VariantSpec spec) : MergeStrategy(spec)
{
    public override string Phrase => $"the mean of {Members}, all of which stay trainable";

    public override string Folded(string weight, string merge) => $"MergeHeads({weight})";

    public override void FoldMember(SourceWriter source) => MergeHeads(
        source,
        $"Wᵍ = 1/{Size.N} Σₕ Wₕ",
        $"{Name.Tensor} weight",
        (".mean([1L])", $"({Size.G}, d, m)"));
}
