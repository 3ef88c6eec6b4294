using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Wgqa.Generators.Model;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;

namespace Wgqa.Generators.Tests;

/// <summary>What an edit costs: which files are written again, and which are not even looked at.</summary>
public sealed class IncrementalityTests
{
    private const string Col = "[KvGrouping(Groups = 6, Weighting = Column, Init = Mean)] public sealed partial class ColV { public int Twice(int x) => 2 * x; }\n";
    private const string Row = "[KvGrouping(Groups = 6, Weighting = Row)] public sealed partial class RowV;\n";
    private const string Plain = "public class Plain { public int Once(int x) => x; }\n";

    [Fact]
    public void AnUnrelatedFileChangesNothing()
    {
        var after = Edit([Col + Row, Plain], [Col + Row, Plain.Replace("=> x", "=> x + 1")]);
        after.AssertReasons(Cached, "ColV.g.cs", "RowV.g.cs");
        Assert.Equal(Cached, after.Catalog);
    }

    [Fact]
    public void ABlankLineChangesNothing()
    {
        var after = Edit([Col + Row], ["\n" + Col + "\n// and a remark\n" + Row]);
        after.AssertReasons(Cached, "ColV.g.cs", "RowV.g.cs");
        Assert.Equal(Cached, after.Catalog);
    }

    [Fact]
    public void EditingABodyChangesNothing()
    {
        var after = Edit([Col + Row], [Col.Replace("2 * x", "3 * x") + Row]);
        after.AssertReasons(Cached, "ColV.g.cs", "RowV.g.cs");
        Assert.Equal(Cached, after.Catalog);
    }

    [Fact]
    public void MovingTheClassDoesNotRegenerateIt()
    {
        var after = Edit([Col + Plain], [Plain + Col]);
        after.AssertReasons(Cached, "ColV.g.cs");
        Assert.Equal(Cached, after.Catalog);
    }

    [Fact]
    public void ReorderingArgumentsDoesNotRegenerateTheClass()
    {
        var after = Edit([Col + Row], [Col.Replace("Groups = 6, Weighting = Column, Init = Mean", "Init = Mean, Weighting = Column, Groups = 6") + Row]);
        after.AssertReasons(Cached, "ColV.g.cs", "RowV.g.cs");
        Assert.Equal(Cached, after.Catalog);
    }

    [Fact]
    public void SayingTheSameInOtherWordsDoesNotRegenerateTheClass()
    {
        var after = Edit([Row.Replace("Groups = 6", "Heads = 12, Groups = 6")], [Row.Replace("Groups = 6", "Heads = 4 * 3, GroupSize = 2, Init = Mean")]);
        after.AssertReasons(Cached, "RowV.g.cs");
    }

    [Fact]
    public void AChangedArgumentRegeneratesItsClassAlone()
    {
        var after = Edit([Col + Row], [Col.Replace("Groups = 6", "Groups = 3") + Row]);
        Assert.Equal((Modified, Cached), (after.Files["ColV.g.cs"], after.Files["RowV.g.cs"]));
        Assert.Equal(Cached, after.Catalog);
        Assert.Equal([Cached, Cached, Modified], after.Outputs.Order(Comparer<IncrementalStepRunReason>.Create((a, b) => string.CompareOrdinal($"{a}", $"{b}"))));
    }

    [Fact]
    public void ASecondClassLeavesTheFirstAlone()
    {
        var after = Edit([Col, Plain], [Col, Plain + Row]);
        Assert.Equal((Cached, New), (after.Files["ColV.g.cs"], after.Files["RowV.g.cs"]));
        Assert.Equal(Modified, after.Catalog);
    }

    [Fact]
    public void RemovingTheAttributeRemovesTheFile()
    {
        var after = Edit([Col, Row], [Col, "public sealed partial class RowV;\n"]);
        Assert.Equal((Cached, Removed), (after.Files["ColV.g.cs"], after.Files["RowV.g.cs"]));
        Assert.Equal(["ColV.g.cs", "VariantCatalog.g.cs"], after.Generated.Order());
    }

