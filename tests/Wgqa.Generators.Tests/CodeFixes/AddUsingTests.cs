using Microsoft.CodeAnalysis.CodeFixes;
using Wgqa.CodeFixes;

namespace Wgqa.Generators.Tests.CodeFixes;

public sealed class AddUsingTests
{
    private const string Column = "[KvGrouping(Groups = 2, Weighting = Column)] partial class X;";

    [Theory]
    [InlineData("using Wgqa;\n\n", "using Wgqa;\nusing static Wgqa.Weighting;\n\n")]
    [InlineData("using Wgqa;\r\n\r\n", "using Wgqa;\r\nusing static Wgqa.Weighting;\r\n\r\n")]
    [InlineData("using Wgqa; ", "using Wgqa; using static Wgqa.Weighting; ")]
    [InlineData("// Header.\n\nusing Wgqa;\nusing static Wgqa.Init;\n", "// Header.\n\nusing Wgqa;\nusing static Wgqa.Init;\nusing static Wgqa.Weighting;\n")]
    [InlineData("using Wgqa;\nusing static System.Math;\nusing Text = System.String;\n", "using Wgqa;\nusing static System.Math;\nusing static Wgqa.Weighting;\nusing Text = System.String;\n")]
    [InlineData("using Wgqa;\n\nnamespace Mine;\n", "using Wgqa;\nusing static Wgqa.Weighting;\n\nnamespace Mine;\n")]
    [InlineData("namespace Mine\n{\n    using System;\n    using Wgqa;\n", "namespace Mine\n{\n    using System;\n    using Wgqa;\n    using static Wgqa.Weighting;\n", "}")]
    [InlineData("global using System;\nglobal using Wgqa;\n", "global using System;\nglobal using Wgqa;\nusing static Wgqa.Weighting;\n")]
    [InlineData("using Wgqa;\n#if DEBUG\nusing System;\n#endif\n", "using Wgqa;\nusing static Wgqa.Weighting;\n#if DEBUG\nusing System;\n#endif\n")]
    [InlineData("#if true\nusing Wgqa;\n#endif\n", "using static Wgqa.Weighting;\n\n#if true\nusing Wgqa;\n#endif\n")]
    public async Task TheDirectiveGoesAmongTheOthers(string before, string after, string end = "")
    {
        using var workspace = new Workspace(before + Column + end);
        await workspace.Apply(new AddUsing(), "CS0103", "using static Wgqa.Weighting;");
        Assert.Equal([after + Column + end], await workspace.Texts());
        Assert.Empty(await workspace.Findings());
    }

    [Theory]
    [InlineData("", "using static Wgqa.Weighting;\n\n")]
    [InlineData("// Mine.\n", "using static Wgqa.Weighting;\n\n// Mine.\n")]
    [InlineData("// Header.\n// Line two.\n\n// Mine.\n", "// Header.\n// Line two.\n\nusing static Wgqa.Weighting;\n\n// Mine.\n")]
    [InlineData("#define SOME\n#undef OTHER\n\n", "#define SOME\n#undef OTHER\n\nusing static Wgqa.Weighting;\n\n")]
    [InlineData("#if SOME\n#define OTHER\n#endif\nnamespace Mine;\n", "#if SOME\n#define OTHER\n#endif\nusing static Wgqa.Weighting;\n\nnamespace Mine;\n")]
    [InlineData("#nullable enable\nnamespace Mine;\r\n", "using static Wgqa.Weighting;\n\n#nullable enable\nnamespace Mine;\r\n")]
    public async Task TheFirstDirectiveOfAFileGoesUnderItsHeader(string before, string after)
    {
        using var workspace = new Workspace(before + Column, "global using Wgqa;");
        await workspace.Apply(new AddUsing(), "CS0103", "using static Wgqa.Weighting;");
        Assert.Equal([after + Column, "global using Wgqa;"], await workspace.Texts());
        Assert.Empty(await workspace.Findings());
    }

