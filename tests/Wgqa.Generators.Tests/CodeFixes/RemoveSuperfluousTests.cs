using Microsoft.CodeAnalysis.CodeFixes;
using Wgqa.CodeFixes;

namespace Wgqa.Generators.Tests.CodeFixes;

public sealed class RemoveSuperfluousTests
{
    [Theory]
    [InlineData("WGQA010", "Heads = 0", "(Heads = 0, GroupSize = 2)", "(GroupSize = 2)")]
    [InlineData("WGQA013", "GroupSize = 2", "(Groups = 6, GroupSize = 2)", "(Groups = 6)")]
    [InlineData("WGQA013", "Groups = 6", "(Groups = 6, GroupSize = 2)", "(GroupSize = 2)")]
    [InlineData("WGQA018", "Init = Normal", "(Init = Normal)", "")]
    [InlineData("WGQA018", "Init = Normal", "(Groups = 2, Init = Normal, Heads = 4)", "(Groups = 2, Heads = 4)")]
    [InlineData("WGQA019", "Pooling = FirstHead", "(Weighting = Column, Pooling = FirstHead)", "(Weighting = Column)")]
    [InlineData("WGQA020", "Pooling = FirstHead", "(Pooling = FirstHead, Merge = Live)", "(Merge = Live)")]
    [InlineData("WGQA021", "Merge = Once", "(Weighting = Row,Merge = Once,Groups = 2)", "(Weighting = Row,Groups = 2)")]
    [InlineData("WGQA022", "Sites = 0", "( Sites = 0 )", "")]
    public async Task AnArgumentGoesWithOneComma(string id, string removed, string before, string after) =>
        await AssertFixed(id, removed, before, after);

    [Theory]
    [InlineData("(\n    Groups = 2, // two\n    Init = Normal, // drawn\n    Heads = 4 // four\n)", "(\n    Groups = 2, // two\n    Heads = 4 // four\n)")]
    [InlineData("(\r\n    // Drawn.\r\n    Init = Normal,\r\n    // Two.\r\n    Groups = 2)", "(\r\n    // Two.\r\n    Groups = 2)")]
    [InlineData("(\n    Groups = 2,\n    Init = Normal)", "(\n    Groups = 2)")]
    [InlineData("(\n    Groups = 2, // two\n    Init = Normal)", "(\n    Groups = 2 // two\n    )")]
    [InlineData("(Init = Normal,\n    Groups = 2)", "(Groups = 2)")]
    [InlineData("(Heads = 4, Init = Normal,\n    Groups = 2)", "(Heads = 4,\n    Groups = 2)")]
    [InlineData("(Heads = 4, /* drawn */ Init = Normal /* for now */, Groups = 2)", "(Heads = 4 /* for now */, Groups = 2)")]
    public async Task WhatIsSaidAboutOtherArgumentsStays(string before, string after) =>
        await AssertFixed("WGQA018", "Init = Normal", before, after);

    [Fact]
    public async Task AllOfOneNameGoAndNoOther()
    {
        using var workspace = new Workspace(
            Declared.Usings + "[KvGrouping(Groups = 2, GroupSize = 2)] partial class A; [KvGrouping(GroupSize = 3, Groups = 2)] partial class B; [KvGrouping(Weighting = Row, Merge = Once)] partial class C;",
            Declared.Usings + "[KvGrouping(GroupSize = 2, Groups = 4, Init = Mean)] partial class D;");
        await workspace.ApplyToAll(new RemoveSuperfluous(), "WGQA013", "Remove Groups = 2", FixAllScope.Solution);
        Assert.Equal(
            [
                Declared.Usings + "[KvGrouping(GroupSize = 2)] partial class A; [KvGrouping(GroupSize = 3)] partial class B; [KvGrouping(Weighting = Row, Merge = Once)] partial class C;",
                Declared.Usings + "[KvGrouping(GroupSize = 2, Init = Mean)] partial class D;",
            ],
            await workspace.Texts());
    }

