using System.Text.Json.Nodes;
using Wgqa.Testing;
using Wgqa.Training;

namespace Wgqa.Runtime.Tests.Training;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _scratch = new();
    private readonly Config _config = new("finetune", "ColWgqa", ["train.de", "train.en"], new() { Steps = 100 });

    public void Dispose() => _scratch.Dispose();

    private sealed record Config(string Command, string Variant, string[] Data, TrainingOptions Training);

    [Fact]
    public void TheConfigHoldsWhatDeterminesTheRunAndTheVersions()
    {
        RunFolder.Open(_scratch.Path("new", "run"), _config).Dispose();

        var config = JsonNode.Parse(File.ReadAllText(_scratch.Path("new", "run", "config.json")))!;

        Assert.Equal("ColWgqa", (string?)config["variant"]);
        Assert.Equal("train.en", (string?)config["data"]![1]);
        Assert.Equal(0.001, (double?)config["training"]!["learningRate"]);
        Assert.Equal("AdamW", (string?)config["training"]!["updateRule"]);
        Assert.StartsWith("0.1.0", (string?)config["about"]!["wgqa"]);
        Assert.Equal([".lock", "config.json"], Directory.GetFiles(_scratch.Path("new", "run")).Select(Path.GetFileName).Append(".lock").Distinct().Order());
    }

    [Fact]
    public void TheSameConfigOpensTheRunAgain()
    {
        RunFolder.Open(_scratch.Path("run"), _config).Dispose();
        var written = File.ReadAllText(_scratch.Path("run", "config.json"));

        RunFolder.Open(_scratch.Path("run"), _config with { }).Dispose();

        Assert.Equal(written, File.ReadAllText(_scratch.Path("run", "config.json")));
    }

    [Fact]
    public void WhatAKilledProcessHadBegunToWriteIsGoneWhenTheRunGoesOn()
    {
        RunFolder.Open(_scratch.Path("run"), _config).Dispose();
        File.WriteAllText(_scratch.Path("run", $"summary.json.{Guid.NewGuid():N}.part"), "{");
        File.WriteAllText(_scratch.Path("run", "novel.part"), "somebody's");

        RunFolder.Open(_scratch.Path("run"), _config).Dispose();

        Assert.Equal(["config.json", "novel.part"], Directory.GetFiles(_scratch.Path("run")).Select(Path.GetFileName).Where(static file => file != ".lock").Order());
    }

    [Fact]
    public void AnotherConfigIsRefusedWithTheFieldAndBothValues()
    {
        RunFolder.Open(_scratch.Path("run"), _config).Dispose();

        string Refused(Config other) => Assert.Throws<UserException>(() => RunFolder.Open(_scratch.Path("run"), other)).Message;

        Assert.Contains("training.learningRate is 0.001 there and 0.0005 here", Refused(_config with { Training = _config.Training with { LearningRate = 5e-4 } }));
        Assert.Contains("training.clipGradientNorm is absent there and 1 here", Refused(_config with { Training = _config.Training with { ClipGradientNorm = 1 } }));
        Assert.Contains("data[1] is \"train.en\" there and absent here", Refused(_config with { Data = ["train.de"] }));
        Assert.Contains("variant is \"ColWgqa\" there and \"Gqa\" here", Refused(_config with { Variant = "Gqa" }));
    }

    [Theory]
    [InlineData("{\"model_type\": \"t5\"}")]
    [InlineData("not JSON")]
    public void AFolderThatIsNoRunIsLeftAlone(string config)
    {
        File.WriteAllText(_scratch.Path("config.json"), config);

        var error = Assert.Throws<UserException>(() => RunFolder.Open(_scratch.Root, _config));

        Assert.Equal($"{_scratch.Path("config.json")} was not written by a run; choose another folder.", error.Message);
        Assert.Equal(config, File.ReadAllText(_scratch.Path("config.json")));
    }

    [Fact]
    public void OneRunAtATimeHasTheFolder()
    {
        using (RunFolder.Open(_scratch.Path("run"), _config))
        {
            var error = Assert.Throws<UserException>(() => RunFolder.Open(_scratch.Path("run"), _config));
            Assert.Contains("Another process is running in", error.Message);
        }

        RunFolder.Open(_scratch.Path("run"), _config).Dispose();
    }

    [Fact]
    public void AFolderThatCannotBeMadeIsRefused()
    {
        File.WriteAllText(_scratch.Path("file"), "");

        var error = Assert.Throws<UserException>(() => RunFolder.Open(_scratch.Path("file"), _config));

        Assert.Contains(_scratch.Path("file"), error.Message);
    }

    [Fact]
    public void ARunKeepsItsOwnResultsToo()
    {
        using var run = RunFolder.Open(_scratch.Path("run"), _config);
        Assert.Null(run.Read<RunSummary>("evaluation.json"));

        run.Write("evaluation.json", new { Steps = 3, Parameters = 5, Loss = 0.5, Tokens = 7, Seconds = 1.0, TokensPerSecond = 7.0 });

        Assert.Equal(0.5, run.Read<RunSummary>("evaluation.json")!.Loss);
        Assert.Null(run.Summary);
    }

    [Fact]
    public void ALineOfMetricsThatIsNoneIsNamed()
    {
        var file = _scratch.Path("metrics.jsonl");
        File.WriteAllText(file, "{\"step\":1}\n{}\n");

        var error = Assert.Throws<UserException>(() => MetricsLog.Read(file));

        Assert.StartsWith($"{file}, line 1 is not a line of metrics", error.Message);
    }
}
