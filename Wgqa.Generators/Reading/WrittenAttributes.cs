using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Wgqa.Generators.Reading;

/// <summary>The attributes of the language that a class has, wherever among its parts they are written.</summary>
internal readonly struct WrittenAttributes
{
    private WrittenAttributes(AttributeData? declaration, ImmutableArray<WrittenArguments> additions) => (KvGrouping, Additions) = (declaration, additions);

    /// <summary>The declaration itself; null when the class is none.</summary>
    public AttributeData? KvGrouping { get; }

    /// <summary>Every attribute of the language but the declaration itself.</summary>
    public ImmutableArray<WrittenArguments> Additions { get; }

    /// <summary>Other groups at some sites and layers, as written.</summary>
    public IEnumerable<WrittenArguments> GroupsAt => Additions.IsEmpty ? [] : Additions.Where(addition => addition.Name == "GroupsAt");

    /// <summary>Allocation while running.</summary>
    public WrittenArguments? KeyDriven => One("KeyDriven");

    /// <summary>Noise on the output.</summary>
    public WrittenArguments? Perturbed => One("Perturbed");

    /// <summary>Learned blends of key/value heads.</summary>
    public WrittenArguments? Blend => One("Blend");

    /// <summary>Alignment before merging.</summary>
    public WrittenArguments? Align => One("Align");

    /// <summary>The attributes of a class that come from the language's own namespace.</summary>
    public static WrittenAttributes Of(INamedTypeSymbol type, CancellationToken cancellation)
    {
        AttributeData? declaration = null;
        ImmutableArray<WrittenArguments> additions = [];
        foreach (var attribute in type.GetAttributes())
        {
            if (attribute.AttributeClass is { ContainingNamespace: { Name: "Wgqa", ContainingNamespace.IsGlobalNamespace: true }, ContainingType: null } known)
            {
                if (known.Name is "KvGroupingAttribute")
                {
                    declaration ??= attribute;
                }
                else if (known.Name is "GroupsAtAttribute" or "KeyDrivenAttribute" or "PerturbedAttribute" or "BlendAttribute" or "AlignAttribute")
                {
                    additions = additions.Add(new(attribute, cancellation));
                }
            }
        }

        return new(declaration, additions);
    }

    private WrittenArguments? One(string name)
    {
        foreach (var addition in Additions)
        {
            if (addition.Name == name)
            {
                return addition;
            }
        }

        return null;
    }
}
