using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Wgqa.Generators.Reading;
using Wgqa.Testing;

namespace Wgqa.Generators.Tests;

/// <summary>A rule is a descriptor, a line of release tracking, a page and a test; here they are held together.</summary>
public sealed partial class RulesTests
{
    public static TheoryData<string> Ids => [.. Rules.All.Select(rule => rule.Id)];

    [Fact]
    public void EveryRuleIsListedOnceInOrder()
    {
        var declared = typeof(Rules).GetFields().Where(field => field.FieldType == typeof(DiagnosticDescriptor)).Select(field => (DiagnosticDescriptor)field.GetValue(null)!);
        Assert.Equal(declared, Rules.All);
        Assert.Equal(Enumerable.Range(1, Rules.All.Length).Select(number => $"WGQA{number:000}"), Rules.All.Select(rule => rule.Id));
    }

    [Fact]
    public void ThePagesAndTheReleaseLinesAreThoseOfTheRules()
    {
        var ids = Rules.All.Select(rule => rule.Id).ToList();
        Assert.Equal(ids, Directory.GetFiles(Repository.Path("docs", "diagnostics"), "WGQA*.md").Select(Path.GetFileNameWithoutExtension).Order());
        Assert.Equal(ids, ReleaseLine().Matches(Releases()).Select(match => match.Groups["id"].Value).Order());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task ARuleHasAHelpLinkAReleaseLineATestAndAPageWhoseExamplesAreTrue(string id)
    {
        var rule = Rules.All.Single(rule => rule.Id == id);
        Assert.Equal(DiagnosticSeverity.Error, rule.DefaultSeverity);
        Assert.True(rule.IsEnabledByDefault);
        Assert.DoesNotMatch(@"\.$", rule.MessageFormat.ToString());

        Assert.Contains($"\n{id} | Wgqa | Error | {rule.Title}\n", Releases());
        Assert.Contains(FindingCases.All, finding => finding.Id == id);

        Assert.Equal($"docs/diagnostics/{id}.md", rule.HelpLinkUri);
        var page = await File.ReadAllTextAsync(Repository.Path(rule.HelpLinkUri));
        Assert.StartsWith($"# {id}: {rule.Title}\n", page);
        Assert.Contains($"\n| [{id}]({id}.md) | {rule.Title} |\n", await File.ReadAllTextAsync(Repository.Path("docs", "diagnostics", "README.md")));

        Assert.Equal(["Cause", "Bad", "Good"], Heading().Matches(page).Select(match => match.Groups["words"].Value));
        Assert.Matches("\n## Cause\n\n[A-Z`][^\n]+[.]\n\n## Bad\n", page);

        // Bad is this rule's and no other's, the compiler's included; good compiles without a warning.
        var (bad, _) = Declared.Generate(Declared.Compilation(Declared.Usings + Example(page, "Bad")));
        Assert.Equal(id, Assert.Single(await Declared.Findings(bad)).Id);
        Assert.Empty(bad.GetDiagnostics().Where(diagnostic => diagnostic is { Severity: DiagnosticSeverity.Error, Id: not "CS1591" }));
        await Declared.AssertClean(Declared.Usings + Example(page, "Good"));
    }

    private static string Example(string page, string heading)
    {
        var match = Regex.Match(page, $"^## {heading}\n(?s:.)*?```csharp\n(?<code>(?s:.)*?)```", RegexOptions.Multiline);
        Assert.True(match.Success, $"no example under '{heading}'");
        return match.Groups["code"].Value;
    }

    private static string Releases() => string.Concat(
        new[] { "Shipped", "Unshipped" }.Select(name => File.ReadAllText(Repository.Path("Wgqa.Generators", $"AnalyzerReleases.{name}.md"))));

    [GeneratedRegex("^## (?<words>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(?<id>WGQA\d+) \|", RegexOptions.Multiline)]
    private static partial Regex ReleaseLine();
}
