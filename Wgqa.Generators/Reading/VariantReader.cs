using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Reading;

/// <summary>Reads a class with <c>[KvGrouping]</c>: a pure function of the symbol and its attribute.</summary>
internal static class VariantReader
{
    /// <summary>The attribute's metadata name.</summary>
    public const string AttributeName = "Wgqa.KvGroupingAttribute";

    /// <summary>The declaration as a spec, or everything that is wrong with it.</summary>
    public static Reading Read(INamedTypeSymbol type, AttributeData attribute, CancellationToken cancellation)
    {
        var findings = ImmutableArray.CreateBuilder<Diagnostic>();
        ClassReader.Check(type, findings, cancellation);
        var grouping = GroupingReader.Read(type, new WrittenArguments(attribute, cancellation), findings);
        return findings.Count > 0 || grouping is not { } written
            ? new(null, findings.ToImmutable())
            : new(new(ClassReader.Describe(type), written.Heads, written.Weighting, written.Init, written.Pooling, written.Merge, written.Sites), []);
    }

    /// <summary>The spec that a class's syntax stands for; null when the declaration is wrong.</summary>
    public static VariantSpec? Spec(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        // Two parts with the attribute are two matches, and the compiler refuses the second.
        var type = (INamedTypeSymbol)context.TargetSymbol;
        var attribute = Attribute(type, context.Attributes[0].AttributeClass!)!;
        return attribute.ApplicationSyntaxReference is { } place && place.SyntaxTree == context.TargetNode.SyntaxTree && context.TargetNode.Span.Contains(place.Span)
            ? Read(type, attribute, cancellation).Spec
            : null;
    }

    /// <summary>The class's attribute, wherever among its parts it is written; null when it has none.</summary>
    public static AttributeData? Attribute(INamedTypeSymbol type, INamedTypeSymbol attributeClass)
    {
        foreach (var attribute in type.GetAttributes())
        {
            if (SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, attributeClass))
            {
                return attribute;
            }
        }

        return null;
    }
}
