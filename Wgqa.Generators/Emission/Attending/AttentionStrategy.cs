using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Attending;

/// <summary>
/// One way for query heads to meet key/value heads. A new way is a file beside this one, and its line in <see cref="For"/>.
/// </summary>
internal abstract class AttentionStrategy(VariantSpec spec) : Strategy(spec)
{
    /// <summary>The way that a declaration asks for.</summary>
    public static AttentionStrategy For(VariantSpec spec) =>
        spec.Allocation is { } allocation ? new AllocatedAttention(spec, allocation)
        : spec.Blends ? new BlendedAttention(spec)
        : spec.MergesNeighbours ? new NeighbourAttention(spec)
        : new MappedAttention(spec);

    /// <summary>The maps of a forward pass after <see cref="Prelude"/>, as an expression.</summary>
    public virtual string Maps => "Maps";

    /// <summary>The property <c>Maps</c>, without its accessibility and type.</summary>
    public virtual string MapsProperty => "Maps { get; }";

    /// <summary>Lines of <c>forward</c> between keys and attention.</summary>
    public virtual IEnumerable<(string Code, string Remark)> Prelude => [];

    /// <summary>What the heads attended to, as an expression over <c>q</c>, <c>k</c>, <c>v</c> and <c>bias</c>.</summary>
    public abstract string Attended { get; }

    /// <summary>What <c>Fold</c> requires first, as a statement; empty when nothing.</summary>
    public virtual string FoldRequirement => "";

    /// <summary>Statements of the constructor that settle the maps.</summary>
    /// <param name="source">Where to.</param>
    /// <param name="isOpen">Whether something other than the declaration may decide them.</param>
    public virtual void SettleMaps(SourceWriter source, bool isOpen) =>
        source.Line($"Maps = MapsFor(shape).{(isOpen ? "Replaced" : "Confirmed")}(shape.Maps, \"{Spec.Type.Name}\");");
}
