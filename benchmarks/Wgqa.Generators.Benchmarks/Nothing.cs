using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Wgqa.Generators.Benchmarks;

/// <summary>A generator that asks for nothing.</summary>
internal sealed class EmptyGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
    }
}

/// <summary>A generator that asks for the classes with an attribute that nobody wrote.</summary>
internal sealed class AbsentAttributeGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
        context.SyntaxProvider.ForAttributeWithMetadataName("Wgqa.AbsentAttribute", (_, _) => true, (found, _) => found.TargetSymbol.Name),
        (output, name) => output.AddSource(name, ""));
}

/// <summary>
/// A generator that finds the classes that ours finds, and writes a file with a comment for each: the least that a
/// generator with a file for each of them can do.
/// </summary>
internal sealed class CommentGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
        context.SyntaxProvider.ForAttributeWithMetadataName("Wgqa.KvGroupingAttribute", (_, _) => true, (found, _) => found.TargetSymbol.Name),
        (output, name) => output.AddSource(name + ".g.cs", SourceText.From("// " + name, Encoding.UTF8)));
}

/// <summary>An analyzer that looks at every class and says nothing.</summary>
#pragma warning disable RS1036, RS1001 // Not an analyzer for anyone's build.
internal sealed class SilentAnalyzer : DiagnosticAnalyzer
#pragma warning restore RS1036, RS1001
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [new("NONE", "Nothing", "Nothing", "Nothing", DiagnosticSeverity.Warning, isEnabledByDefault: true)];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(_ => { }, SymbolKind.NamedType);
    }
}
