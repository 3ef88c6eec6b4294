using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Wgqa.CodeFixes;

/// <summary>A named argument of an attribute, as a finding points at it.</summary>
internal static class NamedArgument
{
    /// <summary>The argument that a finding points at; null when it points elsewhere.</summary>
    public static async Task<AttributeArgumentSyntax?> Of(FoundInDocument found, CancellationToken cancellation)
    {
        var root = await found.Document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        return root!.FindNode(found.Finding.Location.SourceSpan).FirstAncestorOrSelf<AttributeArgumentSyntax>();
    }

    /// <summary>The name before the equals sign.</summary>
    public static string? Name(this AttributeArgumentSyntax argument) => argument.NameEquals?.Name.Identifier.ValueText;

    /// <summary>The argument of the same attribute with that name.</summary>
    public static AttributeArgumentSyntax? Sibling(this AttributeArgumentSyntax argument, string name) =>
        ((AttributeArgumentListSyntax)argument.Parent!).Arguments.FirstOrDefault(other => other.Name() == name);
}
