using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission;

/// <summary>
/// The sizes of one side (keys or values) in emitted code, a literal wherever the declaration fixes one. Each has two
/// spellings: an expression for code, and a letter (h heads, g groups, n heads per group, d head width, m model width) for remarks.
/// </summary>
internal sealed class Extents
{
    private Extents(HeadSpec heads, string shape, string groups, string letter)
    {
        Heads = heads.Heads is { } h ? $"{h}" : $"{shape}.Heads";
        Groups = heads.Groups is { } g ? $"{g}" : groups;
        HeadDim = $"{shape}.HeadDim";
        ModelDim = $"{shape}.ModelDim";
        Mean = heads.GroupSize is { } n ? $"1.0 / {n}" : $"{heads.Groups}.0 / {shape}.Heads";
        GroupsByMembers = $"{(heads.Groups is { } first ? $"{first}" : "-1")}, {(heads.GroupSize is { } second ? $"{second}" : "-1")}";
        H = heads.Heads is { } heads_ ? $"{heads_}" : "h";
        G = heads switch { { Groups: { } count } => $"{count}", { IsMultiHead: true } => "h", _ => letter };
        N = heads.GroupSize is { } size ? $"{size}" : "n";
    }

    /// <summary>Query heads, as an expression.</summary>
    public string Heads { get; }

    /// <summary>Key (or value) heads, as an expression of an instance.</summary>
    public string Groups { get; }

    /// <summary>Width of one head, as an expression.</summary>
    public string HeadDim { get; }

    /// <summary>Width of the residual stream, as an expression.</summary>
    public string ModelDim { get; }

    /// <summary>1/n, as an expression of type double; of groups of one size.</summary>
    public string Mean { get; }

    /// <summary>Groups and heads per group as the first two sizes of a view, which works out one that is -1; of groups of one size.</summary>
    public string GroupsByMembers { get; }

    /// <summary>Query heads, in remarks.</summary>
    public string H { get; }

    /// <summary>Key (or value) heads, in remarks.</summary>
    public string G { get; }

    /// <summary>Heads per group, in remarks.</summary>
    public string N { get; }

    /// <summary>Of a variant's keys.</summary>
    /// <param name="spec">The variant.</param>
    /// <param name="shape">The shape in scope: the property <c>Shape</c>, or a parameter <c>shape</c>.</param>
    public static Extents OfKeys(VariantSpec spec, string shape) => new(Everywhere(spec, spec.Key.Heads), shape, "Maps.Key.Groups", spec.IsCoupled ? "g" : "gk");

    /// <inheritdoc cref="OfKeys"/>
    /// <summary>Of a variant's values.</summary>
    public static Extents OfValues(VariantSpec spec, string shape) => new(Everywhere(spec, spec.Value.Heads), shape, "Maps.Value.Groups", spec.IsCoupled ? "g" : "gv");

    // What holds at every site and layer.
    private static HeadSpec Everywhere(VariantSpec spec, HeadSpec heads) => spec.Elsewhere.Count == 0 ? heads : HeadSpec.Unknown(heads.Heads);
}
