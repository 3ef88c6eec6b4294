using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Wgqa.Experiments.Recipes;
using Wgqa.Experiments.Reports;
using Wgqa.Experiments.Sweeps;

namespace Wgqa.Experiments.Tests.Reports;

/// <summary>What <c>report</c> writes, by its content.</summary>
public sealed class ReportTests
{
    [Fact]
    public void AnUnfinishedSweepSaysWhatIsMissingAndWhy()
    {
        using var sweep = new MadeUpSweep();
        var output = App.Run("report", sweep.Root).Succeeded();
        var (page, markdown) = (Text(sweep, "report.html"), Text(sweep, "report.md"));

        Assert.Contains("48 of 51 runs are finished (17 variants × 3 seeds), 1 failed, 2 are still to come", output, StringComparison.Ordinal);
        foreach (var text in new[] { page, markdown })
        {
            Assert.Contains("48 of 51 runs are finished", text, StringComparison.Ordinal);
            Assert.Contains("RandWMqa, seed 2: failed: The loss is not a number after update 17.", text, StringComparison.Ordinal);
            Assert.Contains("RandRowWMqa, seed 3: not finished: 20 updates so far", text, StringComparison.Ordinal);
            Assert.Contains("RandColWMqa, seed 3: not begun", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ThePageHasEverySection()
    {
        using var sweep = new MadeUpSweep(complete: true);
        var page = Page(sweep);

        Assert.Equal(
            ["Scores", "Against the fair baseline", "The paper’s ordering", "Quality against KV cache", "Training loss", "What merge weights learned (the paper’s Figure 2)", "Sample outputs"],
            page.Descendants("h3").Select(heading => heading.Value));
        Assert.Contains(page.Descendants("h2"), heading => heading.Value == "What was run, and on what");
        Assert.Contains("All 51 runs are finished: 17 variants × 3 seeds.", page.Value, StringComparison.Ordinal);

        // Hyper-parameters and environment, and no path of the machine.
        foreach (var fact in new[] { "learning rate0.000123", "batch size8", "commitabc1234", "steps: 40 instead of 4,000", "pretrain/model", "libtorch1.13.1" })
        {
            Assert.Contains(fact, page.Value, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("/somewhere", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void TheScoresAreThoseOfTheTexts()
    {
        using var sweep = new MadeUpSweep(complete: true);
        var page = Page(sweep);
        var expected = MeanAndError.Of(Enumerable.Range(1, 3).Select(seed =>
            TextTask.Translation.Score(File.ReadAllLines(sweep.Cell("WGqa", seed, "predictions.txt")), [.. sweep.Test.Select(pair => pair.References)])["bleu"]))!;

        var row = page.Descendants("tr").First(each => each.Elements("th").FirstOrDefault()?.Value.EndsWith("WGqa", StringComparison.Ordinal) == true && each.Element("th")!.Value.StartsWith('4'));
        var cells = row.Elements("td").ToDictionary(cell => cell.Attribute("data-label")?.Value ?? "verdict", cell => cell.Value);
        Assert.Equal(expected.ToText("0.00"), cells["score"]);
        Assert.Equal("3/3", cells["seeds"]);
        Assert.Equal("3,072", cells["bytes/token"]);
        Assert.Matches(@"^[+−]?\d+\.\d\d ± \d+\.\d\d$", cells["Δ fair"]);
        Assert.Contains("at 0.05, n = 3 seeds", cells["verdict"], StringComparison.Ordinal);
    }

    [Fact]
    public void ARecordedScoreThatIsNotTheTextsIsToldOf()
    {
        using var sweep = new MadeUpSweep(complete: true);
        var file = sweep.Cell("Gqa", 2, "predictions.txt");
        File.WriteAllLines(file, File.ReadAllLines(file).Select((line, i) => i < 30 ? "nothing of the kind" : line));

        Assert.Contains("Gqa, seed 2: ", Page(sweep).Descendants("div").Single(each => each.Attribute("class")?.Value == "warning").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryChartHasTitleDescriptionLabelsAndUnits()
    {
        using var sweep = new MadeUpSweep(complete: true);
        var page = Page(sweep);
        var charts = page.Descendants("svg").Where(svg => svg.Attribute("role")?.Value == "img").ToList();

        // Two of each large chart, 17 panels of losses, 6 + 6 of weights.
        Assert.Equal(2 + 2 + 17 + 12, charts.Count);
        Assert.All(charts, chart =>
        {
            Assert.False(string.IsNullOrWhiteSpace(chart.Elements("title").Single().Value));
            Assert.False(string.IsNullOrWhiteSpace(chart.Elements("desc").Single().Value));
            Assert.Contains(chart.Descendants("text"), text => text.Attribute("class")?.Value == "axis");
        });
        Assert.Contains(charts, chart => chart.Value.Contains("KV cache, bytes per token (log scale)", StringComparison.Ordinal));
        Assert.All(page.Descendants("table"), table => Assert.Equal("caption", table.Elements().First().Name.LocalName));
        Assert.All(page.Descendants("th"), heading => Assert.NotNull(heading.Attribute("scope")));

        var ids = page.Descendants().Select(element => element.Attribute("id")?.Value).OfType<string>().ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void ThePageFetchesNothingAndRunsNothing()
    {
        using var sweep = new MadeUpSweep();
        Page(sweep);
        var text = Text(sweep, "report.html");

        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<link", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(new Regex("""\b(src|srcset|data|poster)=""", RegexOptions.IgnoreCase), text);
        Assert.All(Regex.Matches(text, "href=\"([^\"]*)\"").Select(match => match.Groups[1].Value), target => Assert.StartsWith("#", target, StringComparison.Ordinal));
        Assert.All(Regex.Matches(text, @"url\(([^)]*)\)").Select(match => match.Groups[1].Value), target => Assert.StartsWith("#", target, StringComparison.Ordinal));
        Assert.Contains("default-src 'none'", text, StringComparison.Ordinal);

        // The sources of the test have a script in them: as text.
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; mehr", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheParetoFrontIsMarkedAndNobodyElse()
    {
        using var sweep = new MadeUpSweep(complete: true);
        var analysis = SweepAnalysis.Of(SweepFolder.Open(sweep.Root), trials: 200);
        var results = analysis.Tasks[0].Variants;

        foreach (var variant in results)
        {
            var beaten = results.Any(other => other != variant && other.CacheBytes <= variant.CacheBytes && other.Score!.Mean >= variant.Score!.Mean);
            Assert.Equal(!beaten, variant.IsOnFront);
        }

        Assert.Equal(3, results.Count(variant => variant.IsOnFront));
        Assert.Equal(results.Where(variant => variant.IsOnFront).Select(variant => variant.Name), Rows(sweep, "variants.csv").Where(row => row[9] == "yes").Select(row => row[1]));
    }

    [Fact]
    public void CsvHasALineForEachVariantAndForEachCell()
    {
        using var sweep = new MadeUpSweep();
        App.Run("report", sweep.Root, "--trials", "200").Succeeded();

        Assert.Equal(17, Rows(sweep, "variants.csv").Count());
        var cells = Rows(sweep, "cells.csv").ToList();
        Assert.Equal(51, cells.Count);
        Assert.Equal(48, cells.Count(cell => cell[3] == "finished"));
        Assert.Single(cells, cell => cell[3] == "failed: The loss is not a number after update 17.");
    }

    [Fact]
    public void OneSeedHasNoErrorsAndNoTestOverSeeds()
    {
        using var sweep = new MadeUpSweep(seeds: 1, complete: true);
        var page = Page(sweep);

        Assert.DoesNotContain(page.Descendants("td"), cell => cell.Value.Contains('±', StringComparison.Ordinal));
        Assert.Contains("n = 1 seed: nothing is said about other seeds", page.Value, StringComparison.Ordinal);
        Assert.Contains("With one seed there is no test over seeds", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void SummariesAreReportedByRougeL()
    {
        using var sweep = new MadeUpSweep(complete: true, task: TextTask.Summarization);
        var page = Page(sweep);

        Assert.Contains("made-up: ROUGE-L on 60 texts", page.Value, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Descendants("div"), each => each.Attribute("class")?.Value == "warning");
    }

    [Fact]
    public void ASweepThatHasNotBegunIsAReportToo()
    {
        using var sweep = new MadeUpSweep();
        Directory.Delete(Path.Combine(sweep.Root, "cells"), recursive: true);
        var output = App.Run("report", sweep.Root, "--out", Path.Combine(sweep.Root, "elsewhere")).Succeeded();

        Assert.Contains("0 of 51 runs are finished", output, StringComparison.Ordinal);
        Assert.Contains("No run of this task has generated its texts yet.", File.ReadAllText(Path.Combine(sweep.Root, "elsewhere", "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void TheReportIsTheSameEachTime()
    {
        using var sweep = new MadeUpSweep();
        Page(sweep);
        var first = Text(sweep, "report.html");
        Page(sweep);

        Assert.Equal(first, Text(sweep, "report.html"));
    }

    [Fact]
    public void JsonNamesTheFilesAndTheFindings()
    {
        using var sweep = new MadeUpSweep(complete: true);
        var json = JsonNode.Parse(App.Run("report", sweep.Root, "--trials", "200", "--json").Succeeded())!;

        Assert.All(json["files"]!.AsArray(), file => Assert.True(File.Exists(file!.GetValue<string>())));
        Assert.Contains(json["findings"]!.AsArray(), finding => finding!.GetValue<string>().StartsWith("Learned merge weights:", StringComparison.Ordinal));
    }

    [Fact]
    public void AFolderWithoutASweepIsRefused()
    {
        using var sweep = new MadeUpSweep();
        App.Run("report", Path.Combine(sweep.Root, "cells")).RefusedWith("sweep.json", "does not exist");
        App.Run("report", sweep.Root, "--trials", "0").RefusedWith("--trials is 0");
    }

    // The page, read as XML: every element is closed, and every text escaped.
    private static XElement Page(MadeUpSweep sweep)
    {
        App.Run("report", sweep.Root, "--trials", "200").Succeeded();
        var text = Text(sweep, "report.html");
        text = Regex.Replace(text["<!DOCTYPE html>".Length..], "<meta ([^>]*)>", "<meta $1/>");
        text = text.Replace(" xmlns=\"http://www.w3.org/2000/svg\"", "", StringComparison.Ordinal);
        return XElement.Parse(text);
    }

    private static string Text(MadeUpSweep sweep, string file) => File.ReadAllText(Path.Combine(sweep.Root, "report", file));

    private static IEnumerable<string[]> Rows(MadeUpSweep sweep, string file)
    {
        if (!Directory.Exists(Path.Combine(sweep.Root, "report")))
        {
            App.Run("report", sweep.Root, "--trials", "200").Succeeded();
        }

        // Fields before the verdict have no commas.
        return Text(sweep, file).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(','));
    }
}
