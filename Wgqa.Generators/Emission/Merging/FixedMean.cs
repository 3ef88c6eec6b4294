using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>
/// Every head stays trainable and counts 1/n: as many trained heads as a weighted variant has, and no weights, so that a
/// comparison between the two shows what the weights do.
/// </summary>
internal sealed class FixedMean(VariantSpec spec) : MergeStrategy(spec)
{
    public override string Phrase => $"the mean of {Members}, all of which stay trainable";

    public override string Source => "the fair baseline for weighted variants: as many trained heads, and no weights";

    public override string Identity => $"Wᵍ = 1/{(Spec.MergesNeighbours ? Key.N : "n")} Σₕ Wₕ";

    public override string FoldedKey => Merged("_k.weight", KeyMap);

    public override string FoldedValue => Merged("_v.weight", ValueMap);

    public override void FoldMember(SourceWriter source) => MergeHeads(source, $"{Name.Tensor} weight", null, ("mean([1L])", "MeanOfGroups"));
}
