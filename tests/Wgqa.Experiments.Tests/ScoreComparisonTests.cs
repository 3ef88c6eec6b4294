using System.Text.Json;
using System.Text.Json.Nodes;
using Wgqa.Testing;

namespace Wgqa.Experiments.Tests;

/// <summary><c>score</c> with a baseline.</summary>
public sealed class ScoreComparisonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void BleuAgainstABaselineHasTheExpectedPValue()
    {
        static string Shared(string name) => SharedFolder.Path("data", "metrics", "bleu-wmt17", name + ".gz");
        var expected = JsonDocument.Parse(File.ReadAllText(SharedFolder.Path("data", "metrics", "bleu-wmt17", "expected_significance.json"))).RootElement;
        var baseline = Shared(expected.GetProperty("baseline").GetString()!);
        foreach (var system in expected.GetProperty("p_values").EnumerateObject().Take(2))
        {
            string[] command = ["score", "bleu", "--predictions", Shared(system.Name), "--baseline", baseline, "--references", Shared("newstest2017.ref.en-de"), "--tokenize", "none", "--json"];
            var json = JsonNode.Parse(App.Run(command).Succeeded())!;

            Assert.Equal(system.Value.GetDouble(), json["pValue"]!.GetValue<double>(), 0.01);
            Assert.Equal(json["bleu"]!.GetValue<double>() - json["baseline"]!.GetValue<double>(), json["difference"]!.GetValue<double>(), 1e-9);
            Assert.True(json["differenceInterval"]!["low"]!.GetValue<double>() < json["differenceInterval"]!["high"]!.GetValue<double>());
        }
    }

    [Fact]
    public void RougeAgainstABaselineTestsEachScore()
    {
        var (predictions, baseline, references) = Files();
        var json = JsonNode.Parse(App.Run("score", "rouge", "--predictions", predictions, "--baseline", baseline, "--references", references, "--trials", "500", "--seed", "3", "--json").Succeeded())!;

        foreach (var score in new[] { "rouge1", "rouge2", "rougeL", "rougeLsum" })
        {
            Assert.Equal(json[score]!.GetValue<double>() - json["baseline"]![score]!.GetValue<double>(), json["difference"]![score]!.GetValue<double>(), 1e-9);
            Assert.InRange(json["pValue"]![score]!.GetValue<double>(), 1.0 / 501, 1);
            Assert.InRange(json["bootstrapPValue"]![score]!.GetValue<double>(), 1.0 / 501, 1);
        }

        Assert.Equal(500, json["trials"]!.GetValue<int>());
        Assert.Equal(3, json["seed"]!.GetValue<int>());
    }

    [Fact]
    public void TheVerdictIsInWords()
    {
        var (predictions, baseline, references) = Files();
        var bleu = App.Run("score", "bleu", "--predictions", predictions, "--baseline", baseline, "--references", references, "--trials", "999").Succeeded();
        var same = App.Run("score", "bleu", "--predictions", predictions, "--baseline", predictions, "--references", references, "--trials", "999").Succeeded();

        Assert.Contains("a significant difference at 0.05", bleu, StringComparison.Ordinal);
        Assert.Contains("no significant difference at 0.05 (p = 1.00 by approximate randomisation, 1.00 by bootstrap, 999 trials, seed 1)", same, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutABaselineNothingIsAdded()
    {
        var (predictions, _, references) = Files();
        var json = JsonNode.Parse(App.Run("score", "bleu", "--predictions", predictions, "--references", references, "--json").Succeeded())!;

        Assert.Null(json["pValue"]);
        Assert.Equal(20, json["lines"]!.GetValue<int>());
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        var (predictions, baseline, references) = Files();
        string[] score = ["score", "bleu", "--predictions", predictions, "--references", references];
        var shorter = _folder.Write("shorter", "a\nb\n");

        App.Run([.. score, "--trials", "10"]).RefusedWith("--trials", "--baseline");
        App.Run([.. score, "--seed", "10"]).RefusedWith("--seed", "--baseline");
        App.Run([.. score, "--baseline", baseline, "--trials", "0"]).RefusedWith("--trials is 0", "at least 1");
        App.Run([.. score, "--baseline", shorter]).RefusedWith(predictions, "20", shorter, "2");
    }

    // Twenty lines: the predictions are right but for the last, the baseline's are half wrong.
    private (string Predictions, string Baseline, string References) Files()
    {
        static string Lines(Func<int, string> line) => string.Join('\n', Enumerable.Range(0, 20).Select(line)) + "\n";
        return (
            _folder.Write("predictions", Lines(i => i == 19 ? "something else" : $"the {i} cats sat on the mat")),
            _folder.Write("baseline", Lines(i => $"the {i} cats lay in a bed")),
            _folder.Write("references", Lines(i => $"the {i} cats sat on the mat")));
    }
}
