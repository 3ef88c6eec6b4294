using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Wgqa.Generators.Tests.CodeFixes;

/// <summary>Documents in an editor's workspace, with the runtime referenced and the generator and the analyzer at work.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly AdhocWorkspace _workspace = new();

    public Workspace(params string[] files)
    {
        var id = ProjectId.CreateNewId();
        Solution = _workspace.CurrentSolution.AddProject(ProjectInfo.Create(
            id,
            VersionStamp.Default,
            "Declared",
            "Declared",
            LanguageNames.CSharp,
            compilationOptions: Declared.Compilation().Options,
            parseOptions: Declared.Parsing,
            metadataReferences: Declared.Compilation().References,
            analyzerReferences: [new OwnAnalyzers()]));
        for (var number = 0; number < files.Length; number++)
        {
            Solution = Solution.AddDocument(DocumentId.CreateNewId(id), $"File{number}.cs", SourceText.From(files[number]), filePath: $"/declared/File{number}.cs");
        }
    }

    public Solution Solution { get; private set; }

    public Project Project => Solution.Projects.Single();

    /// <summary>The texts of the documents.</summary>
    public async Task<string[]> Texts()
    {
        var texts = new List<string>();
        foreach (var document in Project.Documents)
        {
            texts.Add((await document.GetTextAsync()).ToString());
        }

        return [.. texts];
    }

    /// <summary>The compiler's and our own findings, but for missing documentation.</summary>
    public async Task<ImmutableArray<Diagnostic>> Findings(Project? project = null)
    {
        var compilation = (await (project ?? Project).GetCompilationAsync())!;
        var analysis = compilation.WithAnalyzers([new VariantAnalyzer()], (project ?? Project).AnalyzerOptions);
        var all = await analysis.GetAllDiagnosticsAsync();
        Assert.DoesNotContain(all, finding => finding.Id is "AD0001" or "CS8785");
        return [.. all.Where(finding => finding.Severity == DiagnosticSeverity.Error && finding.Id != "CS1591" && !finding.IsSuppressed)
            .OrderBy(finding => finding.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(finding => finding.Location.SourceSpan.Start)];
    }

    /// <summary>The actions that a provider offers for the first finding of an id.</summary>
    public async Task<ImmutableArray<CodeAction>> Offers(CodeFixProvider provider, string id) =>
        await Offers(provider, (await Findings()).First(finding => finding.Id == id));

    /// <summary>Applies every action that a provider offers for a finding, each for itself, and keeps none.</summary>
    public async Task ApplyEach(CodeFixProvider provider, Diagnostic finding)
    {
        var before = Solution;
        foreach (var action in await Offers(provider, finding))
        {
            await Apply(action);
            Solution = before;
        }
    }

    /// <summary>Applies the action with a title to the first finding of an id.</summary>
    public async Task Apply(CodeFixProvider provider, string id, string title)
    {
        Assert.Contains(id, provider.FixableDiagnosticIds);
        await Apply((await Offers(provider, id)).Single(action => action.Title == title));
    }

    /// <summary>Applies the action with a title, offered for the first finding of an id, wherever in a scope it can be.</summary>
    public async Task ApplyToAll(CodeFixProvider provider, string id, string title, FixAllScope scope)
    {
        var action = (await Offers(provider, id)).Single(action => action.Title == title);
        var first = Project.GetDocument((await Findings()).First(finding => finding.Id == id).Location.SourceTree)!;
        var ids = provider.FixableDiagnosticIds.Intersect((await Findings()).Select(finding => finding.Id));
        var all = provider.GetFixAllProvider()!;
        Assert.Contains(scope, all.GetSupportedFixAllScopes());
        await Apply((await all.GetFixAsync(new FixAllContext(first, provider, scope, action.EquivalenceKey, ids, new FindingsOf(this), CancellationToken.None)))!);
    }

    /// <summary>Adds an .editorconfig.</summary>
    public void Configure(string text) =>
        Solution = Solution.AddAnalyzerConfigDocument(DocumentId.CreateNewId(Project.Id), ".editorconfig", SourceText.From(text), filePath: "/declared/.editorconfig");

    public void Dispose() => _workspace.Dispose();

    private async Task<ImmutableArray<CodeAction>> Offers(CodeFixProvider provider, Diagnostic finding)
    {
        var actions = ImmutableArray.CreateBuilder<CodeAction>();
        await provider.RegisterCodeFixesAsync(new CodeFixContext(
            Project.GetDocument(finding.Location.SourceTree)!, finding, (action, _) => actions.Add(action), CancellationToken.None));
        return actions.ToImmutable();
    }

    private async Task Apply(CodeAction action)
    {
        var operation = Assert.IsType<ApplyChangesOperation>(Assert.Single(await action.GetOperationsAsync(CancellationToken.None)));
        Solution = operation.ChangedSolution;
    }

    /// <summary>The generator and the analyzer as a project references them.</summary>
    private sealed class OwnAnalyzers : AnalyzerReference
    {
        // An editor's workspace knows a generator by its instance.
        private readonly ImmutableArray<ISourceGenerator> _generators = [new VariantGenerator().AsSourceGenerator()];

        public override string? FullPath => null;

        public override object Id => nameof(OwnAnalyzers);

        public override ImmutableArray<DiagnosticAnalyzer> GetAnalyzers(string language) => [new VariantAnalyzer()];

        public override ImmutableArray<DiagnosticAnalyzer> GetAnalyzersForAllLanguages() => [new VariantAnalyzer()];

        public override ImmutableArray<ISourceGenerator> GetGenerators(string language) => _generators;

        public override ImmutableArray<ISourceGenerator> GetGeneratorsForAllLanguages() => _generators;
    }

    private sealed class FindingsOf(Workspace workspace) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => await workspace.Findings(project);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken)
        {
            var tree = await document.GetSyntaxTreeAsync(cancellationToken);
            return (await workspace.Findings(document.Project)).Where(finding => finding.Location.SourceTree == tree);
        }

        public override async Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            (await workspace.Findings(project)).Where(finding => !finding.Location.IsInSource);
    }
}
