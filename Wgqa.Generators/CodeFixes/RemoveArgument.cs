using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Wgqa.Generators.Reading;

namespace Wgqa.CodeFixes;

/// <summary>Removes an argument that a declaration is right without: one of two that say one thing, or one without effect.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RemoveArgument))]
[Shared]
public sealed class RemoveArgument : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
    [
        Rules.HeadsArePositive.Id, Rules.GroupsAndGroupSizeExcludeEachOther.Id, Rules.InitNeedsAWeighting.Id,
        Rules.PoolingExcludesAWeighting.Id, Rules.PoolingNeedsMergeOnce.Id, Rules.WeightsAreMergedLive.Id, Rules.SitesNameASite.Id,
    ];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new FixTogether(Apply);

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var finding in context.Diagnostics)
        {
            foreach (var argument in await Removable(new(context.Document, finding), context.CancellationToken).ConfigureAwait(false))
            {
                var key = argument.Name();
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Remove {argument}",
                        cancellation => Apply(context.Document.Project.Solution, [new(context.Document, finding)], key, cancellation),
                        key),
                    finding);
            }
        }
    }

    /// <summary>The argument that is wrong and, where two say one thing, the other.</summary>
    private static async Task<ImmutableArray<AttributeArgumentSyntax>> Removable(FoundInDocument found, CancellationToken cancellation)
    {
        var argument = await NamedArgument.Of(found, cancellation).ConfigureAwait(false);
        if (argument?.Name() is not { } name)
        {
            return [];
        }

        return found.Finding.Id == Rules.GroupsAndGroupSizeExcludeEachOther.Id && argument.Sibling(name.Replace("GroupSize", "Groups")) is { } other && other != argument
            ? [argument, other]
            : [argument];
    }

    private static async Task<Solution> Apply(Solution solution, ImmutableArray<FoundInDocument> found, string? name, CancellationToken cancellation)
    {
        var places = new HashSet<(DocumentId Document, TextSpan Span)>();
        foreach (var one in found)
        {
            var removable = await Removable(one, cancellation).ConfigureAwait(false);
            places.UnionWith(removable.Where(argument => argument.Name() == name).Select(argument => (one.Document.Id, argument.Span)));
        }

        // From the last to the first: what is removed never moves what is still to be.
        foreach (var (id, span) in places.OrderByDescending(place => place.Span.Start))
        {
            var document = solution.GetDocument(id)!;
            var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
            var text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
            var argument = root!.FindNode(span).FirstAncestorOrSelf<AttributeArgumentSyntax>()!;
            solution = solution.WithDocumentText(id, text.WithChanges(Removal.Of(argument, text)));
        }

        return solution;
    }
}
