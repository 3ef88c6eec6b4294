using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;
using Wgqa.Generators.Reading;

namespace Wgqa.CodeFixes;

/// <summary>Writes a number of groups, or a size of groups, that splits the heads: the nearest below and above the one written.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NearestDivisor))]
[Shared]
public sealed class NearestDivisor : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
    [
        Rules.GroupsArePositive.Id, Rules.GroupSizeIsPositive.Id,
        Rules.GroupsDoNotExceedHeads.Id, Rules.GroupsDivideHeads.Id, Rules.GroupSizeDividesHeads.Id,
    ];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new FixTogether(Apply);

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var finding in context.Diagnostics)
        {
            var found = new FoundInDocument(context.Document, finding);
            if (await Split.Of(found, context.CancellationToken).ConfigureAwait(false) is not { } split)
            {
                continue;
            }

            foreach (var (direction, number) in split.Nearest())
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        split.Describe(number),
                        cancellation => Apply(context.Document.Project.Solution, [found], direction, cancellation),
                        direction),
                    finding);
            }
        }
    }

    private static async Task<Solution> Apply(Solution solution, ImmutableArray<FoundInDocument> found, string? direction, CancellationToken cancellation)
    {
        var changes = new Dictionary<(DocumentId Document, int Start), TextChange>();
        foreach (var one in found)
        {
            if (await Split.Of(one, cancellation).ConfigureAwait(false) is not { } split)
            {
                continue;
            }

            foreach (var (_, number) in split.Nearest().Where(nearest => nearest.Direction == direction))
            {
                var span = split.Argument.Expression.Span;
                changes[(one.Document.Id, span.Start)] = new(span, number.ToString(CultureInfo.InvariantCulture));
            }
        }

        foreach (var file in changes.GroupBy(change => change.Key.Document))
        {
            var text = await solution.GetDocument(file.Key)!.GetTextAsync(cancellation).ConfigureAwait(false);
            solution = solution.WithDocumentText(file.Key, text.WithChanges(file.OrderBy(change => change.Key.Start).Select(change => change.Value)));
        }

        return solution;
    }
}
