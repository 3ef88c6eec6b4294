using Wgqa.Generators.Reading;
using Workspace = Wgqa.Generators.Tests.CodeFixes.Workspace;

namespace Wgqa.Generators.Tests;

/// <summary>A finding is an analyzer's, so whatever suppresses an analyzer's finding suppresses it.</summary>
public sealed class SuppressionTests
{
    public static TheoryData<string> Ids => [.. Rules.All.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task APragmaSuppressesAFinding(string id)
    {
        var (before, after) = ($"#pragma warning disable {id}\n", $"\n#pragma warning restore {id}");
        Assert.Equal([id], await Found(Wrong(id)));
        Assert.Empty(await Found(before + Wrong(id) + after));
        Assert.Equal([id], await Found(before + after + "\n" + Wrong(id)));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task AnEditorconfigSuppressesAFinding(string id)
    {
        using var workspace = new Workspace(Declared.Usings + Wrong(id));
        workspace.Configure($"root = true\n[*.cs]\ndotnet_diagnostic.{id}.severity = none\n");
        Assert.DoesNotContain(await workspace.Findings(), finding => finding.Id == id);
    }

    [Fact]
    public async Task AnEditorconfigSuppressesForTheFilesThatItNames()
    {
        using var workspace = new Workspace(
            Declared.Usings + "[KvGrouping(Heads = 12, Groups = 5)] public sealed partial class X;",
            Declared.Usings + "[KvGrouping(Heads = 12, Groups = 7)] public sealed partial class Y;");
        workspace.Configure("root = true\n[*0.cs]\ndotnet_diagnostic.WGQA015.severity = none\n");
        Assert.Equal("12 heads cannot be split into 7 equal groups", Assert.Single(await workspace.Findings()).GetMessage());
    }

    [Fact]
    public async Task AnAttributeSuppressesAFinding() => Assert.Empty(await Found(
        "[System.Diagnostics.CodeAnalysis.SuppressMessage(\"Wgqa\", \"WGQA015\")] [KvGrouping(Heads = 12, Groups = 5)] public sealed partial class X;"));

    private static string Wrong(string id) => FindingCases.All.First(wrong => wrong.Id == id).Declaration.Replace("[|", "").Replace("|]", "");

    private static async Task<IEnumerable<string>> Found(string declaration)
    {
        var (output, _) = Declared.Generate(Declared.Compilation(Declared.Usings + declaration));
        return (await Declared.Findings(output)).Select(finding => finding.Id);
    }
}
