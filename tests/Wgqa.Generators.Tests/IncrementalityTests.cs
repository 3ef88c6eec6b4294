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

    private static Aftermath Edit(string[] before, string[] after)
    {
        var compilation = Declared.Compilation([.. before.Select(text => Declared.Usings + text)]);
        var driver = Declared.Driver().RunGenerators(compilation);

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
