using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Wgqa.Generators.Emission;
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
            if (start.Compilation.GetTypeByMetadataName(VariantReader.AttributeName) is not null)
            {
                start.RegisterSymbolAction(Report, SymbolKind.NamedType);
                start.RegisterSyntaxNodeAction(ReportFold, SyntaxKind.IdentifierName);
            }
        });
    }

    private static void Report(SymbolAnalysisContext context)
    {
        foreach (var finding in VariantReader.Read((INamedTypeSymbol)context.Symbol, context.CancellationToken).Findings)
        {
            context.ReportDiagnostic(finding);
        }
    }

    // Asking for a fold that cannot be is a mistake that the compiler can see. Names are looked at as they are written, and
    // only the few that say Fold are looked up: what the calls of every method mean is much to ask of the compiler.
    private static void ReportFold(SyntaxNodeAnalysisContext context)
    {
        var name = (IdentifierNameSyntax)context.Node;
        if (name.Identifier.ValueText == "Fold"
            && !name.IsPartOfStructuredTrivia()
            && context.SemanticModel.GetSymbolInfo(name, context.CancellationToken).Symbol is IMethodSymbol { Name: "Fold", Parameters.Length: 0, ContainingType: { } type }
            && VariantReader.Read(type, context.CancellationToken).Spec is { Folds: Foldability.Never } spec)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.UnfoldableVariantsAreNotFolded, Use(name).GetLocation(), type.Name, VariantEmitter.ObstacleOf(spec)));
        }
    }

    // block.Fold(), block?.Fold(), Fold(), or the method itself without a call.
    private static SyntaxNode Use(IdentifierNameSyntax name)
    {
        var member = name.Parent is MemberAccessExpressionSyntax or MemberBindingExpressionSyntax ? name.Parent : name;
        return member.Parent is InvocationExpressionSyntax call && call.Expression == member ? call : member;
    }
}
