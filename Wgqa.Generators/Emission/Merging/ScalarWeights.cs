using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>One weight per head (WGQA).</summary>
internal sealed class ScalarWeights(VariantSpec spec) : LearnedWeights(spec)
{
    protected override string Letter => "1";

    protected override string Axis => "";

    protected override string Identity => "Wᵍ = Σₕ wₕ Wₕ";

    protected override (string Code, string Remark) Broadcast => ("1, 1", "1, 1");

    protected override string? WeightsPerHead(string shape) => null;
}
