using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>One weight per head and input feature (ROWWGQA).</summary>
internal sealed class RowWeights(VariantSpec spec) : LearnedWeights(spec)
{
    protected override string Kind => "row";

    public override string Identity => "Wᵍ = Σₕ Wₕ diag(rₕ)";

    protected override (string Code, string Letter) PerHead => (ShapeKey.ModelDim, "m");

    protected override (string Code, string Letters) OverBlock => ($"1, {Key.ModelDim}", "1, m");
}
