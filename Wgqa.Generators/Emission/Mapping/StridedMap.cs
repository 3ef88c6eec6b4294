using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Mapping;

/// <summary>Equal groups of heads that are G apart.</summary>
internal sealed class StridedMap(VariantSpec spec, MapSpec map, string side) : MapStrategy(spec, map, side)
{
    public override string Code => $"{Name.Map}.Strided(shape.Heads, {Groups})";

    public override string Sentence => "A group's heads are as far apart as there are groups.";
}
