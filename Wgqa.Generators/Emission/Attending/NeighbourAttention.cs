using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Attending;

/// <summary>Neighbouring query heads share a key/value head: no map is looked at.</summary>
internal sealed class NeighbourAttention(VariantSpec spec) : AttentionStrategy(spec)
{
    public override string Attended => $"{Name.Grouped}.Attend(q, k, v, bias, {Key.Heads}, _dropout)";
}
