using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Wgqa.Generators.Reading;

namespace Wgqa.CodeFixes;

/// <summary>Writes <c>partial</c> on every part of a variant and of the types around it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakePartial))]
[Shared]
public sealed class MakePartial : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.VariantsArePartial.Id, Rules.ContainersArePartial.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new FixTogether((solution, found, _, cancellation) => Apply(solution, found, cancellation));

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var finding in context.Diagnostics)
        {
            var whole = await WholeParts(new(context.Document, finding), context.CancellationToken).ConfigureAwait(false);
            if (!whole.IsEmpty)
            {
                var names = string.Join(" and ", whole.Select(part => part.Identifier.ValueText).Distinct());
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Make {names} partial",
                        cancellation => Apply(context.Document.Project.Solution, [new(context.Document, finding)], cancellation),
                        nameof(MakePartial)),
                    finding);
            }
        }
    }

    private static async Task<Solution> Apply(Solution solution, ImmutableArray<FoundInDocument> found, CancellationToken cancellation)
    {
        var keywords = new HashSet<SyntaxToken>();
        foreach (var one in found)
        {
            keywords.UnionWith((await WholeParts(one, cancellation).ConfigureAwait(false)).Select(part => part.Keyword));
        }

        foreach (var file in keywords.GroupBy(keyword => keyword.SyntaxTree!))
        {
            // The modifier stands directly before the keyword, whatever is around it.
            var text = await file.Key.GetTextAsync(cancellation).ConfigureAwait(false);
            var inserted = file.OrderBy(keyword => keyword.SpanStart).Select(keyword => new TextChange(new(keyword.SpanStart, 0), "partial "));
            solution = solution.WithDocumentText(solution.GetDocumentId(file.Key)!, text.WithChanges(inserted));
        }

        return solution;
    }

    /// <summary>The parts without the modifier, of the type that a finding names and, as they need it too, of the types around it.</summary>
    private static async Task<ImmutableArray<TypeDeclarationSyntax>> WholeParts(FoundInDocument found, CancellationToken cancellation)
    {
        var root = await found.Document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await found.Document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        var parts = ImmutableArray.CreateBuilder<TypeDeclarationSyntax>();
        if (root!.FindToken(found.Finding.Location.SourceSpan.Start).Parent is TypeDeclarationSyntax named)
        {
            for (var type = model.GetDeclaredSymbol(named, cancellation); type is not null; type = type.ContainingType)
            {
                parts.AddRange(type.DeclaringSyntaxReferences
                    .Select(reference => reference.GetSyntax(cancellation))
                    .OfType<TypeDeclarationSyntax>()
                    .Where(part => !part.Modifiers.Any(SyntaxKind.PartialKeyword)));
            }
        }

        return parts.ToImmutable();
    }
}
