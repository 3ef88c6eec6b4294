using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Wgqa.Generators.Reading;

namespace Wgqa.CodeFixes;

/// <summary>
/// Removes an argument or an attribute that a declaration is right without: one without effect, or one of two that exclude each
/// other, which are a finding's place and its additional one.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RemoveSuperfluous))]
[Shared]
public sealed class RemoveSuperfluous : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
    [
        Rules.HeadsArePositive.Id, Rules.GroupsAndGroupSizeExcludeEachOther.Id, Rules.InitNeedsAWeighting.Id,
        Rules.PoolingExcludesAWeighting.Id, Rules.PoolingNeedsMergeOnce.Id, Rules.WeightsAreMergedLive.Id, Rules.SitesNameASite.Id,
        Rules.NumbersHaveAnEffect.Id, Rules.MapsHaveTheWrittenGroups.Id, Rules.AMapIsSaidOnce.Id,
        Rules.AdditionsNeedADeclaration.Id, Rules.AdditionsNeedSharedHeads.Id, Rules.TheAllocationMakesTheMap.Id, Rules.BlendExcludesKeyDriven.Id,
        Rules.WindowIsPositive.Id, Rules.ArgumentsFitTheAllocation.Id, Rules.BetaIsAShare.Id, Rules.ScaleIsPositive.Id, Rules.PublishedNoiseHasNoScale.Id,
    ];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new FixTogether(Apply);

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var finding in context.Diagnostics)
        {
            foreach (var (document, node) in await Removable(new(context.Document, finding), context.CancellationToken).ConfigureAwait(false))
            {
                var key = Name(node);
                context.RegisterCodeFix(
                    CodeAction.Create(
                        node is AttributeSyntax ? $"Remove [{key}]" : $"Remove {node}",
                        cancellation => Apply(document.Project.Solution, [new(context.Document, finding)], key, cancellation),
                        key),
                    finding);
            }
        }
    }

    private static async Task<Solution> Apply(Solution solution, ImmutableArray<FoundInDocument> found, string? name, CancellationToken cancellation)
    {
        var places = new HashSet<(DocumentId Document, TextSpan Span)>();
        foreach (var one in found)
        {
            var removable = await Removable(one, cancellation).ConfigureAwait(false);
            places.UnionWith(removable.Where(candidate => Name(candidate.Node) == name).Select(candidate => (candidate.Document.Id, candidate.Node.Span)));
        }

        // From the last to the first: what is removed never moves what is still to be.
        foreach (var (id, span) in places.OrderByDescending(place => place.Span.Start))
        {
            var document = solution.GetDocument(id)!;
            var text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
            var node = await Written.At(document, span, cancellation).ConfigureAwait(false);
            solution = solution.WithDocumentText(id, text.WithChanges(Removal.Of(node!, text)));
        }

        return solution;
    }

    private static async Task<ImmutableArray<(Document Document, SyntaxNode Node)>> Removable(FoundInDocument found, CancellationToken cancellation)
    {
        var nodes = ImmutableArray.CreateBuilder<(Document, SyntaxNode)>();
        foreach (var place in found.Finding.AdditionalLocations.Prepend(found.Finding.Location))
        {
            // The parts of a class may be in several files.
            if (found.Document.Project.Solution.GetDocument(place.SourceTree) is { } document
                && await Written.At(document, place.SourceSpan, cancellation).ConfigureAwait(false) is { } node)
            {
                nodes.Add((document, node));
            }
        }

        return nodes.ToImmutable();
    }

    private static string? Name(SyntaxNode node) => node switch
    {
        AttributeArgumentSyntax argument => argument.Name(),
        AttributeSyntax attribute => attribute.Name.ToString(),
        _ => null,
    };
}
