using System.Text.Json.Nodes;
using Wgqa.Text;

namespace Wgqa.Experiments.Tests;

/// <summary>Pretraining and uptraining on plain text, from the command line.</summary>
public sealed class PlainTextTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    private const string Sequences = "24";

    [Fact]
    public void AModelIsPretrainedOnTextAndUptrainedForAShareOfIt()
    {
        var (pretrained, uptrained, model) = (tiny.New("pretrained"), tiny.New("uptrained"), "");
        var (first, second) = (Text("one"), Text("two"));
        var tokenizer = Path.Combine(tiny.Four, T5Tokenizer.FileName);
        var summary = Json("pretrain", "--task", "span-corruption", "--shape", "demo", "--tokenizer", tokenizer, "--data", first, second, "--validation", first,
            "--max-source", Sequences, "--steps", "20", "--batch", "4", "--out", pretrained);
        Assert.Equal(20, summary["summary"]!["steps"]!.GetValue<int>());
        Assert.True(summary["summary"]!["validationLoss"]!.GetValue<double>() > 0);
        model = summary["model"]!.GetValue<string>();

        // 20 updates are known from the run; 0.15 of them are 3.
        var share = Json("uptrain", "--model", model, "--variant", "ColWGqa", "--data", first, "--max-source", Sequences, "--share", "0.15", "--batch", "4", "--out", uptrained);
        Assert.Equal(3, share["summary"]!["steps"]!.GetValue<int>());
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(uptrained, "config.json")))!;
        Assert.Equal(("ColWGqa", "uptrain", 24), (config["variant"]!.GetValue<string>(), config["command"]!.GetValue<string>(), config["inputLength"]!.GetValue<int>()));
        Assert.Equal(0.15, config["corruption"]!["noiseDensity"]!.GetValue<double>());

        // What was uptrained is uptrained again as it is, and folds.
        Json("uptrain", "--model", Path.Combine(uptrained, "model"), "--data", first, "--max-source", Sequences, "--share", "0.05", "--of", "40", "--batch", "4", "--out", tiny.New("again"));
        App.Run("fold", "--run", uptrained, "--out", tiny.New("folded")).Succeeded();
    }

    [Fact]
    public void AlignmentByActivationsIsCalibratedOnTheText() =>
        Json("uptrain", "--model", tiny.Four, "--variant", "AlignedGqa", "--data", Text("text"), "--max-source", Sequences, "--steps", "1", "--batch", "4", "--out", tiny.New("aligned"));

    [Fact]
    public void AVocabularyIsTrainedOnTheText()
    {
        var run = tiny.New("pretrained");
        Json("pretrain", "--task", "span-corruption", "--shape", "demo", "--vocabulary", "30", "--data", Text("text"), "--max-source", Sequences, "--steps", "1", "--batch", "4", "--out", run);
        Assert.Equal(130, T5Tokenizer.Load(Path.Combine(run, "model")).VocabularySize);
    }

    [Fact]
    public void ARunWithoutALengthIsRefused()
    {
        App.Run("pretrain", "--task", "span-corruption", "--data", Text("text"), "--out", tiny.New("out")).RefusedWith("--steps");
        App.Run("uptrain", "--model", tiny.Four, "--data", Text("text"), "--out", tiny.New("out")).RefusedWith("--of", "--steps", tiny.Four);
        App.Run("uptrain", "--model", tiny.Four, "--data", Text("text"), "--share", "1.5", "--of", "10", "--out", tiny.New("out")).RefusedWith("--share is 1.5");
    }

    [Fact]
    public void ImpossibleCorruptionLeavesNoRunFolder()
    {
        var run = tiny.New("out");
        App.Run("uptrain", "--model", tiny.Four, "--data", Text("text"), "--noise", "1.5", "--steps", "1", "--out", run).RefusedWith("1.5");
        App.Run("uptrain", "--model", tiny.Four, "--data", Text("text"), "--steps", "1", "--out", run).RefusedWith("28 spans", "4 sentinels");
        App.Run("uptrain", "--model", tiny.Four, "--data", tiny.New("missing"), "--steps", "1", "--out", run).RefusedWith("does not exist");
        Assert.False(Directory.Exists(run));
    }

    [Fact]
    public void FineTuningIsOnPairs() =>
        App.Run("finetune", "--model", tiny.Four, "--variant", "Gqa", "--task", "span-corruption", "--data", tiny.Data, "--out", tiny.New("out")).RefusedWith("span-corruption");

    private static JsonNode Json(params string[] command) => JsonNode.Parse(App.Run([.. command, "--json"]).Succeeded())!;

    private string Text(string name)
    {
        var file = tiny.New(name) + ".txt";
        File.WriteAllLines(file, Enumerable.Range(0, 200).Select(i => i % 7 == 0 ? "" : $"The {(i % 3 == 0 ? "dog" : "river")} is here, der {(i % 5 == 0 ? "Zug" : "Baum")} ist hier."));
        return file;
    }
}