    [Theory]
    [InlineData("WGQA023", "Groups = 6", "KvGrouping(Groups = 6, KeyGroups = 3, ValueGroups = 6)", "KvGrouping(KeyGroups = 3, ValueGroups = 6)")]
    [InlineData("WGQA028", "Groups = 3", "KvGrouping(Groups = 3, Map = new[] { 0, 0, 1 })", "KvGrouping(Map = new[] { 0, 0, 1 })")]
    [InlineData("WGQA029", "Layout = Strided", "KvGrouping(Groups = 2, Layout = Strided, Map = Searched)", "KvGrouping(Groups = 2, Map = Searched)")]
    [InlineData("WGQA029", "Map = Searched", "KvGrouping(Groups = 2, Layout = Strided, Map = Searched)", "KvGrouping(Groups = 2, Layout = Strided)")]
    [InlineData("WGQA029", "GroupSize = 2", "KvGrouping(GroupSize = 2, Map = new[] { 0, 0, 1 })", "KvGrouping(Map = new[] { 0, 0, 1 })")]
    [InlineData("WGQA029", "Map = new[] { 0, 0, 1 }", "KvGrouping(GroupSize = 2, Map = new[] { 0, 0, 1 })", "KvGrouping(GroupSize = 2)")]
    [InlineData("WGQA037", "Layout = Strided", "KvGrouping(Groups = 2, Layout = Strided), KeyDriven", "KvGrouping(Groups = 2), KeyDriven")]
    [InlineData("WGQA040", "Window = 0", "KvGrouping(Groups = 2), KeyDriven(Window = 0)", "KvGrouping(Groups = 2), KeyDriven")]
    [InlineData("WGQA041", "Window = 300", "KvGrouping(Groups = 2), KeyDriven(Mode = Faithful, Window = 300)", "KvGrouping(Groups = 2), KeyDriven(Mode = Faithful)")]
    [InlineData("WGQA042", "Beta = 2", "KvGrouping(Groups = 2), KeyDriven(Allocation = MovingAverage, Beta = 2)", "KvGrouping(Groups = 2), KeyDriven(Allocation = MovingAverage)")]
    [InlineData("WGQA043", "Scale = 0", "KvGrouping, Perturbed(Scale = 0)", "KvGrouping, Perturbed")]
    [InlineData("WGQA044", "Scale = 1", "KvGrouping, Perturbed(Scale = 1, Mode = Faithful)", "KvGrouping, Perturbed(Mode = Faithful)")]
    [InlineData("WGQA036", "[Align]", "KvGrouping, Align(Calibration = Activations)", "KvGrouping")]
    [InlineData("WGQA039", "[Blend]", "KvGrouping(Groups = 2), Blend, KeyDriven", "KvGrouping(Groups = 2), KeyDriven")]
    [InlineData("WGQA039", "[KeyDriven]", "KvGrouping(Groups = 2), Blend, KeyDriven", "KvGrouping(Groups = 2), Blend")]
    public async Task WhatHasNoEffectOrExcludesAnotherGoes(string id, string removed, string before, string after) =>
        await AssertTextFixed(id, removed, $"[{before}] public sealed partial class X;", $"[{after}] public sealed partial class X;");

    [Theory]
    [InlineData("/// <summary>Mine.</summary>\n[Align]\n[KvGrouping]\npartial class X;", "/// <summary>Mine.</summary>\n[KvGrouping]\npartial class X;")]
    [InlineData("[KvGrouping]\r\n    [Align] // turned\r\n    partial class X;", "[KvGrouping]\r\n    partial class X;")]
    [InlineData("[KvGrouping] [Align] partial class X;", "[KvGrouping] partial class X;")]
    [InlineData("[KvGrouping]\n[Align] partial class X;", "[KvGrouping]\npartial class X;")]
    public async Task AnAttributeGoesWithItsLine(string before, string after) => await AssertTextFixed("WGQA036", "[Align]", before, after);

    [Fact]
    public async Task AnAdditionToNothingGoes() => await AssertTextFixed("WGQA035", "[Blend]", "[Blend]\npublic class X;", "public class X;");

    [Fact]
    public async Task OneOfTwoAttributesGoesFromWhicheverFileItIsIn()
    {
        using var workspace = new Workspace(
            Declared.Usings + "[KvGrouping(Groups = 2)]\n[Blend]\npublic sealed partial class X;",
            Declared.Usings + "[KeyDriven]\npartial class X;");
        await workspace.Apply(new RemoveSuperfluous(), "WGQA039", "Remove [KeyDriven]");
        Assert.Equal(
            [Declared.Usings + "[KvGrouping(Groups = 2)]\n[Blend]\npublic sealed partial class X;", Declared.Usings + "partial class X;"],
            await workspace.Texts());
        Assert.Empty(await workspace.Findings());
    }

    private static async Task AssertFixed(string id, string removed, string before, string after) =>
        await AssertTextFixed(id, removed, $"[KvGrouping{before}] public sealed partial class X;", $"[KvGrouping{after}] public sealed partial class X;");

    private static async Task AssertTextFixed(string id, string removed, string before, string after)
    {
        using var workspace = new Workspace(Declared.Usings + before);
        await workspace.Apply(new RemoveSuperfluous(), id, $"Remove {removed}");
        Assert.Equal([Declared.Usings + after], await workspace.Texts());
        Assert.Empty(await workspace.Findings());
    }
}
