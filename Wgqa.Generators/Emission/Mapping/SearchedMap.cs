using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Mapping;

/// <summary>The map that loses least when heads are merged, found at conversion; until then groups of neighbours, as equal as can be.</summary>
internal sealed class SearchedMap(VariantSpec spec, MapSpec map, string side) : MapStrategy(spec, map, side)
{
    public override string Code => $"{Name.Map}.NearlyEven(shape.Heads, {Groups})";

    public override string Sentence => "Conversion searches for the groups with which merging loses least.";

    protected override (string Fits, string Groups, string Complaint) Condition(HeadSpec heads) => heads switch
    {
        { Heads: null, Groups: { } g } => ($"shape.Heads >= {g}", $"{g}", $"{{shape.Heads}} heads cannot fill {g} groups, as {Spec.Type.Name} declares."),
        _ => base.Condition(heads),
    };
}
