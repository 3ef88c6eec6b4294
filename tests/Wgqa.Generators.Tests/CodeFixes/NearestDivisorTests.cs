using Microsoft.CodeAnalysis.CodeFixes;
using Wgqa.CodeFixes;

namespace Wgqa.Generators.Tests.CodeFixes;

public sealed class NearestDivisorTests
{
    [Theory]
    [InlineData("WGQA015", "Heads = 12, Groups = 5", "Groups = 4 (3 heads each)", "Groups = 6 (2 heads each)")]
    [InlineData("WGQA015", "Heads = 12, Groups = 7", "Groups = 6 (2 heads each)", "Groups = 12 (1 head each)")]
    [InlineData("WGQA015", "Heads = 12, Groups = 11", "Groups = 12 (1 head each)", "Groups = 6 (2 heads each)")]
    [InlineData("WGQA015", "Heads = 2147483647, Groups = 2", "Groups = 1 (2147483647 heads each)", "Groups = 2147483647 (1 head each)")]
    [InlineData("WGQA015", "Heads = 36, Groups = 7", "Groups = 6 (6 heads each)", "Groups = 9 (4 heads each)")]
    [InlineData("WGQA014", "Heads = 12, Groups = 24", "Groups = 12 (1 head each)")]
    [InlineData("WGQA016", "Heads = 12, GroupSize = 5", "GroupSize = 4 (3 groups)", "GroupSize = 6 (2 groups)")]
    [InlineData("WGQA016", "Heads = 12, GroupSize = 100", "GroupSize = 12 (1 group)")]
    [InlineData("WGQA011", "Groups = 0", "Groups = 1")]
    [InlineData("WGQA011", "Heads = 12, Groups = -6", "Groups = 1 (12 heads each)")]
    [InlineData("WGQA011", "Heads = -1, Groups = -2147483648", "Groups = 1")]
    [InlineData("WGQA012", "GroupSize = -1", "GroupSize = 1")]
    [InlineData("WGQA012", "Heads = 12, GroupSize = 0", "GroupSize = 1 (12 groups)")]
    public async Task TheNearestValidNumbersAreOfferedTheNearerFirst(string id, string arguments, params string[] titles)
    {
        using var workspace = new Workspace(Declared.Usings + $"[KvGrouping({arguments})] public sealed partial class X;");
        Assert.Equal(titles, (await workspace.Offers(new NearestDivisor(), id)).Select(action => action.Title));
    }

    [Theory]
    [InlineData("WGQA015", "Groups = 4 (3 heads each)", "(Heads = 12, Groups = 5)", "(Heads = 12, Groups = 4)")]
    [InlineData("WGQA015", "Groups = 6 (2 heads each)", "(\r\n    Groups = /* five */ 2 + 3, // five\r\n    Heads = 12)", "(\r\n    Groups = /* five */ 6, // five\r\n    Heads = 12)")]
    [InlineData("WGQA014", "Groups = 12 (1 head each)", "(Heads = 12, Groups = int.MaxValue)", "(Heads = 12, Groups = 12)")]
    [InlineData("WGQA016", "GroupSize = 6 (2 groups)", "(Heads = 12,GroupSize=5)", "(Heads = 12,GroupSize=6)")]
    [InlineData("WGQA011", "Groups = 1", "(Groups = -1)", "(Groups = 1)")]
    [InlineData("WGQA012", "GroupSize = 1 (12 groups)", "(GroupSize = -1, Heads = 12)", "(GroupSize = 1, Heads = 12)")]
    public async Task TheChosenNumberIsWritten(string id, string title, string before, string after)
    {
        using var workspace = new Workspace(Declared.Usings + $"[KvGrouping{before}] public sealed partial class X;");
        await workspace.Apply(new NearestDivisor(), id, title);
        Assert.Equal([Declared.Usings + $"[KvGrouping{after}] public sealed partial class X;"], await workspace.Texts());
        Assert.Empty(await workspace.Findings());
    }

    [Theory]
    [InlineData("WGQA015", "[KvGrouping(Heads = 12, KeyGroups = 5)]", "KeyGroups = 4 (3 heads each)", "[KvGrouping(Heads = 12, KeyGroups = 4)]")]
    [InlineData("WGQA016", "[KvGrouping(Heads = 12, ValueGroupSize = 5)]", "ValueGroupSize = 6 (2 groups)", "[KvGrouping(Heads = 12, ValueGroupSize = 6)]")]
    [InlineData("WGQA015", "[GroupsAt(Groups = 5), KvGrouping(Heads = 12)]", "Groups = 6 (2 heads each)", "[GroupsAt(Groups = 6), KvGrouping(Heads = 12)]")]
    [InlineData("WGQA015", "[KvGrouping(ValueGroups = 4, KeyMap = new[] { 0, 1, 1, 0, 1, 1 })]", "ValueGroups = 3 (2 heads each)", "[KvGrouping(ValueGroups = 3, KeyMap = new[] { 0, 1, 1, 0, 1, 1 })]")]
    public async Task TheHeadsAreKnownFromWhereverTheyAreWritten(string id, string before, string title, string after)
    {
        using var workspace = new Workspace(Declared.Usings + before + " public sealed partial class X;");
        await workspace.Apply(new NearestDivisor(), id, title);
        Assert.Equal([Declared.Usings + after + " public sealed partial class X;"], await workspace.Texts());
        Assert.Empty(await workspace.Findings());
    }

    [Theory]
    [InlineData("Groups = 4 (3 heads each)", 4, 12, 3)]
    [InlineData("Groups = 6 (2 heads each)", 6, 24, 9)]
    public async Task AllGoTheChosenWay(string title, int first, int second, int third)
    {
        using var workspace = new Workspace(Declared.Usings +
            """
            [KvGrouping(Heads = 12, Groups = 5)] public sealed partial class A;
            [KvGrouping(Heads = 24, Groups = 13)] public sealed partial class B;
            [KvGrouping(Heads = 9, GroupSize = 4)] public sealed partial class C;
            """);
        await workspace.ApplyToAll(new NearestDivisor(), "WGQA015", title, FixAllScope.Document);
        Assert.Equal(
            [
                Declared.Usings +
                $"""
                [KvGrouping(Heads = 12, Groups = {first})] public sealed partial class A;
                [KvGrouping(Heads = 24, Groups = {second})] public sealed partial class B;
                [KvGrouping(Heads = 9, GroupSize = {third})] public sealed partial class C;
                """,
            ],
            await workspace.Texts());
        Assert.Empty(await workspace.Findings());
    }
}
