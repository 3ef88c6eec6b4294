using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
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
                start.RegisterOperationAction(ReportFold, OperationKind.Invocation, OperationKind.MethodReference);
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

    // Asking for a fold that cannot be is a mistake that the compiler can see.
    private static void ReportFold(OperationAnalysisContext context)
    {
        var method = context.Operation switch
        {
            IInvocationOperation invocation => invocation.TargetMethod,
            IMethodReferenceOperation reference => reference.Method,
            _ => null,
        };
        if (method is { Name: "Fold", Parameters.Length: 0, ContainingType: { } type }
            && VariantReader.Read(type, context.CancellationToken).Spec is { Folds: Foldability.Never } spec)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.UnfoldableVariantsAreNotFolded, context.Operation.Syntax.GetLocation(), type.Name, VariantEmitter.ObstacleOf(spec)));
        }
    }
}
