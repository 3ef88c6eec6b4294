using Microsoft.CodeAnalysis;

namespace Wgqa.Generators.Tests;

public sealed class FindingTests
{
    public static TheoryData<FindingCase> Cases => [.. FindingCases.All];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task AWrongDeclarationIsFoundWhereItIsWrong(FindingCase wrong)
    {
        var (text, start, length) = Marked(wrong.Declaration);
        var (output, result) = Declared.Generate(Declared.Compilation(text));

        var finding = Assert.Single(await Declared.Findings(output));
        Assert.Equal(wrong.Id, finding.Id);
        Assert.Equal(wrong.Message, finding.GetMessage());
        Assert.Equal(DiagnosticSeverity.Error, finding.Severity);
        Assert.Equal((text.Substring(start, length), start), (text.Substring(finding.Location.SourceSpan.Start, finding.Location.SourceSpan.Length), finding.Location.SourceSpan.Start));
        Assert.Equal(wrong.IsWritten, result.GeneratedSources.Any(source => source.HintName != "VariantCatalog.g.cs"));
    }

    [Fact]
    public async Task EveryMistakeInADeclarationIsFoundAtOnce()
    {
        var (output, _) = Declared.Generate(Declared.Compilation(Declared.Usings +
            "public class Outer { [KvGrouping(Heads = 12, Groups = 5, Merge = (Merge)9, Sites = 0)] public class X { public X() { } } }"));
        Assert.Equal(
            ["WGQA001", "WGQA002", "WGQA009", "WGQA015", "WGQA017", "WGQA022"],
            (await Declared.Findings(output)).Select(finding => finding.Id).Order());
    }

    [Fact]
    public async Task WhatTheCompilerRefusesIsNotReportedTwice()
    {
        var (output, result) = Declared.Generate(Declared.Compilation(Declared.Usings +
            """
            [KvGrouping(Groups = "six")] public sealed partial class X;
            [KvGrouping(Gropus = 6)] public sealed partial class Y;
            [KvGrouping(6)] public sealed partial class Z;
            """));
        Assert.Empty(await Declared.Findings(output));
        Assert.All(["CS0029", "CS0246", "CS1729"], id => Assert.Contains(output.GetDiagnostics(), diagnostic => diagnostic.Id == id));
    }

    [Fact]
    public void TheAttributeTwiceOnOneClassIsTheCompilersErrorAndNotACrash()
    {
        var (output, result) = Declared.Generate(Declared.Compilation(Declared.Usings +
            """
            [KvGrouping(Groups = 2)] public sealed partial class X;
            [KvGrouping(Groups = 3)] sealed partial class X;
            [KvGrouping(Groups = 2), KvGrouping(Groups = 3)] public sealed partial class Y;
            """));
        Assert.Equal(["VariantCatalog.g.cs", "X.g.cs", "Y.g.cs"], result.GeneratedSources.Select(source => source.HintName).Order());
        Assert.Equal(["CS0579", "CS0579"], output.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.Id));
    }

    private static (string Text, int Start, int Length) Marked(string declaration)
    {
        var marked = Declared.Usings + declaration;
        var start = marked.IndexOf("[|", StringComparison.Ordinal);
        var end = marked.IndexOf("|]", StringComparison.Ordinal) - 2;
        return (marked.Replace("[|", "").Replace("|]", ""), start, end - start);
    }
}
