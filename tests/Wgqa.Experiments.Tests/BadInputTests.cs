using System.Text;

namespace Wgqa.Experiments.Tests;

/// <summary>What a user can get wrong costs one sentence that names it, and nothing on the disk.</summary>
public sealed class BadInputTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    [Fact]
    public void AnUnknownCommandIsNamed() => App.Run("finetoon").RefusedWith("finetoon");

    [Fact]
    public void ADecimalCommaIsNotTakenForNothing() =>
        App.Run("finetune", "--model", tiny.Four, "--variant", "Gqa", "--data", tiny.Data, "--lr", "0,001", "--out", tiny.New("out")).RefusedWith("--lr is '0,001'", "point");

    [Fact]
    public void AnEmptyPathIsNamed() => App.Run("evaluate", "--model", "", "--data", tiny.Data).RefusedWith("--model is empty");

    [Fact]
    public void MoreProcessesThanTheMachineCanHoldAreNotStarted() =>
        App.Run("finetune", "--model", tiny.Four, "--variant", "Gqa", "--data", tiny.Data, "--nproc", "5000", "--out", tiny.New("out")).RefusedWith("--nproc is 5000", "cores");

    [Fact]
    public void AMissingOptionIsNamed() => App.Run("convert", "--model", tiny.Four).RefusedWith("--variant");

    [Fact]
    public void AMissingModelFolderIsNamed()
    {
        var missing = tiny.New("missing");
        App.Run("evaluate", "--model", missing, "--data", tiny.Data).RefusedWith(missing);
    }

    [Fact]
    public void AnUnknownPrecisionIsNamed() =>
        App.Run("evaluate", "--model", tiny.Four, "--data", tiny.Data, "--precision", "int3").RefusedWith("int3", "bfloat16");

    [Fact]
    public void AMissingDataFileIsNamed()
    {
        var missing = tiny.New("missing") + ".jsonl";
        App.Run("evaluate", "--model", tiny.Four, "--data", missing).RefusedWith(missing, "does not exist");
    }

    [Fact]
    public void AnUnknownVariantIsNamedBesideTheDeclaredOnes() =>
        App.Run("convert", "--model", tiny.Four, "--variant", "Banana", "--out", tiny.New("out")).RefusedWith("Banana", "ColWGqa");

    [Fact]
    public void GroupsThatDoNotDivideTheHeadsAreRefusedWithBothNumbers()
    {
        var output = tiny.New("out");
        App.Run("convert", "--model", tiny.Three, "--variant", "Gqa", "--out", output).RefusedWith("3 heads", "2");
        Assert.False(Directory.Exists(output));
    }

    [Fact]
    public void ATruncatedCheckpointIsRefusedWithBothSizes()
    {
        var folder = tiny.Copy();
        var file = Path.Combine(folder, "model.safetensors");
        var whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, whole[..^100]);
        App.Run("convert", "--model", folder, "--variant", "Gqa", "--out", tiny.New("out")).RefusedWith(file);
    }

    [Fact]
    public void AHeaderThatLiesAboutItsLengthIsRefused()
    {
        var folder = tiny.Copy();
        var file = Path.Combine(folder, "model.safetensors");
        var bytes = File.ReadAllBytes(file);
        BitConverter.TryWriteBytes(bytes, (ulong)bytes.Length * 1000);
        File.WriteAllBytes(file, bytes);
        App.Run("convert", "--model", folder, "--variant", "Gqa", "--out", tiny.New("out")).RefusedWith(file, bytes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void AConfigurationThatDoesNotMatchTheWeightsIsRefusedWithBothShapes()
    {
        var folder = tiny.Copy();
        var config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"d_ff\": 24", "\"d_ff\": 48", StringComparison.Ordinal));
        App.Run("convert", "--model", folder, "--variant", "Gqa", "--out", tiny.New("out")).RefusedWith("DenseReluDense", "24", "48");
    }

    [Theory]
    [InlineData("d_ff", "24", "2000000000")]
    [InlineData("d_kv", "4", "1000000000")]
    [InlineData("num_layers", "1", "1000000000")]
    [InlineData("relative_attention_num_buckets", "32", "2000000000")]
    public void ASizeThatTheWeightsDoNotHaveTakesNoMemory(string key, string was, string claimed)
    {
        var folder = tiny.Copy();
        var config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, File.ReadAllText(config)
            .Replace($"\"{key}\": {was},", $"\"{key}\": {claimed},", StringComparison.Ordinal)
            .Replace("\"relative_attention_max_distance\": 128,", "\"relative_attention_max_distance\": 2000000000,", StringComparison.Ordinal));   // so many buckets need a distance beyond them
        App.Run("convert", "--model", folder, "--variant", "Gqa", "--out", tiny.New("out")).RefusedWith("model.safetensors");
    }

    [Fact]
    public void ATokenizerThatIsNoneIsRefused()
    {
        var folder = tiny.Copy();
        File.WriteAllText(Path.Combine(folder, "spiece.model"), "not a model");
        App.RunWithInput("hello\n"u8.ToArray(), "tokenize", "--model", folder).RefusedWith("spiece.model");
    }

    [Fact]
    public void EmptyDataAreRefused()
    {
        var file = tiny.New("empty") + ".jsonl";
        File.WriteAllText(file, "");
        App.Run("evaluate", "--model", tiny.Four, "--data", file).RefusedWith(file, "empty");
    }

    [Fact]
    public void ABadJsonLineIsNamedByItsNumber()
    {
        var file = tiny.New("bad") + ".jsonl";
        File.WriteAllLines(file, Enumerable.Range(1, 20).Select(line => line == 17 ? "{\"source\": \"a\", " : "{\"source\": \"a\", \"target\": \"b\"}"));
        var run = tiny.New("run");
        App.Run("finetune", "--model", tiny.Four, "--variant", "Gqa", "--data", file, "--out", run).RefusedWith(file, "line 17");
        Assert.False(Directory.Exists(run));
    }

    [Fact]
    public void TextThatIsNotUtf8IsNamedByItsLine()
    {
        var file = tiny.New("latin") + ".tsv";
        File.WriteAllBytes(file, [.. "a\tb\n"u8, .. Encoding.Latin1.GetBytes("Mädchen\tgirl\n")]);
        App.Run("evaluate", "--model", tiny.Four, "--data", file).RefusedWith(file, "line 2");
        App.RunWithInput(Encoding.Latin1.GetBytes("Mädchen\n"), "tokenize", "--model", tiny.Four).RefusedWith("standard input", "UTF-8");
    }

    [Fact]
    public void FilesOfDifferentLengthAreRefusedWithBothCounts()
    {
        var (predictions, references) = (tiny.New("predictions"), tiny.New("references"));
        File.WriteAllLines(predictions, ["a", "b", "c"]);
        File.WriteAllLines(references, ["a", "b"]);
        App.Run("score", "bleu", "--predictions", predictions, "--references", references).RefusedWith("3", "2", predictions, references);
    }

    [Fact]
    public void AnIdBeyondTheVocabularyIsRefusedBeforeNativeCodeSeesIt()
    {
        var file = tiny.New("inputs") + ".safetensors";
        using (var ids = TorchSharp.torch.tensor(new long[] { 1, 99999 }, [1, 2]))
        {
            Checkpoints.SafetensorsFile.Write(file, [("input_ids", ids), ("decoder_input_ids", ids)]);
        }

        var output = tiny.New("out");
        App.Run("logits", "--model", tiny.Four, "--inputs", file, "--out", output).RefusedWith("input_ids", "99999");
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void AnOptionOfTheWrongKindIsSaidInPlainWords() =>
        App.Run("generate", "--model", tiny.Four, "--beams", "many").RefusedWith("--beams is 'many'; it must be a whole number");

    [Theory]
    [InlineData("--batch", "0")]
    [InlineData("--beams", "-1")]
    [InlineData("--max-source", "0")]
    [InlineData("--max-new-tokens", "0")]
    [InlineData("--length-penalty", "nan")]
    public void AnOptionOfGenerateThatIsOutOfRangeIsRefused(string option, string value) =>
        App.Run("generate", "--model", tiny.Four, "--text", "Der Hund", option, value).RefusedWith(value == "nan" ? "NaN" : value);

    [Fact]
    public void MoreUpdatesThanCanBeCountedAreRefused() =>
        App.Run("finetune", "--model", tiny.Four, "--variant", "Gqa", "--data", tiny.Data, "--epochs", "2000000000", "--batch", "1", "--out", tiny.New("run"))
            .RefusedWith("--epochs", "2000000000", "48000000000");

    [Fact]
    public void AModelIsNotWrittenOverItself()
    {
        var folder = tiny.Copy();
        var before = File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));
        App.Run("convert", "--model", folder, "--variant", "Gqa", "--out", folder + "/").RefusedWith("--out", folder);
        App.Run("fold", "--run", folder, "--out", folder).RefusedWith("--out", folder);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
    }

    [Fact]
    public void AModelThatCannotBeLoadedLeavesNoRunFolderBehind()
    {
        var folder = tiny.Copy();
        File.Delete(Path.Combine(folder, "model.safetensors"));
        var run = tiny.New("run");
        App.Run("finetune", "--model", folder, "--variant", "Gqa", "--data", tiny.Data, "--out", run).RefusedWith("model.safetensors");
        Assert.False(Directory.Exists(run));
    }

    [Fact]
    public void AVariantThatDoesNotFitIsRefusedBeforeAnyIsTrained()
    {
        var output = tiny.New("table");
        App.Run("table", "--model", tiny.Three, "--variants", "Mqa,Gqa", "--data", tiny.Data, "--steps", "1", "--out", output).RefusedWith("3 heads");
        Assert.False(Directory.Exists(output));
        App.Run("table", "--model", tiny.Three, "--variants", ",", "--data", tiny.Data, "--out", output).RefusedWith("--variants");
    }

    [Fact]
    public void AFolderWhereAFileBelongsIsNamed() =>
        App.Run("logits", "--model", tiny.Four, "--inputs", tiny.Data, "--out", tiny.New("out")).RefusedWith(tiny.Data, "is a folder");

    [Fact]
    public void ARunFolderOfAnotherRunIsLeftAlone()
    {
        var run = tiny.New("run");
        string[] arguments = ["finetune", "--model", tiny.Four, "--variant", "Gqa", "--data", tiny.Data, "--steps", "2", "--batch", "8", "--out", run];
        App.Run(arguments).Succeeded();
        App.Run([.. arguments, "--lr", "0.5"]).RefusedWith("learningRate", "0.5", "0.001");
    }
}