    [Fact]
    public void AMistakeRemovesTheFileAndItsRepairBringsItBack()
    {
        var broken = Edit([Col, Row], [Col, Row.Replace("Groups = 6", "Groups = 0")]);
        Assert.Equal((Cached, Removed), (broken.Files["ColV.g.cs"], broken.Files["RowV.g.cs"]));
        var repaired = Edit([Col, Row.Replace("Groups = 6", "Groups = 0")], [Col, Row]);
        Assert.Equal((Cached, New), (repaired.Files["ColV.g.cs"], repaired.Files["RowV.g.cs"]));
    }

    /// <summary>A declaration, and one that says something else in one place: every argument of every attribute.</summary>
    public static TheoryData<string, string> Changes => new()
    {
        { "[KvGrouping(Heads = 12)]", "[KvGrouping(Heads = 16)]" },
        { "[KvGrouping(GroupSize = 2)]", "[KvGrouping(GroupSize = 4)]" },
        { "[KvGrouping(KeyGroups = 2, ValueGroups = 2)]", "[KvGrouping(KeyGroups = 2, ValueGroups = 4)]" },
        { "[KvGrouping(KeyGroupSize = 2, ValueGroupSize = 2)]", "[KvGrouping(KeyGroupSize = 4, ValueGroupSize = 2)]" },
        { "[KvGrouping(Groups = 2, Weighting = Row)]", "[KvGrouping(Groups = 2, Weighting = Column)]" },
        { "[KvGrouping(Groups = 2, Weighting = Row)]", "[KvGrouping(Groups = 2, Weighting = Row, Init = Normal)]" },
        { "[KvGrouping(Groups = 2)]", "[KvGrouping(Groups = 2, Pooling = FirstHead)]" },
        { "[KvGrouping(Groups = 2)]", "[KvGrouping(Groups = 2, Merge = Live)]" },
        { "[KvGrouping(Groups = 2)]", "[KvGrouping(Groups = 2, Layout = Strided)]" },
        { "[KvGrouping(Groups = 2)]", "[KvGrouping(Groups = 2, Sites = Encoder)]" },
        { "[KvGrouping(Groups = 2)]", "[KvGrouping(Groups = 2, Map = Searched)]" },
        { "[KvGrouping(Map = new[] { 0, 0, 0, 1 })]", "[KvGrouping(Map = new[] { 0, 0, 1, 0 })]" },
        { "[KvGrouping(KeyMap = new[] { 0, 0, 0, 1 }, ValueGroups = 2)]", "[KvGrouping(ValueMap = new[] { 0, 0, 0, 1 }, KeyGroups = 2)]" },
        { "[KvGrouping(Groups = 4)]", "[KvGrouping(Groups = 4), GroupsAt(Sites = DecoderCross, Groups = 1)]" },
        { "[KvGrouping(Groups = 4), GroupsAt(Sites = DecoderCross, Groups = 1)]", "[KvGrouping(Groups = 4), GroupsAt(Sites = DecoderSelf, Groups = 1)]" },
        { "[KvGrouping(Groups = 4), GroupsAt(Layers = new[] { 0, 1 }, Groups = 1)]", "[KvGrouping(Groups = 4), GroupsAt(Layers = new[] { 0, 2 }, Groups = 1)]" },
        { "[KvGrouping(Groups = 4), GroupsAt(Layers = new[] { 0, 1 }, Groups = 1)]", "[KvGrouping(Groups = 4), GroupsAt(Layers = new[] { 0, 1 }, Groups = 2)]" },
        { "[KvGrouping(Groups = 4), GroupsAt(Layers = new[] { 0 }, Groups = 2)]", "[KvGrouping(Groups = 4), GroupsAt(Layers = new[] { 0 }, KeyGroups = 2)]" },
        { "[KvGrouping(Groups = 2)]", "[KvGrouping(Groups = 2), KeyDriven]" },
        { "[KvGrouping(Groups = 2), KeyDriven]", "[KvGrouping(Groups = 2), KeyDriven(Mode = Faithful)]" },
        { "[KvGrouping(Groups = 2), KeyDriven]", "[KvGrouping(Groups = 2), KeyDriven(Allocation = Difference)]" },
        { "[KvGrouping(Groups = 2), KeyDriven(Allocation = Difference, Window = 2)]", "[KvGrouping(Groups = 2), KeyDriven(Allocation = Difference, Window = 3)]" },
        { "[KvGrouping(Groups = 2), KeyDriven(Allocation = MovingAverage)]", "[KvGrouping(Groups = 2), KeyDriven(Allocation = MovingAverage, Beta = 0.5)]" },
        { "[KvGrouping(Groups = 2)]", "[KvGrouping(Groups = 2), Perturbed]" },
        { "[KvGrouping(Groups = 2), Perturbed]", "[KvGrouping(Groups = 2), Perturbed(Scale = 0.5)]" },
        { "[KvGrouping(Groups = 2), Perturbed]", "[KvGrouping(Groups = 2), Perturbed(Mode = Faithful)]" },
        { "[KvGrouping(Groups = 2), Blend]", "[KvGrouping(Groups = 2)]" },
        { "[KvGrouping(Groups = 2)]", "[KvGrouping(Groups = 2), Align]" },
        { "[KvGrouping(Groups = 2), Align]", "[KvGrouping(Groups = 2), Align(Calibration = Activations)]" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void AChangeOfAnyArgumentRegeneratesItsClassAlone(string before, string after)
    {
        const string Type = " public sealed partial class Changed;\n";
        var changed = Edit([Col + before + Type], [Col + after + Type]);
        Assert.Equal((Cached, Modified), (changed.Files["ColV.g.cs"], changed.Files["Changed.g.cs"]));
        Assert.Equal(Cached, changed.Catalog);
        Assert.Single(changed.Outputs, output => output == Modified);
        Assert.Equal(2, changed.Outputs.Count(output => output == Cached));
    }

    /// <summary>A declaration, and another way to say the same.</summary>
    public static TheoryData<string, string> Rewordings => new()
    {
        { "[KvGrouping(Groups = 2), KeyDriven, Perturbed, Align]", "[Align, KeyDriven, KvGrouping(Groups = 2), Perturbed]" },
        { "[KvGrouping(Groups = 2), Blend, Align]", "[Align]\n[Blend]\n[KvGrouping(Groups = 2)]" },
        { "[KvGrouping(Groups = 2), KeyDriven(Allocation = MovingAverage, Window = 3, Beta = 0.5)]", "[KeyDriven(Beta = 1.0 / 2, Window = 3, Allocation = MovingAverage), KvGrouping(Groups = 2)]" },
        { "[KvGrouping(Groups = 2), KeyDriven, Perturbed, Align]", "[KvGrouping(Groups = 2), KeyDriven(Mode = Safe, Allocation = KeyNorms), Perturbed(Scale = 1, Mode = Safe), Align(Calibration = Weights)]" },
        { "[KvGrouping(Groups = 4), GroupsAt(Layers = new[] { 0 }, Groups = 1), GroupsAt(Layers = new[] { 1 }, Groups = 2)]", "[KvGrouping(Groups = 4), GroupsAt(Groups = 2, Layers = new[] { 1 }), GroupsAt(Layers = new int[] { 0, 0 }, Groups = 1)]" },
        { "[KvGrouping(Map = new[] { 0, 0, 1, 1 })]", "[KvGrouping(Heads = 4, Groups = 2)]" },
        { "[KvGrouping(Map = new[] { 0, 1, 0, 1 })]", "[KvGrouping(Heads = 4, GroupSize = 2, Layout = Strided)]" },
        { "[KvGrouping(Groups = 2)]", "[KvGrouping(KeyGroups = 2, ValueGroups = 2, Sites = DecoderCross | DecoderSelf, Merge = Once, Pooling = Average, Layout = Contiguous)]" },
        { "[KvGrouping(Groups = 2)]", "[global::Wgqa.KvGroupingAttribute(Groups = 0x2)]" },
    };

    [Theory]
    [MemberData(nameof(Rewordings))]
    public void OtherWordsOrAnotherOrderForTheSameRegenerateNothing(string before, string after)
    {
        const string Type = " public sealed partial class Same;\n";
        var same = Edit([Col + before + Type], [Col + after + Type]);
        same.AssertReasons(Cached, "ColV.g.cs", "Same.g.cs");
        Assert.Equal(Cached, same.Catalog);
    }

    [Fact]
    public void AConstantInAnotherFileRegeneratesTheClassThatSaysIt()
    {
        const string Sizes = "static class Sizes { public const int Groups = 6; }\n";
        var after = Edit([Col + Row.Replace("Groups = 6", "Groups = Sizes.Groups"), Sizes], [Col + Row.Replace("Groups = 6", "Groups = Sizes.Groups"), Sizes.Replace("6", "3")]);
        Assert.Equal((Cached, Modified), (after.Files["ColV.g.cs"], after.Files["RowV.g.cs"]));
        Assert.Equal(Cached, after.Catalog);
    }

    [Fact]
    public void AnotherNameIsAnotherFile()
    {
        var after = Edit([Col, Row], [Col, Row.Replace("RowV", "RowW")]);
        Assert.Equal((Cached, Modified), (after.Files["ColV.g.cs"], after.Files["RowW.g.cs"]));
        Assert.Equal(Modified, after.Catalog);
        Assert.Equal(["ColV.g.cs", "RowW.g.cs", "VariantCatalog.g.cs"], after.Generated.Order());
    }

    [Fact]
    public void ARunWithoutAnEditChangesNothing()
    {
        var after = Edit([Col, Row], [Col, Row]);
        after.AssertReasons(Cached, "ColV.g.cs", "RowV.g.cs");
        Assert.Equal(Cached, after.Catalog);
    }

    // The compiler compares first with first and second with second, so the files are written again, the same.
    [Fact]
    public void AnotherOrderOfFilesWritesTheSame()
    {
        var compilation = Declared.Compilation(Declared.Usings + Col, Plain, Declared.Usings + Row);
        var driver = Declared.Driver().RunGenerators(compilation);
        var reversed = driver.RunGenerators(compilation.RemoveAllSyntaxTrees().AddSyntaxTrees([.. compilation.SyntaxTrees.Reverse()]));
        Assert.Equal(Texts(driver), Texts(reversed));
        Assert.Equal(Cached, new Aftermath(reversed.GetRunResult().Results.Single()).Catalog);
    }

    [Fact]
    public void AnotherCultureChangesNothing()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            // A comma in decimals. (The repository's own runs are culture-invariant, so it is made by hand.)
            var comma = new CultureInfo("") { NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = ",", NegativeSign = "minus" } };
            var noisy = Row.Replace("Weighting = Row)", "Weighting = Row), Perturbed(Scale = 0.5)");
            var after = Edit([Col + noisy], ["\n" + Col + noisy], () => CultureInfo.CurrentCulture = comma);
            after.AssertReasons(Cached, "ColV.g.cs", "RowV.g.cs");
            Assert.Equal(Cached, after.Catalog);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void AnEditUndoneLeavesWhatAFreshRunWrites()
    {
        var compilation = Declared.Compilation(Declared.Usings + Col, Declared.Usings + Row);
        var edited = compilation.ReplaceSyntaxTree(
            compilation.SyntaxTrees[1], CSharpSyntaxTree.ParseText(Declared.Usings + Row.Replace("Groups = 6", "Groups = 3"), Declared.Parsing, compilation.SyntaxTrees[1].FilePath));
        var fresh = Declared.Driver().RunGenerators(compilation);
        Assert.NotEqual(Texts(fresh), Texts(fresh.RunGenerators(edited)));
        Assert.Equal(Texts(fresh), Texts(fresh.RunGenerators(edited).RunGenerators(compilation)));
    }

    [Fact]
    public void OneChangeAmongAThousandClassesWritesOneFile()
    {
        var (before, after) = (Thousand(), Thousand());
        after[50] = after[50].Replace("[KvGrouping(Groups = 4), KeyDriven] public sealed partial class V503", "[KvGrouping(Groups = 2), KeyDriven] public sealed partial class V503");
        var edited = Edit(before, after);
        Assert.Equal(1, edited.Outputs.Count(output => output != Cached));
        Assert.Equal(1001, edited.Outputs.Count());
    }

    [Fact]
    public void ACompilationFromBeforeAnEditIsNotKeptAlive()
    {
        var (driver, old) = RunAndEdit();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(old.IsAlive);
        Assert.Equal(1001, driver.GetRunResult().GeneratedTrees.Length);

        // On a frame of its own, so that no local holds the compilation.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static (GeneratorDriver Driver, WeakReference Old) RunAndEdit()
        {
            string[] files = [.. Thousand().Select(text => Declared.Usings + text)];
            var compilation = Declared.Compilation(files);
            var driver = CSharpGeneratorDriver.Create([new VariantGenerator().AsSourceGenerator()], parseOptions: Declared.Parsing).RunGenerators(compilation);
            var edited = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[0], CSharpSyntaxTree.ParseText("\n" + files[0], Declared.Parsing, compilation.SyntaxTrees[0].FilePath));
            return (driver.RunGenerators(edited), new(compilation));
        }
    }

