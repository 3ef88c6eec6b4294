using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Wgqa.Generators.Reading;

namespace Wgqa.CodeFixes;

/// <summary>The attributes and the words that a compilation knows the language by.</summary>
internal sealed class Language
{
    /// <summary>The directive that brings the attributes and the words' types into scope.</summary>
    public const string Using = "using Wgqa;";

    private const string Suffix = "Attribute";

    private readonly ImmutableArray<INamedTypeSymbol> _attributes;

    public Language(Compilation compilation)
    {
        // Whatever else is in the runtime's namespace: a type of the user's own may be there too.
        var types = compilation.GetTypeByMetadataName(VariantReader.AttributeName) is { } attribute
            ? attribute.ContainingNamespace.GetTypeMembers().Where(type => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, attribute.ContainingAssembly)).ToImmutableArray()
            : [];
        _attributes = [.. types.Where(type => type.Name.EndsWith(Suffix, StringComparison.Ordinal))];
        Words = [.. types.Where(type => type.TypeKind == TypeKind.Enum && type.DeclaredAccessibility == Accessibility.Public)];
    }

    /// <summary>The enums whose members the language's arguments are.</summary>
    public ImmutableArray<INamedTypeSymbol> Words { get; }

    /// <summary>The language's attribute of that name, qualified or not, in scope or not; null when it is no attribute of the language.</summary>
    public INamedTypeSymbol? Attribute(AttributeSyntax written)
    {
        var name = written.Name is QualifiedNameSyntax qualified ? qualified.Right : written.Name is AliasQualifiedNameSyntax alias ? alias.Name : (SimpleNameSyntax)written.Name;
        return _attributes.FirstOrDefault(type => type.Name == name.Identifier.ValueText || type.Name == name.Identifier.ValueText + Suffix);
    }
}
