using Microsoft.CodeAnalysis.CodeFixes;
using Wgqa.CodeFixes;

namespace Wgqa.Generators.Tests.CodeFixes;

public sealed class MakePartialTests
{
    [Theory]
    [InlineData("[KvGrouping] public sealed class X;", "[KvGrouping] public sealed partial class X;")]
    [InlineData("[KvGrouping] class X { }", "[KvGrouping] partial class X { }")]
    [InlineData("[KvGrouping]\n// Mine.\npublic /* really */ sealed\nclass X // X\n{\n}\n", "[KvGrouping]\n// Mine.\npublic /* really */ sealed\npartial class X // X\n{\n}\n")]
    [InlineData("/// <summary>Mine.</summary>\r\n[KvGrouping(Groups = 2)]\r\n[System.Serializable]\r\n\tinternal class X\r\n{\r\n}\r\n", "/// <summary>Mine.</summary>\r\n[KvGrouping(Groups = 2)]\r\n[System.Serializable]\r\n\tinternal partial class X\r\n{\r\n}\r\n")]
    [InlineData("#if true\n[KvGrouping]\n#endif\nclass X;", "#if true\n[KvGrouping]\n#endif\npartial class X;")]
    [InlineData("[KvGrouping] public sealed class X; class X { }", "[KvGrouping] public sealed partial class X; partial class X { }")]
    public async Task AClassBecomesPartialAndNothingElseChanges(string before, string after) =>
        await AssertFixed("WGQA001", "Make X partial", [before], [after]);

    [Theory]
    [InlineData("public class", "public partial class")]
    [InlineData("struct", "partial struct")]
    [InlineData("public readonly record struct", "public readonly partial record struct")]
    [InlineData("public record", "public partial record")]
    [InlineData("internal interface", "internal partial interface")]
    public async Task AContainerOfAnyKindBecomesPartial(string before, string after) => await AssertFixed(
        "WGQA002",
        "Make Outer partial",
        [before + " Outer { [KvGrouping] public sealed partial class X; }"],
        [after + " Outer { [KvGrouping] public sealed partial class X; }"]);

    [Fact]
    public async Task AClassAndTheTypesAroundItBecomePartialTogether() => await AssertFixed(
        "WGQA001",
        "Make X and Outer partial",
        ["public class Outer\n{\n    public static partial class Middle\n    {\n        [KvGrouping]\n        public sealed class X;\n    }\n}\n"],
        ["public partial class Outer\n{\n    public static partial class Middle\n    {\n        [KvGrouping]\n        public sealed partial class X;\n    }\n}\n"]);

    [Fact]
    public async Task EveryPartBecomesPartialInWhicheverFileItIs() => await AssertFixed(
        "WGQA002",
        "Make Outer partial",
        ["class Outer { [KvGrouping] public sealed partial class X; }", "class Outer;\r\n", "partial class Outer;"],
        ["partial class Outer { [KvGrouping] public sealed partial class X; }", "partial class Outer;\r\n", "partial class Outer;"]);

    [Theory]
    [InlineData(FixAllScope.Document, "class")]
    [InlineData(FixAllScope.Project, "partial class")]
    [InlineData(FixAllScope.Solution, "partial class")]
    public async Task AllBecomePartialInOneEdit(FixAllScope scope, string elsewhere)
    {
        using var workspace = new Workspace(
            Declared.Usings + "class Outer\n{\n    [KvGrouping] public class A;\n    [KvGrouping] public class B;\n    class Inner { [KvGrouping] public partial class C; }\n}\n[KvGrouping] class D;\n",
            Declared.Usings + "[KvGrouping] class E;");
        await workspace.ApplyToAll(new MakePartial(), "WGQA001", "Make A and Outer partial", scope);
        Assert.Equal(
            [
                Declared.Usings + "partial class Outer\n{\n    [KvGrouping] public partial class A;\n    [KvGrouping] public partial class B;\n    partial class Inner { [KvGrouping] public partial class C; }\n}\n[KvGrouping] partial class D;\n",
                Declared.Usings + $"[KvGrouping] {elsewhere} E;",
            ],
            await workspace.Texts());
    }

    private static async Task AssertFixed(string id, string title, string[] before, string[] after)
    {
        using var workspace = new Workspace([Declared.Usings + before[0], .. before[1..]]);
        await workspace.Apply(new MakePartial(), id, title);
        Assert.Equal<string[]>([Declared.Usings + after[0], .. after[1..]], await workspace.Texts());
        Assert.Empty(await workspace.Findings());
    }
}
