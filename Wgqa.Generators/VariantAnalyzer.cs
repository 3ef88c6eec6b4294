using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Wgqa.Generators.Reading;

namespace Wgqa.Generators;

/// <summary>
/// Reports what reading a declaration finds. An analyzer and not the generator, so that a pragma suppresses a finding and
/// the pipeline carries no locations.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class VariantAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Rules.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        // A variant's other half is generated code, and says so of the whole class.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(VariantReader.AttributeName) is { } attributeClass)
            {
                start.RegisterSymbolAction(symbol => Report(symbol, attributeClass), SymbolKind.NamedType);
            }
        });
    }

    private static void Report(SymbolAnalysisContext context, INamedTypeSymbol attributeClass)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (VariantReader.Attribute(type, attributeClass) is { } attribute)
        {
            foreach (var finding in VariantReader.Read(type, attribute, context.CancellationToken).Findings)
            {
                context.ReportDiagnostic(finding);
            }
        }
    }
}
