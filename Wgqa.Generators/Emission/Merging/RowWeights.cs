using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>One weight per head and input feature (ROWWGQA): scales the model axis of each head's [d, m] block.</summary>
internal sealed class RowWeights(VariantSpec spec) : LearnedWeights(spec)
{
    protected override string Letter => "m";

    protected override string Axis => " and input feature";

    protected override string Identity => "Wᵍ = Σₕ Wₕ diag(rₕ)";

    protected override (string Code, string Remark) Broadcast => ($"1, {Extents.ModelDim}", "1, m");

    protected override string? WeightsPerHead(string shape) => $"{shape}.ModelDim";
}
