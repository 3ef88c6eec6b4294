using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Attending;

/// <summary>Each query head attends to a blend of all key/value heads, with learned weights that start by selecting its own group's.</summary>
internal sealed class BlendedAttention(VariantSpec spec) : AttentionStrategy(spec)
{
    public override string Sentence => "Each query head attends to a learned blend of all of them, at first to its own alone.";

    public override string Source => "the expand weights that WGQA (arXiv 2407.10855) leaves to future work";

    public override string? ObstacleToFolding => "query heads attend to learned blends of key/value heads, and no plain grouped-query attention computes those";

    public override IEnumerable<EmittedParameter> Parameters =>
    [
        new("key_expand", "_keyExpand", $"[{Key.H}, {Key.G}]", $"{ShapeKey.Heads} * MapsFor(shape).Key.Groups", $"{Key.H} × {Key.G}"),
        new("value_expand", "_valueExpand", $"[{Value.H}, {Value.G}]", $"{ShapeValue.Heads} * MapsFor(shape).Value.Groups", $"{Value.H} × {Value.G}"),
    ];

    public override string Attended => $"{Name.Blended}.Attend(q, k, v, bias, _keyExpand, _valueExpand, _dropout)";

    public override void Construct(SourceWriter source)
    {
        source.Line($"_keyExpand = new {Name.Parameter}({Name.Blended}.Selection(Maps.Key));");
        source.Line($"_valueExpand = new {Name.Parameter}({Name.Blended}.Selection(Maps.Value));");
    }
}
