using System.Composition;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CodeFixes;
using Wgqa.CodeFixes;
using Wgqa.Generators.Reading;
using Wgqa.Testing;

namespace Wgqa.Generators.Tests.CodeFixes;

public sealed partial class CodeFixTests
{
    private static readonly CodeFixProvider[] Providers =
    [
        .. typeof(MakePartial).Assembly.GetTypes()
            .Where(type => typeof(CodeFixProvider).IsAssignableFrom(type))
            .Select(type => (CodeFixProvider)Activator.CreateInstance(type)!),
    ];

    [Fact]
    public void AnEditorFindsEveryProviderAndFixesAllAtOnce() => Assert.All(Providers, provider =>
    {
        Assert.Equal(["C#"], provider.GetType().GetCustomAttribute<ExportCodeFixProviderAttribute>()!.Languages);
        Assert.NotNull(provider.GetType().GetCustomAttribute<SharedAttribute>());
        Assert.Equal(
            [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution],
            provider.GetFixAllProvider()!.GetSupportedFixAllScopes().Order());
    });

    [Fact]
    public async Task TheTableOfFixesIsTrue()
    {
        var fixedOnes = Providers.SelectMany(provider => provider.FixableDiagnosticIds).ToList();
        Assert.Equal(fixedOnes.Order(), fixedOnes.Distinct().Order());
        var page = await File.ReadAllTextAsync(Repository.Path("docs", "diagnostics", "README.md"));
        var table = page[page.IndexOf("| found | offered |", StringComparison.Ordinal)..];
        Assert.Equal(fixedOnes.Order(), Id().Matches(table).Select(match => match.Value).Order());
        Assert.Subset(Rules.All.Select(rule => rule.Id).ToHashSet(), fixedOnes.Where(id => id.StartsWith("WGQA", StringComparison.Ordinal)).ToHashSet());
    }

    [GeneratedRegex(@"\b(WGQA|CS)\d+")]
    private static partial Regex Id();
}
