using System.Diagnostics;
using System.Text.Json.Nodes;
using TorchSharp;
using Wgqa.Checkpoints;
using Wgqa.Experiments.Recipes;
using Wgqa.Testing;

namespace Wgqa.Experiments.Tests;

/// <summary>Every command, from a model folder to a table, on a model small enough to train in a moment.</summary>
public sealed class CommandTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    [Fact]
    public void VariantsListsTheTableOfThePaperWithItsCounts()
    {
        var json = JsonNode.Parse(App.Run("variants", "--shape", "t5-base", "--json").Succeeded())!;
        var rows = json["variants"]!.AsArray().ToDictionary(row => row!["variant"]!.GetValue<string>().ToUpperInvariant(), row => row!);
        Assert.All(PaperTable.Names, name => Assert.Contains(name, rows.Keys));
        Assert.Equal([576, 36_864, 442_368], new[] { "WGQA", "COLWMQA", "RANDROWWGQA" }.Select(name => rows[name]["extraParameters"]!.GetValue<long>()));
        Assert.Equal([12, 6, 1], new[] { "MHA", "GQA", "MQA" }.Select(name => rows[name]["groups"]!.GetValue<int>()));

        // 12 layers × 2 sites × 2 (k, v) × G × 64 × 4 bytes
        Assert.Equal([147_456, 73_728, 12_288], new[] { "MHA", "GQA", "MQA" }.Select(name => rows[name]["kvBytesPerToken"]!.GetValue<long>()));
    }

    [Fact]
    public void TokenizeRoundTrips()
    {
        var ids = App.RunWithInput("The dog is here.\n"u8.ToArray(), "tokenize", "--model", tiny.Four).Succeeded();
        Assert.EndsWith(" 1\n", ids, StringComparison.Ordinal);
        var bytes = System.Text.Encoding.UTF8.GetBytes(ids);
        Assert.Equal("The dog is here.</s>\n", App.RunWithInput(bytes, "tokenize", "--model", tiny.Four, "--decode").Succeeded());
        Assert.Equal("The dog is here.\n", App.RunWithInput(bytes, "tokenize", "--model", tiny.Four, "--decode", "--skip-special").Succeeded());
    }

    [Fact]
    public void ScoresAreThoseOfTheMetrics()
    {
        var (predictions, references) = (tiny.New("predictions"), tiny.New("references"));
        File.WriteAllLines(predictions, ["the cat sat on the mat", "a dog"]);
        File.WriteAllLines(references, ["the cat sat on the mat", "a dog"]);
        var bleu = JsonNode.Parse(App.Run("score", "bleu", "--predictions", predictions, "--references", references, "--json").Succeeded())!;
        var rouge = JsonNode.Parse(App.Run("score", "rouge", "--predictions", predictions, "--references", references, "--stem", "--json").Succeeded())!;
        Assert.Equal(100, bleu["bleu"]!.GetValue<double>(), 6);
        Assert.Equal([100.0, 100.0, 100.0], new[] { "rouge1", "rougeL", "rougeLsum" }.Select(name => rouge[name]!.GetValue<double>()));
    }

    [Fact]
    public void AVariantTrainsAndItsFoldAndExpansionComputeTheSame()
    {
        var (run, folded, stock) = (tiny.New("run"), tiny.New("folded"), tiny.New("stock"));
        App.Run("finetune", "--model", tiny.Four, "--variant", "rowwgqa", "--data", tiny.Data, "--steps", "3", "--batch", "8", "--out", run).Succeeded();
        App.Run("fold", "--run", run, "--out", folded).Succeeded();
        App.Run("fold", "--run", run, "--out", stock, "--expand").Succeeded();
        Assert.DoesNotContain("wgqa", File.ReadAllText(Path.Combine(stock, "config.json")), StringComparison.Ordinal);

        var inputs = tiny.New("inputs");
        using (var ids = torch.tensor(new long[] { 5, 9, 12, 1 }, [1, 4]))
        {
            SafetensorsFile.Write(inputs, [("input_ids", ids), ("attention_mask", ids.ne(0).to_type(torch.int64)), ("decoder_input_ids", ids)]);
        }

        float[] Logits(string model)
        {
            var output = tiny.New("logits");
            App.Run("logits", "--model", model, "--inputs", inputs, "--out", output).Succeeded();
            using var file = SafetensorsFile.Open(output);
            using var logits = file.Read("logits");
            return logits.data<float>().ToArray();
        }

        var trained = Logits(Path.Combine(run, "model"));
        var multiHead = Logits(tiny.Four);
        Assert.All(trained.Zip(Logits(folded)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.All(trained.Zip(Logits(stock)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Contains(trained.Zip(multiHead), pair => Math.Abs(pair.First - pair.Second) > 1e-3f);
    }

    [Fact]
    public void AProfileSaysWhereTheTimeGoesAndChangesNothing()
    {
        var (plain, profiled) = (tiny.New("plain"), tiny.New("profiled"));
        string[] command = ["finetune", "--model", tiny.Four, "--variant", "gqa", "--data", tiny.Data, "--steps", "8", "--batch", "8"];
        Assert.DoesNotContain("where a step's time goes", App.Run([.. command, "--out", plain]).Error, StringComparison.Ordinal);
        var error = App.Run([.. command, "--out", profiled, "--profile", "3"]).Error;

        Assert.Contains("where a step's time goes (3 steps of ", error, StringComparison.Ordinal);
        Assert.All(new[] { "data", "forward", "loss", "backward", "optimizer", "between" }, part => Assert.Contains($"  {part} ", error, StringComparison.Ordinal));
        Assert.Contains(" 0 tensors more than before", error, StringComparison.Ordinal);
        SaysOperators(error);
        Assert.Equal(File.ReadAllBytes(Path.Combine(plain, "model", "model.safetensors")), File.ReadAllBytes(Path.Combine(profiled, "model", "model.safetensors")));
        App.Run([.. command, "--out", tiny.New("out"), "--profile", "0"]).RefusedWith("--profile is 0");
    }

    [Fact]
    public void AProfileOfDecodingSaysWhereTheTimeGoesAndChangesNothing()
    {
        string[] evaluate = ["evaluate", "--model", tiny.Four, "--data", tiny.Data, "--max-target", "5", "--json"];
        var (plain, profiled) = (App.Run(evaluate), App.Run([.. evaluate, "--profile"]));
        Assert.Equal(JsonNode.Parse(plain.Succeeded())!["scores"]!.ToJsonString(), JsonNode.Parse(profiled.Succeeded())!["scores"]!.ToJsonString());
        Assert.DoesNotContain("where a decoding step's time goes", plain.Error, StringComparison.Ordinal);

        var generated = App.Run("generate", "--model", tiny.Four, "--text", "ein Hund", "--beams", "3", "--max-new-tokens", "5", "--profile");
        Assert.Single(generated.Succeeded().TrimEnd('\n').Split('\n'));
        Assert.Contains("  reorder ", generated.Error, StringComparison.Ordinal);
        foreach (var error in new[] { profiled.Error, generated.Error })
        {
            Assert.Contains("where a decoding step's time goes (", error, StringComparison.Ordinal);
            Assert.All(new[] { "text", "encode", "decode", "search" }, part => Assert.Contains($"  {part} ", error, StringComparison.Ordinal));
            SaysOperators(error);
        }
    }

    private static void SaysOperators(string error)
    {
        // Another TorchSharp's operators nobody times, and then that is said.
        if (!error.Contains("operators are not told apart", StringComparison.Ordinal))
        {
            Assert.Contains("operators on all threads, each without those that it calls (", error, StringComparison.Ordinal);
            Assert.Contains("  aten::", error, StringComparison.Ordinal);   // which of them are shown is a matter of time
        }
    }

    [Theory]
    [InlineData("generate")]
    [InlineData("tokenize")]
    public async Task WaitingForALineEndsWithASentenceWhenInterrupted(string name)
    {
        using var process = App.Start(name, "--model", tiny.Four);
        await process.StandardInput.WriteLineAsync("ein Hund");
        await process.StandardInput.FlushAsync();
        var error = process.StandardError.ReadToEndAsync();

        while (!process.HasExited && !WaitsForInput(process.Id))
        {
            await Task.Delay(20);
        }

        // Not SIGINT: tests that a shell runs in the background ignore it, and so do their processes.
        Process.Start("kill", ["-TERM", $"{process.Id}"]).WaitForExit();
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        Assert.Matches("^wgqa: Interrupted after 1 lines of standard input\\.\n$", await error);
    }

    // Whether a thread of it is in the system call read (0 on x86-64, 63 on arm64) on what its standard input is, under whatever number.
    private static bool WaitsForInput(int process)
    {
        string? Link(string number) => new FileInfo($"/proc/{process}/fd/{number}").LinkTarget;
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task").Any(task =>
                File.ReadAllText(Path.Combine(task, "syscall")).Split(' ') is ["0" or "63", var descriptor, ..] && Link($"{Convert.ToInt32(descriptor, 16)}") == Link("0"));
        }
        catch (IOException)
        {
            return false;   // a thread that has just ended
        }
    }

    [Fact]
    public void BatchesAreCountedInTokensWhereAskedFor()
    {
        var run = tiny.New("run");
        var trained = App.Run("finetune", "--model", tiny.Four, "--variant", "gqa", "--data", tiny.Data, "--epochs", "2", "--batch-tokens", "200", "--out", run, "--json");
        var summary = JsonNode.Parse(trained.Succeeded())!["summary"]!;
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "config.json")))!;

        // 24 pairs, of which some at a time are 200 tokens; an update for each batch.
        Assert.Contains("% are padding", trained.Error, StringComparison.Ordinal);
        Assert.InRange(summary["steps"]!.GetValue<int>(), 2 * 3, 2 * 12);
        Assert.True(summary["validationLoss"]!.GetValue<double>() > 0);
        Assert.Equal(200, config["batchTokens"]!.GetValue<int>());
        Assert.Null(config["batchSize"]);
        App.Run("finetune", "--model", tiny.Four, "--variant", "gqa", "--data", tiny.Data, "--batch-tokens", "0", "--out", tiny.New("out")).RefusedWith("--batch-tokens is 0");
        App.Run("pretrain", "--data", tiny.Data, "--batch-tokens", "200", "--out", tiny.New("out")).RefusedWith("--batch-tokens", "--steps");
    }

    [Fact]
    public void GenerateReadsStandardInputAndKeepsTheLinesOrder()
    {
        var folder = tiny.Copy();
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), """{"suppress_tokens": [0, 1, 2]}""");   // words only: the model is untrained
        var single = App.Run("generate", "--model", folder, "--max-new-tokens", "5", "--text", "Der Hund ist hier.").Succeeded();
        var piped = App.RunWithInput("Ist hier.\nDer Hund ist hier.\n"u8.ToArray(), "generate", "--model", folder, "--max-new-tokens", "5").Succeeded();
        Assert.NotEqual("\n", single);
        Assert.Equal(single, piped.Split('\n')[1] + "\n");
    }

    [Fact]
    public void GenerateDoesAsTheFoldersGenerationConfigSaysUnlessTold()
    {
        var folder = tiny.Copy();
        string Generate(params string[] told) => App.Run(["generate", "--model", folder, "--text", "Der Hund ist hier.", .. told]).Succeeded();
        var file = Path.Combine(folder, "generation_config.json");
        void Configure(string keys) => File.WriteAllText(file, $$"""{"suppress_tokens": [0, 1, 2], {{keys}}}""");   // words only: the model is untrained

        Configure("\"max_new_tokens\": 2");
        var two = Generate();
        Assert.Equal(two, Generate("--beams", "1"));
        Configure("\"max_new_tokens\": 6, \"num_return_sequences\": 3, \"num_beams\": 3");
        var six = Generate();
        Assert.NotEqual(two, six);
        Assert.Equal(two, Generate("--max-new-tokens", "2", "--beams", "1"));

        File.WriteAllText(file, """{"num_beams": "many"}""");
        App.Run("generate", "--model", folder, "--text", "Der Hund.").RefusedWith("generation_config.json", "num_beams", "many");
    }

    [Fact]
    public void ATableIsFinishedByStartingItAgain()
    {
        var folder = tiny.New("table");
        string[] Arguments(string variants) =>
            ["table", "--model", tiny.Four, "--data", tiny.Data, "--variants", variants, "--steps", "2", "--batch", "8", "--max-target", "8", "--out", folder, "--json"];
        var first = JsonNode.Parse(App.Run(Arguments("MHA")).Succeeded())!["rows"]!.AsArray();
        var whole = JsonNode.Parse(App.Run(Arguments("MHA,COLWMQA,GQA")).Succeeded())!["rows"]!.AsArray();
        Assert.Equal(["Mha", "ColWMqa", "Gqa"], whole.Select(row => row!["variant"]!.GetValue<string>()));
        Assert.Equal(first[0]!.ToJsonString(), whole[0]!.ToJsonString());
        Assert.Equal([4, 1, 2], whole.Select(row => row!["groups"]!.GetValue<int>()));

        // 2 layers × 2 sites × 2 (k, v) × 4 heads × 4
        Assert.Equal([0, 128, 0], whole.Select(row => row!["extraParameters"]!.GetValue<long>()));

        // 2 layers × 2 sites × 2 (k, v) × G × 4 × 4 bytes
        Assert.Equal([512, 128, 256], whole.Select(row => row!["kvBytesPerToken"]!.GetValue<long>()));
        Assert.All(whole, row => Assert.InRange(row!["foldMaxError"]!.GetValue<double>(), 0, 1e-4));
        Assert.All(whole, row => Assert.Equal(row!["bleu"]!.GetValue<double>(), row["foldedBleu"]!.GetValue<double>(), 6));

        // Other test texts: the training is kept, the row is not.
        var fewer = JsonNode.Parse(App.Run([.. Arguments("MHA"), "--test-limit", "2", "--beams", "2"]).Succeeded())!["rows"]!.AsArray();
        Assert.Equal((4, 2), (whole[0]!["texts"]!.GetValue<int>(), fewer[0]!["texts"]!.GetValue<int>()));
        Assert.Equal(whole[0]!["loss"]!.GetValue<double>(), fewer[0]!["loss"]!.GetValue<double>());
        App.Run(Arguments("MHA,COLWMQA,GQA")).Succeeded();
        Assert.Equal(3, File.ReadAllLines(Path.Combine(folder, "table.md")).Count(line => line.Contains("WMqa", StringComparison.Ordinal) || line.Contains("Gqa", StringComparison.Ordinal) || line.Contains("Mha", StringComparison.Ordinal)));
    }

    [Fact]
    public void VariantsOfEveryKindTrainFoldAndDecodeInBFloat16WithCachesOfHalfTheSize()
    {
        const string Variants = "Gqa,WMqa,ColWGqa,DenseWGqa,StridedGqa,Dha,KdGqa,PGqa,BlendGqa";
        var folder = tiny.New("table");
        string[] arguments = ["table", "--model", tiny.Four, "--data", tiny.Data, "--variants", Variants, "--steps", "2", "--batch", "8", "--max-target", "8", "--out", folder, "--precision", "bfloat16", "--json"];
        var rows = JsonNode.Parse(App.Run(arguments).Succeeded())!["rows"]!.AsArray().ToDictionary(row => row!["variant"]!.GetValue<string>(), row => row!);

        Assert.Equal(Variants.Split(','), rows.Keys);
        Assert.All(rows.Values, row => Assert.Null(row["obstacle"]));
        Assert.Equal(2 * 2 * (2 * 2) * 4 * 2, rows["Gqa"]["kvBytesPerToken"]!.GetValue<long>());   // 2 layers × 2 sites × (2 keys + 2 values) × 4 × 2 bytes
        Assert.All(rows.Values.Where(row => row["foldMaxError"] is not null), row => Assert.Equal(0, row["foldMaxError"]!.GetValue<double>()));
        Assert.Contains("\"BFloat16\"", File.ReadAllText(Path.Combine(folder, "cells", "translation", "Gqa", "seed-1", "config.json")), StringComparison.Ordinal);
        using var saved = SafetensorsFile.Open(Path.Combine(folder, "cells", "translation", "ColWGqa", "seed-1", "model", "model.safetensors"));
        Assert.All(saved.Entries.Values, entry => Assert.Equal(torch.ScalarType.Float32, entry.Type));
    }

    [Fact]
    public void ATableTakesVariantsThatFoldFoldWhenFrozenOrNeverFold()
    {
        const string Variants = "FairGqa,DenseWGqa,StridedGqa,CrossMqa,Dha,AlignedSearchedGqa,KdGqa,DGqaDifference,DGqaDifferenceFaithful,DGqaEmaFaithful,PGqa,PGqaFaithful,BlendGqa";
        string[] arguments = ["table", "--model", tiny.Four, "--data", tiny.Data, "--variants", Variants, "--steps", "2", "--batch", "8", "--max-target", "8", "--out", tiny.New("table"), "--json"];
        var table = App.Run(arguments).Succeeded();
        Assert.Equal(table, App.Run(arguments).Succeeded());   // rows that are written are read, not redone
        var rows = JsonNode.Parse(table)!["rows"]!.AsArray()
            .ToDictionary(row => row!["variant"]!.GetValue<string>(), row => row!);
        Assert.Equal(Variants.Split(','), rows.Keys);

        // Cross-attention meets the same keys again at the second token: the published difference is 0, and its shares 0 by 0.
        Assert.Contains("divides 0 by 0", rows["DGqaDifferenceFaithful"]["obstacle"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Null(rows["DGqaDifferenceFaithful"]["bleu"]);
        Assert.All(rows.Where(row => row.Key != "DGqaDifferenceFaithful"), row => Assert.Null(row.Value["obstacle"]));

        Assert.Equal(["DGqaDifferenceFaithful", "PGqaFaithful", "BlendGqa"], rows.Where(row => row.Value["foldMaxError"] is null).Select(row => row.Key));
        Assert.Equal(["PGqaFaithful", "BlendGqa"], rows.Where(row => row.Value["foldedBleu"] is null).Select(row => row.Key));

        // As published, evaluation allocates anew by its own keys: what is frozen is another model.
        Assert.All(rows.Where(row => row.Value["foldMaxError"] is not null && row.Key != "DGqaEmaFaithful"), row => Assert.InRange(row.Value["foldMaxError"]!.GetValue<double>(), 0, 1e-4));

        // 2 layers × (self + cross) × (k + v) heads × 4 × 4 bytes
        Assert.Equal(2 * 2 * 4 * 16, rows["KdGqa"]["kvBytesPerToken"]!.GetValue<long>());
        Assert.Equal(2 * (4 + 2) * 16, rows["CrossMqa"]["kvBytesPerToken"]!.GetValue<long>());
        Assert.Equal(2 * 2 * (1 + 2) * 16, rows["Dha"]["kvBytesPerToken"]!.GetValue<long>());
        Assert.Equal((2, 2, null), (rows["KdGqa"]["groups"]?.GetValue<int>(), rows["StridedGqa"]["groups"]?.GetValue<int>(), rows["Dha"]["groups"]?.GetValue<int>()));
    }

    [Fact]
    public void AnAllocationIsFrozenBeforeItIsFolded()
    {
        var run = tiny.New("run");
        App.Run("finetune", "--model", tiny.Four, "--variant", "KdGqa", "--data", tiny.Data, "--steps", "2", "--batch", "8", "--out", run).Succeeded();
        App.Run("fold", "--run", run, "--out", tiny.New("folded")).RefusedWith("KdGqa", "frozen");
        var folded = tiny.New("folded");
        App.Run("fold", "--run", run, "--freeze", "--out", folded).Succeeded();
        Assert.Equal(App.Run("evaluate", "--model", Path.Combine(run, "model"), "--data", tiny.Data, "--limit", "2", "--max-target", "4", "--json").Succeeded().Split("\"seconds")[0].Split("tokensPerSecond")[0],
            App.Run("evaluate", "--model", folded, "--data", tiny.Data, "--limit", "2", "--max-target", "4", "--json").Succeeded().Split("\"seconds")[0].Split("tokensPerSecond")[0]);
        App.Run("fold", "--run", tiny.Four, "--freeze", "--out", tiny.New("folded")).RefusedWith("no variant");
    }

    [Fact]
    public void CalibrationDataAreAskedForWhereHeadsAreComparedByWhatTheyCompute()
    {
        App.Run("convert", "--model", tiny.Four, "--variant", "AlignedSearchedGqa", "--out", tiny.New("converted")).RefusedWith("AlignedSearchedGqa", "--data");
        App.Run("convert", "--model", tiny.Four, "--variant", "AlignedSearchedGqa", "--data", tiny.Data, "--out", tiny.New("converted")).Succeeded();
        App.Run("convert", "--model", tiny.Four, "--variant", "AlignedGqa", "--out", tiny.New("converted")).Succeeded();
    }

    [Fact]
    public void ConvertingByWeightsNeedsNoTokenizer()
    {
        var folder = tiny.Copy();
        File.Delete(Path.Combine(folder, "spiece.model"));
        App.Run("convert", "--model", folder, "--variant", "SearchedGqa", "--out", tiny.New("converted")).Succeeded();
    }

    [Fact]
    public void ExplainSaysWhatAVariantIs()
    {
        var text = App.Run("explain", "colwgqa").Succeeded();
        Assert.Contains("column-weighted sum of 2", text, StringComparison.Ordinal);
        Assert.Contains("key/value     0       1     ⋯     h/2-1", text, StringComparison.Ordinal);
        Assert.Contains("36,864 learned weights", text, StringComparison.Ordinal);
        Assert.Contains("73,728 bytes per token in float32, 147,456 in a multi-head model", text, StringComparison.Ordinal);
        Assert.Contains("Wᵍ = Σₕ diag(cₕ) Wₕ", text, StringComparison.Ordinal);
        Assert.Contains("arXiv 2407.10855", text, StringComparison.Ordinal);

        var json = JsonNode.Parse(App.Run("explain", "Dha", "--shape", "t5-small", "--dtype", "bfloat16", "--json").Succeeded())!;
        Assert.Equal("2/4", json["keyValueHeads"]!.GetValue<string>());
        Assert.Equal(6 * 2 * (2 + 4) * 64 * 2, json["kvBytesPerToken"]!.GetValue<long>());
        Assert.StartsWith("no: query heads attend to learned blends", JsonNode.Parse(App.Run("explain", "BlendGqa", "--json").Succeeded())!["folds"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("partial class Dha", App.Run("explain", "Dha", "--code").Succeeded(), StringComparison.Ordinal);
        App.Run("explain", "Nothing").RefusedWith("'Nothing' is not a declared variant");
        App.Run("explain", "Dha", "--shape", "t5-v1_1-small").RefusedWith("6 heads", "groups of 4", "Dha");
    }

    [Fact]
    public void APeerThatEndsIsQuoted()
    {
        using var folder = new TemporaryFolder();
        var peer = folder.Write("peer", "#!/bin/sh\necho '{\"torch\": \"0\", \"transformers\": \"0\"}'\nread line\necho 'a line before' >&2\necho 'TypeError: no such model' >&2\nexit 1\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(peer, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        App.Run("bench", "--quick", "--tasks", "decode", "--shape", "demo", "--variants", "MHA", "--runs", "1", "--threads", "1", "--python", peer).RefusedWith("peer", "load", "TypeError: no such model");
    }

    [Fact]
    public void BenchMeasuresDecodingTrainingAndScoringWithoutAPeer()
    {
        var json = JsonNode.Parse(App.Run("bench", "--quick", "--tasks", "decode,train,score,tokenize", "--shape", "demo", "--variants", "MHA,BlendGqa", "--runs", "1", "--threads", "1", "--python", "none", "--json").Succeeded())!;
        var results = json["results"]!.AsArray();
        Assert.Equal(["decode", "decode", "decode", "decode", "train", "train", "rouge", "bleu", "tokenize"], results.Select(one => one!["task"]!.GetValue<string>()));
        Assert.All(results.SkipLast(1), one => Assert.True(one!["seconds"]!.GetValue<double>() > 0 && one["peerSeconds"] is null && one["agrees"] is null));

        // Beside spm_encode where the machine has it, whose ids are the same.
        Assert.NotEqual(false, results[^1]!["agrees"]?.GetValue<bool>());

        // demo: 96 wide, 8 heads of 12, 2 layers; the decoder and the head are read at each of 16 tokens.
        var floor = results[0]!["floorSeconds"]!.GetValue<double>() * json["bytesPerSecond"]!.GetValue<double>();
        Assert.InRange(floor, 4 * 16 * 32128 * 96, 4 * 17 * (32128 + 5000) * 96);
        App.Run("bench", "--runs", "0").RefusedWith("--runs", "0");
        App.Run("bench", "--tasks", "train,sing").RefusedWith("--tasks", "sing");
        App.Run("bench", "--quick", "--tasks", "score", "--runs", "1", "--python", "/no/such/python", "--json").Succeeded();
        var folded = JsonNode.Parse(App.Run("bench", "--quick", "--tasks", "beam,folded", "--shape", "demo", "--variants", "MHA", "--runs", "1", "--python", "none", "--json").Succeeded())!["results"]!.AsArray();
        Assert.Equal(["beam", "beam", "folded", "folded"], folded.Select(one => one!["task"]!.GetValue<string>()));
        Assert.All(folded.Skip(2), one => Assert.True(one!["ratio"]!.GetValue<double>() > 0));
        var overhead = JsonNode.Parse(App.Run("bench", "--quick", "--tasks", "overhead", "--shape", "demo", "--runs", "1", "--python", "none", "--json").Succeeded())!["results"]!.AsArray();
        Assert.Equal(["overhead", "overhead", "overhead"], overhead.Select(one => one!["task"]!.GetValue<string>()));
        Assert.All(overhead, one => Assert.True(one!["ratio"]!.GetValue<double>() > 0));
    }

    [Fact]
    public void EveryCommandHasHelp()
    {
        string[] commands = ["demo", "variants", "explain", "pretrain", "uptrain", "finetune", "evaluate", "generate", "convert", "fold", "table", "recipes", "score", "tokenize", "logits", "bench"];
        var all = App.Run("--help").Succeeded();
        Assert.All(commands, command =>
        {
            Assert.Contains($"  {command} ", all, StringComparison.Ordinal);
            Assert.Contains("Usage:", App.Run(command, "--help").Succeeded(), StringComparison.Ordinal);
        });
    }
}
