using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Mapping;

/// <summary>A map whose entries are written.</summary>
internal sealed class WrittenMap(VariantSpec spec, MapSpec map, string side) : MapStrategy(spec, map, side)
{
    private readonly string _side = side;

    public override string Code => $"{_side}MapFor(shape)";

    public override void Members(SourceWriter source)
    {
        source.Line();
        source.Line($"private static {Name.Map} {_side}MapFor({Name.Shape} shape) => shape.Heads == {Map.Entries.Count}");
        source.Indent(() =>
        {
            source.Line($"? {Name.Map}.Of({string.Join(", ", Map.Entries)})");
            source.Line($": throw new {Name.UserException}($\"{Spec.Type.Name} is declared for {Map.Entries.Count} heads; this model has {{shape.Heads}}.\");");
        });
    }
}
