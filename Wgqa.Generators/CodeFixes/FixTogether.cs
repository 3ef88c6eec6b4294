using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Wgqa.CodeFixes;

/// <summary>
/// Fixes every finding of a scope in one edit. Merging edits that were made one by one, as an editor does by default, drops
/// those that meet: two variants in one container, two words of one enum, two arguments of one list.
/// </summary>
/// <param name="apply">Fixes findings in the way that an action's equivalence key names.</param>
internal sealed class FixTogether(Func<Solution, ImmutableArray<FoundInDocument>, string?, CancellationToken, Task<Solution>> apply) : FixAllProvider
{
    /// <inheritdoc/>
    public override async Task<CodeAction?> GetFixAsync(FixAllContext context)
    {
        var found = ImmutableArray.CreateBuilder<FoundInDocument>();
        foreach (var finding in await Findings(context).ConfigureAwait(false))
        {
            if (context.Solution.GetDocument(finding.Location.SourceTree) is { } document)
            {
                found.Add(new(document, finding));
            }
        }

        return CodeAction.Create(
            "Fix all",
            cancellation => apply(context.Solution, found.ToImmutable(), context.CodeActionEquivalenceKey, cancellation),
            context.CodeActionEquivalenceKey);
    }

    private static async Task<ImmutableArray<Diagnostic>> Findings(FixAllContext context)
    {
        switch (context.Scope)
        {
            case FixAllScope.Document:
                return await context.GetDocumentDiagnosticsAsync(context.Document!).ConfigureAwait(false);
            case FixAllScope.Project:
                return await context.GetAllDiagnosticsAsync(context.Project).ConfigureAwait(false);
            default:
                var everywhere = ImmutableArray.CreateBuilder<Diagnostic>();
                foreach (var project in context.Solution.Projects.Where(project => project.Language == LanguageNames.CSharp))
                {
                    everywhere.AddRange(await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false));
                }

                return everywhere.ToImmutable();
        }
    }
}