    private static IEnumerable<string> Texts(GeneratorDriver driver) =>
    [
        .. driver.GetRunResult().Results.Single().GeneratedSources
            .OrderBy(source => source.HintName, StringComparer.Ordinal).Select(source => $"{source.HintName}\n{source.SourceText}"),
    ];

    private static string[] Thousand() =>
    [
        .. Enumerable.Range(0, 100).Select(file => string.Concat(Enumerable.Range(file * 10, 10).Select(number =>
            number % 2 == 0 ? $"[KvGrouping(GroupSize = 2, Weighting = Row)] public sealed partial class V{number};\n" : $"[KvGrouping(Groups = 4), KeyDriven] public sealed partial class V{number};\n"))),
    ];

    private static Aftermath Edit(string[] before, string[] after, Action? between = null)
    {
        var compilation = Declared.Compilation([.. before.Select(text => Declared.Usings + text)]);
        var driver = Declared.Driver().RunGenerators(compilation);
        between?.Invoke();

        foreach (var (tree, text) in compilation.SyntaxTrees.Zip(after))
        {
            if (tree.ToString() != Declared.Usings + text)
            {
                compilation = compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(Declared.Usings + text, Declared.Parsing, tree.FilePath));
            }
        }

        return new(driver.RunGenerators(compilation).GetRunResult().Results.Single());
    }

    private sealed class Aftermath(GeneratorRunResult result)
    {
        public Dictionary<string, IncrementalStepRunReason> Files { get; } = Reasons(result, Stages.Files)
            .ToDictionary(output => ((VariantFile)output.Value).Name, output => Settled(output.Reason));

        public IncrementalStepRunReason Catalog { get; } = Settled(Reasons(result, Stages.Catalog).Single().Reason);

        public IEnumerable<IncrementalStepRunReason> Outputs { get; } =
            [.. result.TrackedOutputSteps.SelectMany(steps => steps.Value).SelectMany(step => step.Outputs).Select(output => output.Reason)];

        public IEnumerable<string> Generated { get; } = [.. result.GeneratedSources.Select(source => source.HintName)];

        public void AssertReasons(IncrementalStepRunReason reason, params string[] files)
        {
            Assert.Equal(files.Order(), Files.Keys.Order());
            Assert.All(Files, file => Assert.Equal(reason, file.Value));
            Assert.All(Outputs, output => Assert.Equal(reason, output));
        }

        private static IEnumerable<(object Value, IncrementalStepRunReason Reason)> Reasons(GeneratorRunResult result, string stage) =>
            result.TrackedSteps[stage].SelectMany(step => step.Outputs);

        // A stage that ran and found the value it had is Unchanged: what follows it is Cached all the same.
        private static IncrementalStepRunReason Settled(IncrementalStepRunReason reason) => reason == Unchanged ? Cached : reason;
    }
}
