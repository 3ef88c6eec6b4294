using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>One weight per head and output feature (COLWGQA): scales the head axis of each head's [d, m] block.</summary>
internal sealed class ColumnWeights(VariantSpec spec) : LearnedWeights(spec)
{
    protected override string Letter => "d";

    protected override string Axis => " and output feature";

    protected override string Identity => "Wᵍ = Σₕ diag(cₕ) Wₕ";

    protected override (string Code, string Remark) Broadcast => ($"{Extents.HeadDim}, 1", "d, 1");

    protected override string? WeightsPerHead(string shape) => $"{shape}.HeadDim";
}
