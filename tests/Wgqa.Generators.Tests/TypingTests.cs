using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Wgqa.CodeFixes;
using Workspace = Wgqa.Generators.Tests.CodeFixes.Workspace;

namespace Wgqa.Generators.Tests;

/// <summary>What an editor sees while somebody types is mostly no C#; nothing may give up on it.</summary>
public sealed class TypingTests
{
    private const string Typed =
        """
        public partial class Outer { [KvGrouping(Heads = 12, KeyMap = new[] { 0, 1, -2 }, Groups = (5), Weighting = Column | Row, Init = Maen, Sites = DecoderCross)]
        [GroupsAt(Sites = DecoderCross, Layers = new[] { 0, 1 }, GroupSize = 2), KeyDriven(Allocation = MovingAverage, Beta = 0.5), Perturbed(Scale = 1)]
        [Blend][Align(Calibration = Activations)] file sealed class X<T> : Random, System.IDisposable { public X(int size) => block.Fold(); int Shape, _q; } }
        """;

    [Fact]
    public async Task NothingFailsAtAnyLetterOfADeclaration()
    {
        var driver = Declared.Driver();
        for (var length = 0; length <= Typed.Length; length++)
        {
            var compilation = Declared.Compilation(Declared.Usings + Typed[..length]);
            driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
            Assert.Null(Assert.Single(driver.GetRunResult().Results).Exception);
            AssertNoFailure(await output.WithAnalyzers([new VariantAnalyzer()]).GetAnalyzerDiagnosticsAsync());
        }
    }

    [Fact]
    public async Task NothingFailsWhereAnyTokenIsMissing()
    {
        var tokens = CSharpSyntaxTree.ParseText(Typed, Declared.Parsing).GetRoot().DescendantTokens().ToList();
        foreach (var token in tokens)
        {
            var (output, _) = Declared.Generate(Declared.Compilation(Declared.Usings + Typed.Remove(token.SpanStart, token.Span.Length)));
            AssertNoFailure(await output.WithAnalyzers([new VariantAnalyzer()]).GetAnalyzerDiagnosticsAsync());
        }
    }

    [Fact]
    public async Task NoFixFailsOnWhatIsHalfTyped()
    {
        CodeFixProvider[] providers = [new MakePartial(), new NearestDivisor(), new RemoveSuperfluous(), new AddUsing()];
        foreach (var token in CSharpSyntaxTree.ParseText(Typed, Declared.Parsing).GetRoot().DescendantTokens().Where((_, number) => number % 3 == 0))
        {
            using var workspace = new Workspace("using Wgqa;\n" + Typed[..token.Span.End]);
            foreach (var finding in (await workspace.Findings()).Where(finding => finding.Location.IsInSource))
            {
                foreach (var provider in providers.Where(provider => provider.FixableDiagnosticIds.Contains(finding.Id)))
                {
                    await workspace.ApplyEach(provider, finding);
                }
            }
        }
    }

    private static void AssertNoFailure(ImmutableArray<Diagnostic> findings) =>
        Assert.All(findings, finding => Assert.StartsWith("WGQA", finding.Id, StringComparison.Ordinal));
}
