using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Reading;

/// <summary>Reads a class with <c>[KvGrouping]</c>: a pure function of the symbol and its attributes.</summary>
internal static class VariantReader
{
    /// <summary>The attribute's metadata name.</summary>
    public const string AttributeName = "Wgqa.KvGroupingAttribute";

    /// <summary>The declaration as a spec, or everything that is wrong with it. A class without attributes of the language yields neither.</summary>
    public static Reading Read(INamedTypeSymbol type, CancellationToken cancellation) => Read(type, WrittenAttributes.Of(type, cancellation), cancellation);

    /// <summary>The spec that a class's syntax stands for; null when the declaration is wrong.</summary>
    public static VariantSpec? Spec(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        // Two parts with the attribute are two matches, and the compiler refuses the second.
        var type = (INamedTypeSymbol)context.TargetSymbol;
        var attributes = WrittenAttributes.Of(type, cancellation);
        var place = attributes.KvGrouping?.ApplicationSyntaxReference;
        return place is not null && place.SyntaxTree == context.TargetNode.SyntaxTree && context.TargetNode.Span.Contains(place.Span)
            ? Read(type, attributes, cancellation).Spec
            : null;
    }

    private static Reading Read(INamedTypeSymbol type, WrittenAttributes attributes, CancellationToken cancellation)
    {
        if (attributes.KvGrouping is null && attributes.Additions.IsEmpty)
        {
            return new(null, []);
        }

        var findings = ImmutableArray.CreateBuilder<Diagnostic>(0);
        if (attributes.KvGrouping is not { } declaration)
        {
            findings.AddRange(attributes.Additions.Select(addition => Diagnostic.Create(Rules.AdditionsNeedADeclaration, addition.Everything, addition.Name, type.Name)));
            return new(null, findings.ToImmutable());
        }

        ClassReader.Check(type, findings, cancellation);
        var written = GroupingReader.Read(type, new(declaration, cancellation), attributes, findings);
        return findings.Count > 0 || written is null
            ? new(null, findings.ToImmutable())
            : new(written(ClassReader.Describe(type)), []);
    }
}