    [Theory]
    [InlineData("Weighting = Row", "Weighting")]
    [InlineData("Init = Mean", "Init")]
    [InlineData("Pooling = FirstHead", "Pooling")]
    [InlineData("Merge = Once", "Merge")]
    [InlineData("Sites = DecoderCross", "Sites")]
    [InlineData("Sites = (Sites)((int)Encoder | 1)", "Sites")]
    [InlineData("Weighting = Once", "Merge")]
    [InlineData("Map = Searched", "Map")]
    [InlineData("Layout = Strided", "Layout")]
    [InlineData("), KeyDriven(Allocation = MovingAverage", "Allocation")]
    [InlineData("), KeyDriven(Mode = Faithful", "Mode")]
    [InlineData("), Align(Calibration = Activations", "Calibration")]
    [InlineData("), GroupsAt(Sites = DecoderCross", "Sites")]
    public async Task TheWordSaysWhichDirective(string argument, string words)
    {
        using var workspace = new Workspace($"using Wgqa; [KvGrouping({argument})] partial class X;");
        Assert.Equal([$"using static Wgqa.{words};"], (await workspace.Offers(new AddUsing(), "CS0103")).Select(action => action.Title));
    }

    [Theory]
    [InlineData("using Wgqa; [KvGrouping(Weighting = Colum)] partial class X;")]
    [InlineData("using Wgqa; partial class X { object Word => Column; }")]
    [InlineData("using Wgqa; [System.Obsolete(Column)] partial class X;")]
    public async Task NothingIsOfferedForANameThatIsNoWordOfTheLanguage(string text)
    {
        using var workspace = new Workspace(text);
        Assert.Empty(await workspace.Offers(new AddUsing(), "CS0103"));
    }

    [Theory]
    [InlineData("[KvGrouping] partial class X;", "CS0246")]
    [InlineData("[KvGroupingAttribute] partial class X;", "CS0246")]
    [InlineData("[Wgqa.KvGrouping, Blend] partial class X;", "CS0246")]
    [InlineData("[Wgqa.KvGrouping(Weighting = Weighting.Column)] partial class X;", "CS0103")]
    [InlineData("[Wgqa.KvGrouping(Sites = (Sites)3)] partial class X;", "CS0246")]
    public async Task TheLanguageItselfIsBroughtIntoScope(string text, string id)
    {
        using var workspace = new Workspace("using System;\n" + text);
        await workspace.Apply(new AddUsing(), id, "using Wgqa;");
        Assert.Equal(["using System;\nusing Wgqa;\n" + text], await workspace.Texts());
        Assert.DoesNotContain(await workspace.Findings(), finding => finding.Id == id);
    }

    [Fact]
    public async Task ADeclarationWithoutAnyDirectiveIsCompletedOneByOne()
    {
        const string Declaration = "[KvGrouping(Groups = 6, Weighting = Column, Init = Mean, Sites = DecoderSelf | DecoderCross)]\npublic sealed partial class X;\n";
        using var workspace = new Workspace(Declaration);
        await workspace.Apply(new AddUsing(), "CS0103", "using static Wgqa.Weighting;");
        await workspace.Apply(new AddUsing(), "CS0246", "using Wgqa;");
        await workspace.Apply(new AddUsing(), "CS0103", "using static Wgqa.Init;");
        await workspace.Apply(new AddUsing(), "CS0103", "using static Wgqa.Sites;");
        Assert.Equal(
            ["using Wgqa;\nusing static Wgqa.Init;\nusing static Wgqa.Sites;\nusing static Wgqa.Weighting;\n\n" + Declaration],
            await workspace.Texts());
        Assert.Empty(await workspace.Findings());
    }

    [Fact]
    public async Task EveryFileGetsItsDirectiveOnce()
    {
        using var workspace = new Workspace(
            "using Wgqa;\n[KvGrouping(Weighting = Column)] partial class A; [KvGrouping(Weighting = Row, Init = Mean)] partial class B;",
            "using Wgqa;\n[KvGrouping(Weighting = Row)] partial class C;",
            "using Wgqa;\n[KvGrouping(Merge = Live)] partial class D;");
        await workspace.ApplyToAll(new AddUsing(), "CS0103", "using static Wgqa.Weighting;", FixAllScope.Project);
        Assert.Equal(
            [
                "using Wgqa;\nusing static Wgqa.Weighting;\n[KvGrouping(Weighting = Column)] partial class A; [KvGrouping(Weighting = Row, Init = Mean)] partial class B;",
                "using Wgqa;\nusing static Wgqa.Weighting;\n[KvGrouping(Weighting = Row)] partial class C;",
                "using Wgqa;\n[KvGrouping(Merge = Live)] partial class D;",
            ],
            await workspace.Texts());
    }
}
