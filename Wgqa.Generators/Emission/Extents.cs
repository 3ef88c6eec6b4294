using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission;

/// <summary>
/// The sizes in emitted code, a literal wherever the declaration fixes one. Each has two spellings: an expression for
/// code, and a letter (h heads, g groups, n heads per group, d head width, m model width) for remarks.
/// </summary>
/// <param name="heads">What the declaration fixes.</param>
/// <param name="shape">The shape in scope: the property <c>Shape</c>, or a parameter <c>shape</c>.</param>
internal sealed class Extents(HeadSpec heads, string shape)
{
    /// <summary>Query heads, as an expression.</summary>
    public string Heads { get; } = heads.Heads is { } h ? $"{h}" : $"{shape}.Heads";

    /// <summary>Key/value heads, as an expression of an instance.</summary>
    public string Groups { get; } = heads.Groups is { } g ? $"{g}" : "Maps.Key.Groups";

    /// <summary>Width of one head, as an expression.</summary>
    public string HeadDim { get; } = $"{shape}.HeadDim";

    /// <summary>Width of the residual stream, as an expression.</summary>
    public string ModelDim { get; } = $"{shape}.ModelDim";

    /// <summary>1/n, as an expression of type double.</summary>
    public string Mean { get; } = heads.GroupSize is { } n ? $"1.0 / {n}" : $"{heads.Groups}.0 / {shape}.Heads";

    /// <summary>Groups and heads per group as the first two sizes of a view, which works out one that is -1.</summary>
    public string GroupsByMembers { get; } = $"{(heads.Groups is { } g ? $"{g}" : "-1")}, {(heads.GroupSize is { } n ? $"{n}" : "-1")}";

    /// <summary>Query heads, in remarks.</summary>
    public string H { get; } = heads.Heads is { } h ? $"{h}" : "h";

    /// <summary>Key/value heads, in remarks.</summary>
    public string G { get; } = heads switch { { Groups: { } g } => $"{g}", { GroupSize: 1 } => "h", _ => "g" };

    /// <summary>Heads per group, in remarks.</summary>
    public string N { get; } = heads.GroupSize is { } n ? $"{n}" : "n";
}
