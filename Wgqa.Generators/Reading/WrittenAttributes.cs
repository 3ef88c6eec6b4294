using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Wgqa.Generators.Reading;

/// <summary>The attributes of the language that a class has, wherever among its parts they are written.</summary>
internal sealed class WrittenAttributes
{
    private readonly ImmutableArray<(string Name, AttributeData Data)> _found;
    private readonly CancellationToken _cancellation;

    private WrittenAttributes(ImmutableArray<(string, AttributeData)> found, CancellationToken cancellation) => (_found, _cancellation) = (found, cancellation);

    /// <summary>The declaration itself; null when the class is none.</summary>
    public AttributeData? KvGrouping => _found.FirstOrDefault(one => one.Name == "KvGroupingAttribute").Data;

    /// <summary>Other groups at some sites and layers, as written.</summary>
    public IEnumerable<WrittenArguments> GroupsAt => All("GroupsAtAttribute");

    /// <summary>Allocation while running.</summary>
    public WrittenArguments? KeyDriven => All("KeyDrivenAttribute").FirstOrDefault();

    /// <summary>Noise on the output.</summary>
    public WrittenArguments? Perturbed => All("PerturbedAttribute").FirstOrDefault();

    /// <summary>Learned blends of key/value heads.</summary>
    public WrittenArguments? Blend => All("BlendAttribute").FirstOrDefault();

    /// <summary>Alignment before merging.</summary>
    public WrittenArguments? Align => All("AlignAttribute").FirstOrDefault();

    /// <summary>Every attribute of the language but the declaration itself.</summary>
    public IEnumerable<WrittenArguments> Additions => _found.Where(one => one.Name != "KvGroupingAttribute").Select(one => new WrittenArguments(one.Data, _cancellation));

    /// <summary>The attributes of a class that come from the language's own assembly and namespace.</summary>
    public static WrittenAttributes Of(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<(string, AttributeData)>();
        foreach (var attribute in type.GetAttributes())
        {
            if (attribute.AttributeClass is { ContainingNamespace: { Name: "Wgqa", ContainingNamespace.IsGlobalNamespace: true }, ContainingType: null } known
                && known.Name is "KvGroupingAttribute" or "GroupsAtAttribute" or "KeyDrivenAttribute" or "PerturbedAttribute" or "BlendAttribute" or "AlignAttribute")
            {
                found.Add((known.Name, attribute));
            }
        }

        return new(found.ToImmutable(), cancellation);
    }

    private IEnumerable<WrittenArguments> All(string name) => _found.Where(one => one.Name == name).Select(one => new WrittenArguments(one.Data, _cancellation));
}
