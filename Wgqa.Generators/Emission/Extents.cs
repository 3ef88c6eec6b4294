using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission;

/// <summary>
/// The sizes in emitted code, a literal wherever the declaration fixes one. Each has two spellings: an expression for
/// code, and a letter (h heads, g groups, n heads per group, d head width, m model width) for remarks.
/// </summary>
internal sealed class Extents(HeadSpec heads)
{
    /// <summary>Query heads, as an expression.</summary>
    public string Heads { get; } = heads.Heads is { } h ? $"{h}" : "Shape.Heads";

    /// <summary>Key/value heads, as an expression.</summary>
    public string Groups { get; } = heads.Groups is { } g ? $"{g}" : "Groups";

    /// <summary>1/n as an expression of type double.</summary>
    public string Mean { get; } = heads switch
    {
        { GroupSize: 1 } => "1.0",
        { GroupSize: { } n } => $"1.0 / {n}",
        { Groups: 1 } => "1.0 / Shape.Heads",
        { Groups: { } g } => $"{g}.0 / Shape.Heads",
        _ => "(double)Groups / Shape.Heads",
    };

    /// <summary>
    /// The first two sizes of a weight seen as (groups, heads per group, …). One of them may be -1, which the view works out.
    /// </summary>
    public string GroupsByMembers { get; } = heads switch
    {
        { Groups: { } g, GroupSize: { } n } => $"{g}, {n}",
        { Groups: { } g } => $"{g}, -1",
        { GroupSize: { } n } => $"-1, {n}",
        _ => "Groups, -1",
    };

    /// <summary>Query heads, in remarks.</summary>
    public string H { get; } = heads.Heads is { } h ? $"{h}" : "h";

    /// <summary>Key/value heads, in remarks.</summary>
    public string G { get; } = heads switch { { Groups: { } g } => $"{g}", { GroupSize: 1 } => "h", _ => "g" };

    /// <summary>Heads per group, in remarks.</summary>
    public string N { get; } = heads.GroupSize is { } n ? $"{n}" : "n";

    /// <summary>Width of one head, as an expression.</summary>
    public const string HeadDim = "Shape.HeadDim";

    /// <summary>Width of the residual stream, as an expression.</summary>
    public const string ModelDim = "Shape.ModelDim";
}
