using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>One weight per head and input feature (ROWWGQA).</summary>
internal sealed class RowWeights(VariantSpec spec) : LearnedWeights(spec)
{
    protected override string Kind => "row";

    protected override string Identity => "Wᵍ = Σₕ Wₕ diag(rₕ)";

    protected override (string Code, string Letter) PerHead => (ShapeSize.ModelDim, "m");

    protected override (string Code, string Letters) OverBlock => ($"1, {Size.ModelDim}", "1, m");
}
