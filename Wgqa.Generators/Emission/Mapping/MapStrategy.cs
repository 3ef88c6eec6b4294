using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Mapping;

/// <summary>
/// One way to say which key (or value) head serves each query head. A new way is a file beside this one, and its line in <see cref="For"/>.
/// </summary>
/// <param name="spec">The declaration.</param>
/// <param name="map">The side's map.</param>
/// <param name="side"><c>Key</c> or <c>Value</c>, or nothing where one map serves both.</param>
internal abstract class MapStrategy(VariantSpec spec, MapSpec map, string side)
{
    /// <summary>The way that a declaration asks for.</summary>
    public static MapStrategy For(VariantSpec spec, MapSpec map, string side) => map.Kind switch
    {
        MapKind.Strided => new StridedMap(spec, map, side),
        MapKind.Written => new WrittenMap(spec, map, side),
        MapKind.Searched => new SearchedMap(spec, map, side),
        _ => new ContiguousMap(spec, map, side),
    };

    /// <summary>The declaration.</summary>
    protected VariantSpec Spec { get; } = spec;

    /// <summary>The side's map.</summary>
    protected MapSpec Map { get; } = map;

    /// <summary>The number of groups, as an expression over <c>shape</c>.</summary>
    protected string Groups => $"{side}GroupsFor(shape)";

    /// <summary>The map, as an expression over <c>shape</c> and <c>source</c>.</summary>
    public abstract string Code { get; }

    /// <summary>What it adds to the summary: an English sentence, or nothing.</summary>
    public virtual string Sentence => "";

    /// <summary>Members that <see cref="Code"/> calls.</summary>
    public virtual void Members(SourceWriter source)
    {
        var heads = side.Length == 0 || side == "Key" ? Spec.Key.Heads : Spec.Value.Heads;
        source.Line();
        if (Spec.Elsewhere.Count == 0)
        {
            var (fits, groups, complaint) = Condition(heads);
            source.Line($"private static int {side}GroupsFor({Name.Shape} shape) => {fits}");
            source.Indent(() =>
            {
                source.Line($"? {groups}");
                source.Line($": throw new {Name.UserException}($\"{complaint}\");");
            });
            return;
        }

        source.Line($"private static int {side}GroupsFor({Name.Shape} shape) => (shape.Site, shape.Layer) switch");
        source.Open();
        foreach (var at in Spec.Elsewhere)
        {
            Arm($"({Alternatives(Sites(at.Sites))}, {(at.Layers.Count == 0 ? "_" : Alternatives(at.Layers.Select(layer => $"{layer}")))})", side == "Value" ? at.Value : at.Key);
        }

        Arm("_", heads);
        source.Close(";");

        void Arm(string pattern, HeadSpec there)
        {
            var (fits, groups, complaint) = Condition(there);
            source.Line($"{pattern} => {fits} ? {groups} : throw new {Name.UserException}($\"{complaint}\"),");
        }
    }

    /// <summary>The groups of so many heads: whether they fit (over <c>shape</c>), how many they are, and what to say when they do not fit.</summary>
    protected virtual (string Fits, string Groups, string Complaint) Condition(HeadSpec heads)
    {
        var name = Spec.Type.Name;
        var empty = $"{name} needs at least 1 head; this model has {{shape.Heads}}.";
        return heads switch
        {
            { Heads: { } h, Groups: { } g } => ($"shape.Heads == {h}", $"{g}", $"{name} is declared for {h} heads; this model has {{shape.Heads}}."),
            { Groups: 1 } => ("shape.Heads > 0", "1", empty),
            { Groups: { } g } => ($"shape.Heads > 0 && shape.Heads % {g} == 0", $"{g}", $"{{shape.Heads}} heads cannot be split into {g} equal groups, as {name} declares."),
            { GroupSize: { } n and > 1 } => ($"shape.Heads > 0 && shape.Heads % {n} == 0", $"shape.Heads / {n}", $"{{shape.Heads}} heads cannot be split into groups of {n}, as {name} declares."),
            _ => ("shape.Heads > 0", "shape.Heads", empty),
        };
    }

    private static IEnumerable<string> Sites(Sites sites) =>
        sites.ToString().Split([", "], StringSplitOptions.None).Select(site => $"{Name.Wgqa}.Sites.{site}");

    private static string Alternatives(IEnumerable<string> patterns) => string.Join(" or ", patterns);
}
