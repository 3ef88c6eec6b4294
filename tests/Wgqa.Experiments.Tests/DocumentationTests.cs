using System.Text.RegularExpressions;
using Wgqa.Testing;

namespace Wgqa.Experiments.Tests;

/// <summary>What the repository's pages say that can be checked: links, commands, folders, a table given twice.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] Written = ["bin", "obj", "build", "artifacts", "runs", "TestResults", ".git"];

    /// <summary>Every page, relative to the root of the checkout.</summary>
    public static TheoryData<string> Pages => [.. PagesIn("")];

    [Theory]
    [MemberData(nameof(Pages))]
    public void EveryLinkLeadsSomewhere(string page)
    {
        var text = Fence().Replace(Read(page), "");
        foreach (Match link in Link().Matches(text))
        {
            var (path, anchor) = (link.Groups["path"].Value, link.Groups["anchor"].Value);
            var target = path.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, path);
            var there = Repository.Path(target);
            Assert.True(File.Exists(there) || Directory.Exists(there), $"{page} links to {path}, which is not there.");
            if (anchor.Length > 0)
            {
                Assert.Contains(anchor, Heading().Matches(Read(target)).Select(heading => Anchor(heading.Groups["words"].Value)));
            }
        }
    }

    [Fact]
    public void EveryCommandThatAPageShowsExistsWithItsOptions()
    {
        var launcher = Read("wgqa");
        var help = new Dictionary<string, string> { ["setup"] = launcher, ["test"] = launcher };
        foreach (var page in PagesIn(""))
        {
            foreach (Match shown in Command().Matches(Read(page).Replace("\\\n", " ", StringComparison.Ordinal)))
            {
                var command = shown.Groups["command"].Value;
                if (!help.TryGetValue(command, out var said))
                {
                    said = command == "score"
                        ? App.Run("score", "bleu", "--help").Succeeded() + App.Run("score", "rouge", "--help").Succeeded()
                        : App.Run(command, "--help").Succeeded();
                    help.Add(command, said);
                }

                foreach (Match option in Option().Matches(shown.Groups["arguments"].Value))
                {
                    Assert.True(Regex.IsMatch(said, $@"{option.Value}\b(?!-)"), $"{page} shows {command} {option.Value}, which it does not take.");
                }
            }
        }

        Assert.True(help.Count > 10);
    }

    [Fact]
    public void TheReadmesTreeIsTheRepositorys()
    {
        var tree = Tree().Match(Read("README.md")).Groups["lines"].Value;
        var listed = Folder().Matches(tree).Select(folder => folder.Groups["name"].Value).ToHashSet();
        Assert.All(listed, name => Assert.True(Directory.Exists(Repository.Path(name)), name));
        var ofProjects = Project().Matches(Read("Wgqa.sln")).Select(project => project.Groups["folder"].Value).ToHashSet();
        Assert.Subset(listed, ofProjects);
    }

    [Fact]
    public void TheReadmesTableIsTheDemosResult()
    {
        var rows = Row().Matches(Read("results/demo/README.md")).Select(row => row.Value).ToList();
        Assert.Equal(16, rows.Count(row => !row.StartsWith("| --", StringComparison.Ordinal)));
        Assert.Contains(string.Join('\n', rows), Read("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryNumberOfWhatTheReadmeSaysIsGainedIsAmongTheResults()
    {
        var results = string.Concat(PagesIn("results").Select(Read));
        var numbers = Number().Matches(Gains().Match(Read("README.md")).Value).Select(number => number.Value).ToList();
        Assert.True(numbers.Count > 20);
        Assert.All(numbers, number => Assert.Matches($@"(?<![\d.]){Regex.Escape(number)}(?![\d])", results));
    }

    [Fact]
    public void TheReadmeCountsTheVariants() =>
        Assert.Contains($"{Directory.GetFiles(Repository.Path("Wgqa.Experiments", "Variants"), "*.cs").Length} variants are declared", Read("README.md").Replace('\n', ' '), StringComparison.Ordinal);

    private static IEnumerable<string> PagesIn(string folder) =>
        Directory.EnumerateFiles(Repository.Path(folder), "*.md").Select(file => Path.Combine(folder, Path.GetFileName(file))).Order(StringComparer.Ordinal)
            .Concat(Directory.EnumerateDirectories(Repository.Path(folder)).Select(Path.GetFileName).Except(Written).Order(StringComparer.Ordinal)
                .SelectMany(name => PagesIn(Path.Combine(folder, name!))));

    private static string Read(string path) => File.ReadAllText(Repository.Path(path));

    // As GitHub makes them.
    private static string Anchor(string heading) => NotInAnchors().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\[[^\]]*\]\((?![a-z]+:)(?<path>[^)#\s]*)(?:#(?<anchor>[^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<words>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\./wgqa +(?<command>[a-z]+)(?<arguments>[^`#\n]*)")]
    private static partial Regex Command();

    [GeneratedRegex(@"(?<=[\s\[])--[a-z][a-z-]*")]
    private static partial Regex Option();

    [GeneratedRegex(@"## The tree\n\n```\n(?<lines>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Tree();

    [GeneratedRegex(@"^(?<name>[\w.]+)/ ", RegexOptions.Multiline)]
    private static partial Regex Folder();

    [GeneratedRegex(@"^Project.*?, ""(?<folder>[\w.]+)[\\/]", RegexOptions.Multiline)]
    private static partial Regex Project();

    [GeneratedRegex(@"^\|.*\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"## What it gains\n.*?(?=\n## )", RegexOptions.Singleline)]
    private static partial Regex Gains();

    [GeneratedRegex(@"\d+\.\d+")]
    private static partial Regex Number();
}
