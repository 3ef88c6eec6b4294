using System.Text.Json.Nodes;

namespace Wgqa.Experiments.Tests;

/// <summary>A test that needs the stand-in for a CUDA device.</summary>
public sealed class PretendFactAttribute : FactAttribute
{
    /// <summary>Skips without it.</summary>
    public PretendFactAttribute() => Skip = File.Exists(DeviceTests.PretendCuda) ? null : "needs the stand-in for a CUDA device, which there is over a libtorch without CUDA alone";
}

/// <summary>Every command that takes <c>--device</c> does on a device what it does on the CPU.</summary>
public sealed class DeviceTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    internal static string PretendCuda { get; } = Path.Combine(AppContext.BaseDirectory, "libWgqaPretendCuda.so");

    [PretendFact]
    public void AModelIsTrainedEvaluatedAndAsked()
    {
        var (here, there) = (tiny.New("run"), tiny.New("run"));
        string[] finetune = ["finetune", "--model", tiny.Four, "--variant", "colwgqa", "--data", tiny.Data, "--steps", "4", "--batch", "8", "--out"];
        App.Run([.. finetune, here]).Succeeded();
        On("cuda:1", [.. finetune, there]);
        Assert.Equal(Loss(here), Loss(there), 1e-4);

        var model = Path.Combine(there, "model");
        string[] evaluate = ["evaluate", "--model", model, "--data", tiny.Data, "--limit", "3", "--max-target", "6", "--json"];
        Assert.Equal(Scores(App.Run(evaluate).Succeeded()), Scores(On("cuda", evaluate)));
        foreach (var beams in new[] { "1", "3" })
        {
            string[] generate = ["generate", "--model", model, "--text", "Der Hund ist hier.", "--max-new-tokens", "8", "--beams", beams];
            Assert.Equal(App.Run(generate).Succeeded(), On("cuda", generate));
        }

        App.RunOn(PretendCuda, [.. finetune, tiny.New("run"), "--device", "cuda:2"]).RefusedWith("cuda:2", "2 CUDA devices");
    }

    [PretendFact]
    public void ATableOfVariantsOfEveryKindIsMade()
    {
        string[] table = ["table", "--model", tiny.Four, "--data", tiny.Data, "--variants", "MHA,ColWGqa,KdGqaFaithful,PGqaFaithful,BlendGqa,Dha,AlignedSearchedGqa", "--steps", "2", "--batch", "8", "--max-target", "8", "--precision", "bfloat16", "--json", "--out", tiny.New("table")];
        Assert.Equal(7, JsonNode.Parse(On("cuda", table))!["rows"]!.AsArray().Count);
    }

    [PretendFact]
    public void AModelIsPretrainedAndTimed()
    {
        On("cuda", "pretrain", "--data", tiny.Data, "--shape", "demo", "--vocabulary", "60", "--steps", "2", "--batch", "4", "--out", tiny.New("pretrained"));
        On("cuda", "bench", "--quick", "--tasks", "decode,step,beam,folded,train,overhead", "--shape", "demo", "--variants", "MHA,BlendGqa", "--runs", "1", "--python", "none");
    }

    private static string On(string device, params string[] arguments) => App.RunOn(PretendCuda, [.. arguments, "--device", device]).Succeeded();

    private static double Loss(string run) => JsonNode.Parse(File.ReadAllText(Path.Combine(run, "summary.json")))!["loss"]!.GetValue<double>();

    private static string Scores(string json) => json.Split("\"seconds")[0].Split("tokensPerSecond")[0];
}
