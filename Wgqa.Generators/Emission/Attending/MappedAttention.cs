using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Attending;

/// <summary>Query heads share key and value heads by maps.</summary>
internal sealed class MappedAttention(VariantSpec spec) : AttentionStrategy(spec)
{
    public override string Attended => $"{Name.Grouped}.Attend(q, k, v, bias, Maps, _dropout)";
}
