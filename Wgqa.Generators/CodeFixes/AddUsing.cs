using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Wgqa.CodeFixes;

/// <summary>Writes the directive that a word of the language is missing: <c>using static Wgqa.Weighting;</c> for <c>Column</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddUsing))]
[Shared]
public sealed class AddUsing : CodeFixProvider
{
    // "The name does not exist in the current context" and "the type or namespace name could not be found".
    private const string UnknownName = "CS0103";
    private const string UnknownType = "CS0246";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [UnknownName, UnknownType];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new FixTogether(Apply);

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        // The compiler may miss one name twice: as KvGrouping and as KvGroupingAttribute.
        var found = new FoundInDocument(context.Document, context.Diagnostics[0]);
        foreach (var directive in await Missing(found, context.CancellationToken).ConfigureAwait(false))
        {
            context.RegisterCodeFix(
                CodeAction.Create(directive, cancellation => Apply(context.Document.Project.Solution, [found], directive, cancellation), directive),
                context.Diagnostics);
        }
    }

    private static async Task<Solution> Apply(Solution solution, ImmutableArray<FoundInDocument> found, string? directive, CancellationToken cancellation)
    {
        foreach (var file in found.GroupBy(one => one.Document.Id))
        {
            foreach (var one in file)
            {
                if ((await Missing(one, cancellation).ConfigureAwait(false)).Contains(directive!))
                {
                    var root = (CompilationUnitSyntax)(await one.Document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
                    var text = await one.Document.GetTextAsync(cancellation).ConfigureAwait(false);
                    var place = root.FindToken(one.Finding.Location.SourceSpan.Start);
                    solution = solution.WithDocumentText(file.Key, text.WithChanges(DirectivePlace.Insert(directive!, root, place, text)));
                    break;
                }
            }
        }

        return solution;
    }

    /// <summary>The directives, any of which would give the unknown name a meaning of the language.</summary>
    private static async Task<ImmutableArray<string>> Missing(FoundInDocument found, CancellationToken cancellation)
    {
        var root = await found.Document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        if (root!.FindNode(found.Finding.Location.SourceSpan, getInnermostNodeForTie: true) is not SimpleNameSyntax name
            || name.FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute)
        {
            return [];
        }

        var compilation = await found.Document.Project.GetCompilationAsync(cancellation).ConfigureAwait(false);
        var language = new Language(compilation!);
        if (language.Attribute(attribute) is not { } attributeClass)
        {
            return [];
        }

        var word = name.Identifier.ValueText;
        if (attribute.Name == name || language.Words.Any(words => words.Name == word))
        {
            return [Language.Using];
        }

        var candidates = language.Words.Where(words => words.GetMembers(word).Any()).ToImmutableArray();
        var expected = name.FirstAncestorOrSelf<AttributeArgumentSyntax>()?.Name() is { } argument
            ? attributeClass.GetMembers(argument).OfType<IPropertySymbol>().FirstOrDefault()?.Type
            : null;
        var fitting = candidates.Where(words => SymbolEqualityComparer.Default.Equals(words, expected)).ToImmutableArray();
        return (fitting.IsEmpty ? candidates : fitting).Select(words => $"using static {words.ToDisplayString()};").OrderBy(line => line, StringComparer.Ordinal).ToImmutableArray();
    }
}
