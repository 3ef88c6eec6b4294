#if GENERATOR_ALIASED   // in a test project that speaks the language's words as the runtime has them
extern alias generator;
using generator::Wgqa.Generators;
#endif
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Wgqa.Generators.Tests;

/// <summary>Declarations compiled in memory, as a strict project would compile them.</summary>
internal static class Declared
{
    /// <summary>What a file with variants starts with.</summary>
    public const string Usings =
        """
        using Wgqa;
        using static Wgqa.Weighting;
        using static Wgqa.Init;
        using static Wgqa.Pooling;
        using static Wgqa.Merge;
        using static Wgqa.Sites;
        using static Wgqa.Layout;
        using static Wgqa.Map;
        using static Wgqa.Allocation;
        using static Wgqa.Mode;
        using static Wgqa.Calibration;

        """;

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Wgqa.Generators", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    private static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary,
        nullableContextOptions: NullableContextOptions.Enable,
        generalDiagnosticOption: ReportDiagnostic.Error,
        warningLevel: 9999);

    // What is referenced is resolved once.
    private static readonly CSharpCompilation Empty = CSharpCompilation.Create("Declared", [], References, Options);

    /// <summary>A compilation of files, each given as text.</summary>
    public static CSharpCompilation Compilation(params string[] files) =>
        Empty.AddSyntaxTrees([.. files.Select((text, number) => CSharpSyntaxTree.ParseText(text, Parsing, $"File{number}.cs"))]);

    /// <summary>The generator, ready to run and to say what it did.</summary>
    public static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new VariantGenerator().AsSourceGenerator()],
        parseOptions: Parsing,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Runs the generator once.</summary>
    public static (Compilation Output, GeneratorRunResult Result) Generate(Compilation compilation)
    {
        var driver = Driver().RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        var result = Assert.Single(driver.GetRunResult().Results);
        Assert.Null(result.Exception);
        return (output, result);
    }

    /// <summary>What the analyzer finds after the generator ran, as a compiler would report it.</summary>
    public static async Task<ImmutableArray<Diagnostic>> Findings(Compilation output)
    {
        var all = await output.WithAnalyzers([new VariantAnalyzer()]).GetAllDiagnosticsAsync();
        Assert.DoesNotContain(all, diagnostic => diagnostic.Id is "AD0001" or "CS8785");
        return [.. all.Where(diagnostic => diagnostic.Id.StartsWith("WGQA", StringComparison.Ordinal) && !diagnostic.IsSuppressed)];
    }

    /// <summary>Asserts that declarations compile with every warning an error, find nothing, and so do the files written for them.</summary>
    public static async Task<GeneratorRunResult> AssertClean(params string[] files)
    {
        var (output, result) = Generate(Compilation(files));
        Assert.Empty(output.GetDiagnostics().Where(IsOfInterest).Select(Describe));
        Assert.Empty((await Findings(output)).Select(Describe));
        return result;

        // Declarations in tests are short: no documentation (CS1591), any name (CS8981). Generated files get no such leave.
        bool IsOfInterest(Diagnostic diagnostic) => diagnostic.Severity != DiagnosticSeverity.Hidden
            && !(diagnostic.Id is "CS1591" or "CS8981" && files.Contains(diagnostic.Location.SourceTree?.ToString()));

        static string Describe(Diagnostic diagnostic) => $"{diagnostic}\n{diagnostic.Location.SourceTree?.GetText().Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line]}";
    }
}
