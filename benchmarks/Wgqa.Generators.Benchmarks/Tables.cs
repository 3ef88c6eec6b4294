using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Wgqa.Generators.Benchmarks;

/// <summary>One thing to measure.</summary>
/// <param name="Table">What is done.</param>
/// <param name="Name">What does it.</param>
/// <param name="Prepare">Sets the stage for one run, and gives the run.</param>
public sealed record Case(string Table, string Name, Func<Action> Prepare)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Table}: {Name}";
}

/// <summary>All that is measured. The first case of a table is what the others are compared with.</summary>
internal static class Tables
{
    private static readonly Subject Comment = new("a comment per class", new CommentGenerator(), Corpus.Variants);
    private static readonly Subject Empty = new("an empty generator", new EmptyGenerator(), Corpus.Variants);
    private static readonly Subject Absent = new("an absent attribute", new AbsentAttributeGenerator(), Corpus.Variants);
    private static readonly Subject Ours = new("Wgqa", new VariantGenerator(), Corpus.Variants);
    private static readonly Subject Json = new("System.Text.Json", JsonGenerator(), Corpus.JsonTypes);
    private static readonly Subject AbsentAlone = new(Absent.Name, Absent.Generator, Corpus.Undeclared);
    private static readonly Subject OursAlone = new(Ours.Name, Ours.Generator, Corpus.Undeclared);

    /// <summary>Every table's cases.</summary>
    public static IReadOnlyList<Case> All { get; } =
    [
        .. Cold(Comment, Empty, Absent, Ours, Json),
        .. Edited("an unrelated file is edited", Edit.UnrelatedFile, Comment, Empty, Absent, Ours, Json),
        .. EditedAndParsed("the same, with parsing it", Edit.UnrelatedFile, Comment, Empty, Absent, Ours, Json),
        .. Edited("the same, in a project without declarations", Edit.UnrelatedFile, AbsentAlone, OursAlone),
        .. Edited("a blank line is added", Edit.BlankLine, Comment, Empty, Absent, Ours, Json),
        .. Edited("one declaration is changed", Edit.OneChanged, Comment, Empty, Absent, Ours, Json),
        .. Edited("one declaration is added", Edit.OneAdded, Comment, Empty, Absent, Ours, Json),
        .. Analyzed(new SilentAnalyzer(), new VariantAnalyzer()),
    ];

    private static IEnumerable<Case> Cold(params Subject[] subjects) => subjects.Select(subject => new Case("everything is generated", subject.Name, () =>
    {
        var (driver, compilation) = (subject.NewDriver(), subject.Corpus.Compilation.Clone());
        return () => driver.RunGenerators(compilation);
    }));

    private static IEnumerable<Case> Edited(string table, Edit edit, params Subject[] subjects) => subjects.Select(subject => new Case(table, subject.Name, () =>
    {
        var (driver, compilation) = (subject.RunDriver, subject.Corpus.After(edit));
        return () => driver.RunGenerators(compilation);
    }));

    private static IEnumerable<Case> EditedAndParsed(string table, Edit edit, params Subject[] subjects) => subjects.Select(subject => new Case(table, subject.Name, () =>
    {
        var driver = subject.RunDriver;
        return () => driver.RunGenerators(subject.Corpus.After(edit));
    }));

    private static IEnumerable<Case> Analyzed(params DiagnosticAnalyzer[] analyzers) => analyzers.Select(analyzer => new Case("a compilation is analyzed", analyzer.GetType().Name, () =>
    {
        // Without the generated halves: compiling those would take nearly all of the time, and analyzers read the written ones.
        var analysis = Corpus.Variants.Compilation.Clone().WithAnalyzers(
            [analyzer],
            new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: false));
        return () => analysis.GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
    }));

    // The SDK's own: the project copies it beside the program.
    private static IIncrementalGenerator JsonGenerator() => (IIncrementalGenerator)Activator.CreateInstance(
        Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "generators", "System.Text.Json.SourceGeneration.dll"))
            .GetType("System.Text.Json.SourceGeneration.JsonSourceGenerator", throwOnError: true)!)!;

    /// <summary>A generator and the project that it works on.</summary>
    private sealed class Subject(string name, IIncrementalGenerator generator, Corpus corpus)
    {
        private GeneratorDriver? _run;

        /// <summary>What it is called in tables.</summary>
        public string Name => name;

        /// <summary>The generator.</summary>
        public IIncrementalGenerator Generator => generator;

        /// <summary>The project.</summary>
        public Corpus Corpus => corpus;

        /// <summary>A driver that has run before the edit. It does not change: every run from it is the first.</summary>
        public GeneratorDriver RunDriver => _run ??= Checked(NewDriver().RunGenerators(corpus.Compilation));

        /// <summary>A driver that has not run.</summary>
        public GeneratorDriver NewDriver() => CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], parseOptions: Corpus.Parsing);

        // A generator that fails is quick.
        private static GeneratorDriver Checked(GeneratorDriver driver) =>
            driver.GetRunResult().Results is [{ Exception: null, Diagnostics: [] }] ? driver : throw new InvalidOperationException("The generator failed.");
    }
}
