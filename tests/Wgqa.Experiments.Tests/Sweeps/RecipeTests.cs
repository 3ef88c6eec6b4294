using System.Text.Json.Nodes;
using Wgqa.Experiments.Recipes;
using Wgqa.Experiments.Sweeps;
using Wgqa.Training;

namespace Wgqa.Experiments.Tests.Sweeps;

/// <summary>The papers' experiments as presets, on any model and any data.</summary>
public sealed class RecipeTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    [Fact]
    public void RecipesAreListedAndPrintedWhole()
    {
        var list = App.Run("recipes").Succeeded();
        Assert.Equal(["gqa-groups", "gqa-pooling", "gqa-uptraining", "wgqa-figure-2", "wgqa-table-1", "wgqa-table-2"], Recipe.Names);
        Assert.All(Recipe.Names, name => Assert.Contains($"| {name} ", list, StringComparison.Ordinal));

        var json = JsonNode.Parse(App.Run("recipes", "wgqa-table-1").Succeeded())!;
        Assert.Equal(["cnn-dailymail", "multi-news", "wmt14-de-en"], json["tasks"]!.AsArray().Select(task => task!["name"]!.GetValue<string>()));
        Assert.Equal([(512, 256), (2048, 512), (512, 256)], json["tasks"]!.AsArray().Select(task => (task!["maxSourceTokens"]!.GetValue<int>(), task["maxTargetTokens"]!.GetValue<int>())));
        Assert.All(json["tasks"]!.AsArray(), task => Assert.Equal(
            (3, 8, 1e-3, "AdamW", "Linear"),
            (task!["epochs"]!.GetValue<int>(), task["batchSize"]!.GetValue<int>(), task["training"]!["learningRate"]!.GetValue<double>(), task["training"]!["updateRule"]!.GetValue<string>(), task["training"]!["decay"]!.GetValue<string>())));
        Assert.Equal(32, JsonNode.Parse(App.Run("recipes", "wgqa-table-2", "--json").Succeeded())!["tasks"]![0]!["batchSize"]!.GetValue<int>());
        Assert.Equal(PaperTable.Names, json["variants"]!.AsArray().Select(name => name!.GetValue<string>().ToUpperInvariant()));
        App.Run("recipes", "wgqa-table-9").RefusedWith("wgqa-table-9", "wgqa-table-1");
    }

    [Fact]
    public void ARecipeNamesEveryHyperParameterOfTraining()
    {
        var named = typeof(RecipeTraining).GetProperties().Select(property => property.Name).Where(name => name != "EqualityContract");
        var all = typeof(TrainingOptions).GetProperties().Where(property => property.CanWrite).Select(property => property.Name);
        Assert.Equal(all.Except(["Steps", "Seed", "KeepBest"]).Order(), named.Order());
    }

    [Fact]
    public void ARecipeRunsScaledOnSomeOfItsTasksAndSaysWhatIsLess()
    {
        var folder = tiny.New("sweep");
        var run = App.Run(
            "table", "--recipe", "wgqa-table-2", "--scale", "0.00005", "--model", tiny.Four, "--data", $"wmt14-de-en={tiny.Data}", "--data", $"cnn-dailymail={tiny.Data}",
            "--max-target", "8", "--max-source", "32", "--variants", "Gqa,WMqa", "--epochs", "1", "--seeds", "1,2", "--out", folder);
        run.Succeeded();
        var sweep = SweepFolder.Open(folder);
        string[] scaled =
        [
            "cnn-dailymail: --epochs 1 instead of 3",
            "cnn-dailymail: 15 of 287,113 training pairs (--scale 5E-05)",
            "multi-news: left out, there are no data for it",
            "wmt14-de-en: 1 of 3,003 test pairs (--scale 5E-05)",
            "--variants Gqa,WMqa instead of Mha,Gqa,WGqa,Mqa,WMqa,RowWGqa,ColWGqa,RowWMqa,ColWMqa",
            "the seeds 1, 2 instead of 1",
        ];
        Assert.All(scaled, words => Assert.True(sweep.Plan.Scaled!.Contains(words) && run.Error.Contains(words, StringComparison.Ordinal), $"{words} is not among: {string.Join("; ", sweep.Plan.Scaled!)}"));
        Assert.Equal("wgqa-table-2, version 1", sweep.Plan.Recipe);
        Assert.Equal([("cnn-dailymail", "rougeL", 15), ("wmt14-de-en", "bleu", 24)], sweep.Plan.Tasks.Select(task => (task.Name, task.Task.Metric, task.Pairs)));
        Assert.Equal(8, sweep.Cells.Count);
        Assert.All(sweep.Cells, cell => Assert.NotNull(cell.Row));
        var text = File.ReadAllText(Path.Combine(folder, "table.md"));
        Assert.True(text.Contains("cnn-dailymail (1 pairs", StringComparison.Ordinal) && text.Contains("ROUGE-L", StringComparison.Ordinal) && text.Contains("BLEU", StringComparison.Ordinal), text);
    }

    [Fact]
    public void ConvertedModelsAreUptrainedForSharesOfTheirPretraining()
    {
        var text = tiny.New("text");
        File.WriteAllLines(text, Enumerable.Range(0, 200).Select(line => $"Der Hund ist hier. The dog is here. Der Baum ist hier, {line}."));
        var recipe = JsonNode.Parse(Recipe.Text("gqa-uptraining"))!;
        recipe["tasks"]![0]!["steps"] = 2;
        recipe["tasks"]![0]!["epochs"] = null;
        recipe["tasks"]![0]!["maxTargetTokens"] = 8;
        recipe["uptraining"]!["shares"] = new JsonArray(0, 0.05);
        recipe["uptraining"]!["inputLength"] = 16;
        recipe["uptraining"]!["batchSize"] = 4;
        var file = tiny.New("recipe");
        File.WriteAllText(file, recipe.ToJsonString());

        var folder = tiny.New("sweep");
        string[] arguments = ["table", "--recipe", file, "--model", tiny.Four, "--data", tiny.Data, "--variants", "Gqa", "--out", folder];
        App.Run([.. arguments, "--of", "40"]).RefusedWith("--text");
        App.Run([.. arguments, "--of", "40", "--text", text]).Succeeded();
        var cells = SweepFolder.Open(folder).Cells;
        Assert.Equal(["cnn-dailymail-uptrained-0", "cnn-dailymail-uptrained-0.05"], cells.Select(cell => cell.Task));
        Assert.False(Directory.Exists(Path.Combine(cells[0].Path, "uptrain")));
        Assert.Equal(2, MetricsLog.Read(Path.Combine(cells[1].Path, "uptrain", "metrics.jsonl"))[^1].Step);
        Assert.NotEqual(cells[0].Metrics[^1].Loss, cells[1].Metrics[^1].Loss);
        Assert.Contains(SweepFolder.Open(folder).Plan.Scaled!, words => words.Contains("a share of 40 updates instead of 1,000,000", StringComparison.Ordinal));
    }

    [Fact]
    public void VariantsThatDoNotFitAreLeftOutWhereTheRecipeAllowsIt()
    {
        var folder = tiny.New("sweep");
        App.Run("table", "--recipe", "gqa-groups", "--model", tiny.Three, "--data", tiny.Data, "--max-source", "32", "--max-target", "8", "--out", folder).Succeeded();
        var sweep = SweepFolder.Open(folder);
        Assert.Equal(["Mqa", "Gqa3", "Mha"], sweep.Plan.Variants);
        Assert.Contains(sweep.Plan.Scaled!, words => words.StartsWith("Gqa2 is left out: 3 heads", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 1, \"colour\": 2", "colour")]
    [InlineData("\"learningRate\": 0.001,", "", "learningRate")]
    [InlineData("\"epochs\": 3", "\"epochs\": null", "tasks[0].epochs")]
    [InlineData("\"beams\": 1", "\"beams\": 0", "tasks[0].beams")]
    [InlineData("\"WGqa\"", "\"Banana\"", "Banana")]
    [InlineData("\"multi-news\"", "\"../news\"", "../news")]
    public void ARecipeOfOnesOwnIsReadStrictly(string was, string instead, string named)
    {
        var file = tiny.New("recipe");
        File.WriteAllText(file, Recipe.Text("wgqa-table-1").Replace(was, instead, StringComparison.Ordinal));
        App.Run("table", "--recipe", file, "--model", tiny.Four, "--data", tiny.Data, "--out", tiny.New("sweep")).RefusedWith(named);
    }

    [Fact]
    public void WhatDoesNotGoTogetherIsRefused()
    {
        string[] Table(params string[] more) => ["table", "--model", tiny.Four, "--out", tiny.New("sweep"), .. more];
        App.Run(Table("--data", tiny.Data, "--scale", "0.5")).RefusedWith("--scale", "--recipe");
        App.Run(Table("--recipe", "wgqa-table-1", "--data", tiny.Data)).RefusedWith("cnn-dailymail, multi-news, wmt14-de-en", "--data cnn-dailymail=PATH");
        App.Run(Table("--recipe", "wgqa-table-1", "--data", $"cnn={tiny.Data}")).RefusedWith("'cnn'", "cnn-dailymail");
        App.Run(Table("--recipe", "gqa-groups", "--data", tiny.Data, "--scale", "2")).RefusedWith("--scale is 2");
        App.Run(Table("--recipe", "gqa-groups", "--data", tiny.Data, "--task", "translation")).RefusedWith("--task", "gqa-groups");
        App.Run(Table("--data", $"a={tiny.Data}", "--data", $"a={tiny.Data}")).RefusedWith("--data", "a twice");
        App.Run(Table("--data", $"a={tiny.Data}", "--data", tiny.Data)).RefusedWith("TASK=DATA");
        App.Run(Table()).RefusedWith("--data");
        App.Run("table", "--data", tiny.Data, "--out", tiny.New("sweep")).RefusedWith("--model");
    }
}
