using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Wgqa.CodeFixes;

/// <summary>An argument or an attribute, as a finding points at it.</summary>
internal static class Written
{
    /// <summary>The argument, or else the attribute, that is written at a place of a document; null when there is none.</summary>
    public static async Task<SyntaxNode?> At(Document document, TextSpan place, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        return root!.FindNode(place).FirstAncestorOrSelf<SyntaxNode>(node => node is AttributeArgumentSyntax or AttributeSyntax);
    }

    /// <summary>The name of an argument, before the equals sign.</summary>
    public static string? Name(this AttributeArgumentSyntax argument) => argument.NameEquals?.Name.Identifier.ValueText;
}
