using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>One weight per head (WGQA).</summary>
internal sealed class ScalarWeights(VariantSpec spec) : LearnedWeights(spec)
{
    protected override string Kind => "scalar";

    public override string Identity => "Wᵍ = Σₕ wₕ Wₕ";

    protected override (string Code, string Letter) PerHead => ("1", "1");

    protected override (string Code, string Letters) OverBlock => ("1, 1", "1, 1");
}
