using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>One weight per head and output feature (COLWGQA).</summary>
internal sealed class ColumnWeights(VariantSpec spec) : LearnedWeights(spec)
{
    protected override string Kind => "column";

    public override string Identity => "Wᵍ = Σₕ diag(cₕ) Wₕ";

    protected override (string Code, string Letter) PerHead => (ShapeKey.HeadDim, "d");

    protected override (string Code, string Letters) OverBlock => ($"{Key.HeadDim}, 1", "d, 1");
}
