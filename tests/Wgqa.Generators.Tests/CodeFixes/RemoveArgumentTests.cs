using Microsoft.CodeAnalysis.CodeFixes;
using Wgqa.CodeFixes;

namespace Wgqa.Generators.Tests.CodeFixes;

public sealed class RemoveArgumentTests
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
        await workspace.ApplyToAll(new RemoveArgument(), "WGQA013", "Remove Groups = 2", FixAllScope.Solution);
        Assert.Equal(
            [
                Declared.Usings + "[KvGrouping(GroupSize = 2)] partial class A; [KvGrouping(GroupSize = 3)] partial class B; [KvGrouping(Weighting = Row, Merge = Once)] partial class C;",
                Declared.Usings + "[KvGrouping(GroupSize = 2, Init = Mean)] partial class D;",
            ],
            await workspace.Texts());
    }

    private static async Task AssertFixed(string id, string removed, string before, string after)
    {
        using var workspace = new Workspace(Declared.Usings + $"[KvGrouping{before}] public sealed partial class X;");
        await workspace.Apply(new RemoveArgument(), id, $"Remove {removed}");
        Assert.Equal([Declared.Usings + $"[KvGrouping{after}] public sealed partial class X;"], await workspace.Texts());
        Assert.Empty(await workspace.Findings());
    }
}
