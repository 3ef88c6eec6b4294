using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Mapping;

/// <summary>Equal groups of neighbours.</summary>
internal sealed class ContiguousMap(VariantSpec spec, MapSpec map, string side) : MapStrategy(spec, map, side)
{
    public override string Code => $"{Name.Map}.Contiguous(shape.Heads, {Groups})";
}
