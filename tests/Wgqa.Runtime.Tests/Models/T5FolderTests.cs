using System.Text.Json.Nodes;
using TorchSharp;
using Wgqa.Checkpoints;
using Wgqa.Decoding;
using Wgqa.Folding;
using Wgqa.Models;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Models;

public sealed class T5FolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static AttentionVariant Variant(string name) => SmallModels.Variants.Single(v => v.Info.Name == name);

    private static void AssertSame(T5 expected, T5 actual)
    {
        Assert.Equal(expected.Config, actual.Config);
        var parameters = actual.named_parameters().ToDictionary(p => p.Item1, p => p.Item2);
        Assert.Equal(expected.named_parameters().Select(p => p.Item1), actual.named_parameters().Select(p => p.Item1));
        foreach (var (name, parameter) in expected.named_parameters())
        {
            Assert.True(parameter.equal(parameters[name]).all().item<bool>(), name);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Col6")]
    [InlineData("RandRow3")]
    [InlineData("Fair4")]
    [InlineData("Mean1")]
    [InlineData("ColDecoderCross")]
    public void WhatIsSavedIsLoadedBitForBit(string? variant)
    {
        foreach (var config in new[] { SmallModels.Config, SmallModels.Config with { TieWordEmbeddings = false, FeedForward = FeedForwardKind.GatedGelu, DecoderLayers = 1 } })
        {
            using var model = SmallModels.Create(config, variant is null ? null : Variant(variant));
            T5Folder.Save(model, _folder.Path("model"));
            using var loaded = T5Folder.Load(_folder.Path("model"), SmallModels.Variants);
            AssertSame(model, loaded);
            Assert.Same(model.Variant, loaded.Variant);
            Assert.False(loaded.training);

            using var folded = ModelFolding.Fold(model);
            T5Folder.Save(folded, _folder.Path("folded"));
            using var foldedLoaded = T5Folder.Load(_folder.Path("folded"));
            AssertSame(folded, foldedLoaded);

            using var expanded = ModelFolding.Expand(foldedLoaded);
            T5Folder.Save(expanded, _folder.Path("expanded"));
            using var expandedLoaded = T5Folder.Load(_folder.Path("expanded"));
            AssertSame(expanded, expandedLoaded);
            Assert.DoesNotContain("wgqa", File.ReadAllText(_folder.Path("expanded/config.json")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void OptionsOfGenerationInAnOldConfigurationAreNotHiddenByTheFileThatIsWritten()
    {
        using var model = SmallModels.Create(SmallModels.Config with { OtherKeys = """{"num_beams":4,"early_stopping":true,"n_positions":512}""" });
        T5Folder.Save(model, _folder.Path("model"));
        var options = GenerationConfigFile.Read(_folder.Path("model"), new());
        Assert.Equal((4, EarlyStopping.WhenEnoughFinished), (options.NumBeams, options.EarlyStopping));
        Assert.DoesNotContain("n_positions", File.ReadAllText(_folder.Path("model/generation_config.json")), StringComparison.Ordinal);
    }

    /// <summary>transformers 5 writes tie_word_embeddings as true whatever the head is: the flag beside it says whether its input is scaled, and the weights whether it is the embedding.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void AFolderThatTransformers5WroteHasItsOwnHeadAndScale(bool tied, bool scaled)
    {
        using var scope = NewDisposeScope();
        var (input, mask, decoder) = SmallModels.Batch();
        using var model = SmallModels.Create(SmallModels.Config with { TieWordEmbeddings = tied });
        T5Folder.Save(model, _folder.Path("model"));
        var keys = JsonNode.Parse(File.ReadAllText(_folder.Path("model/config.json")))!.AsObject();
        (keys["tie_word_embeddings"], keys["scale_decoder_outputs"]) = (true, scaled);
        File.WriteAllText(_folder.Path("model/config.json"), keys.ToJsonString());
        using var loaded = T5Folder.Load(_folder.Path("model"), device: TestDevice.Current);
        Assert.Equal(tied, loaded.Config.TieWordEmbeddings);

        // Twice: as it was written, and as it is written here.
        var factor = (scaled, tied) switch { (true, false) => 1 / Math.Sqrt(24), (false, true) => Math.Sqrt(24), _ => 1.0 };
        var expected = model.forward(input, mask, decoder).mul(factor);
        Closeness.AssertWithin(1e-5, expected, loaded.forward(input, mask, decoder), "logits");
        T5Folder.Save(loaded, _folder.Path("again"));
        using var again = T5Folder.Load(_folder.Path("again"), device: TestDevice.Current);
        Assert.Equal(loaded.Config, again.Config);
        Closeness.AssertWithin(1e-5, expected, again.forward(input, mask, decoder), "logits, written here");
    }

    [Fact]
    public void AShardedFolderWithAnOldConfigurationGivesHuggingFacesLogits() => AssertHubLogits(Golden.Own("t5_hubstyle", "sharded"));

    [SharedFact]
    public void AFolderWithTiedCopiesAndAStrayBiasGivesHuggingFacesLogits() => AssertHubLogits(SharedFolder.Path("golden", "t5_hubstyle", "duplicates"));

    private static void AssertHubLogits(string folder)
    {
        using var golden = Golden.Open("t5_hubstyle", "golden");
        using var model = T5Folder.Load(folder);
        using var logits = model.forward(golden["in.input_ids"], null, golden["in.decoder_input_ids"]);
        Closeness.AssertWithin(5e-5, golden["logits"], logits, "logits");
    }

    [SharedTheory]
    [InlineData("bin")]
    [InlineData("bin_legacy")]
    public void AFolderWithOnlyAPickleSaysHowToConvertIt(string kind)
    {
        var folder = SharedFolder.Path("golden", "t5_hubstyle", kind);
        var error = Assert.Throws<UserException>(() => T5Folder.Load(folder));
        Assert.Contains($"{folder} has its weights only in pytorch_model.bin", error.Message, StringComparison.Ordinal);
        Assert.Contains("save_pretrained", error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void ARandomModelOfTheHubLoadsAndIsWrittenBackAsItWas()
    {
        var original = SharedFolder.Path("data", "checkpoints", "tiny-random-t5");
        using var model = T5Folder.Load(original);
        T5Folder.Save(model, _folder.Path("again"), tokenizerFrom: original);
        foreach (var name in new[] { "generation_config.json", "tokenizer.json", "tokenizer_config.json" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(original, name)), File.ReadAllBytes(Path.Combine(_folder.Path("again"), name)));
        }

        using var again = T5Folder.Load(_folder.Path("again"));
        AssertSame(model, again);
    }

    [SharedTheory]
    [InlineData("t5_tied")]
    [InlineData("t5_gated")]
    public void AModelOfHuggingFacesIsWrittenBackByteForByte(string name)
    {
        using var model = T5Folder.Load(SharedFolder.Path("golden", name));
        T5Folder.Save(model, _folder.Path("again"));
        Assert.Equal(File.ReadAllBytes(SharedFolder.Path("golden", name, "model.safetensors")), File.ReadAllBytes(_folder.Path("again/model.safetensors")));
        Assert.Equal(["config.json", "generation_config.json", "model.safetensors"], Directory.GetFiles(_folder.Path("again")).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void WeightsOfAnotherTypeAreConverted(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        T5Folder.Save(model, _folder.Path("model"));
        SafetensorsFile.Write(_folder.Path("model/model.safetensors"), model.named_parameters().Select(p => (p.Item1, p.Item2.to_type(type))));
        using var single = T5Folder.Load(_folder.Path("model"));
        using var other = T5Folder.Load(_folder.Path("model"), elementType: type);
        foreach (var (name, parameter) in model.named_parameters())
        {
            Assert.Equal(ScalarType.Float32, single.get_parameter(name)!.dtype);
            Assert.Equal(0, Closeness.MaxDifference(parameter.to_type(type), single.get_parameter(name)!));
            Assert.Equal(type, other.get_parameter(name)!.dtype);
        }

        T5Folder.Save(other, _folder.Path("other"));
        using var again = T5Folder.Load(_folder.Path("other"), elementType: type);
        AssertSame(other, again);
        Assert.Contains($"\"torch_dtype\": \"{type.ToString().ToLowerInvariant()}\"", File.ReadAllText(_folder.Path("other/config.json")), StringComparison.Ordinal);

        if (type == ScalarType.Float16)
        {
            return;   // libtorch has no products of float16 on every CPU
        }

        var (input, mask, decoder) = SmallModels.Batch();
        var expected = single.forward(input, mask, decoder);
        var actual = other.forward(input, mask, decoder);
        Assert.Equal(type, actual.dtype);
        Closeness.AssertWithin(type == ScalarType.Float64 ? 1e-5 : 0.2, expected, actual, "logits");
    }

    private void Rewrite(Func<Dictionary<string, Tensor>, IEnumerable<KeyValuePair<string, Tensor>>> change)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        T5Folder.Save(model, _folder.Path("model"));
        var tensors = model.named_parameters().ToDictionary(p => p.Item1, p => (Tensor)p.Item2);
        SafetensorsFile.Write(_folder.Path("model/model.safetensors"), change(tensors).Select(t => (t.Key, t.Value)));
    }

    private string LoadError() => Assert.Throws<UserException>(() => T5Folder.Load(_folder.Path("model"), SmallModels.Variants)).Message;

    [Fact]
    public void AMissingWeightIsNamed()
    {
        Rewrite(tensors => tensors.Where(t => !t.Key.StartsWith("encoder.block.1.layer.0", StringComparison.Ordinal)));
        Assert.Contains("model.safetensors lacks encoder.block.1.layer.0.SelfAttention.q.weight, encoder.block.1.layer.0.SelfAttention.k.weight, "
            + "encoder.block.1.layer.0.SelfAttention.v.weight and 2 more.", LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnexpectedWeightIsNamed()
    {
        Rewrite(tensors => tensors.Append(new("decoder.block.7.layer.0.layer_norm.weight", ones(24))));
        Assert.Contains("has tensors that the model does not: decoder.block.7.layer.0.layer_norm.weight.", LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void AWrongShapeIsNamedWithBoth()
    {
        Rewrite(tensors => tensors.Select(t => t.Key == "shared.weight" ? new(t.Key, zeros(39, 24)) : t));
        Assert.Contains("shared.weight is [39, 24], and the model's configuration needs [40, 24].", LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void KnownStrayWeightsAreIgnoredAndATiedCopyStandsIn()
    {
        Rewrite(tensors => tensors.Where(t => t.Key != "shared.weight").Concat(
        [
            new("encoder.embed_tokens.weight", tensors["shared.weight"]),
            new("decoder.embed_tokens.weight", tensors["shared.weight"]),
            new("lm_head.weight", tensors["shared.weight"]),
            new("decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight", full(8, 12, 123f)),
        ]));
        using var model = SmallModels.Create();
        using var loaded = T5Folder.Load(_folder.Path("model"));
        AssertSame(model, loaded);
    }

    [Fact]
    public void AVariantThatIsNotDeclaredIsNamed()
    {
        using var model = SmallModels.Create(variant: Variant("Col6"));
        T5Folder.Save(model, _folder.Path("model"));
        Assert.Contains("wgqa.variant is Col6, which is none of the declared variants.",
            Assert.Throws<UserException>(() => T5Folder.Load(_folder.Path("model"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AVariantThatChangedSinceItWasSavedIsRefused()
    {
        using var model = SmallModels.Create(variant: Variant("Col6"));
        T5Folder.Save(model, _folder.Path("model"));
        var config = _folder.Path("model/config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"groups\": 6", "\"groups\": 3", StringComparison.Ordinal));
        Assert.Contains("Col6 has 6 key/value heads at", LoadError(), StringComparison.Ordinal);
        Assert.Contains("saved with 3 key/value heads at", LoadError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FiveGroups", "5")]
    [InlineData("DecoderOnly", "T5 has only DecoderSelf, DecoderCross and Encoder")]
    public void AVariantThatDoesNotFitIsRefused(string name, string says)
    {
        var error = Assert.Throws<UserException>(() => new T5(SmallModels.Config, Variant(name)));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ShardsMayNotLeaveTheFolderNorLie()
    {
        using var model = SmallModels.Create();
        T5Folder.Save(model, _folder.Path("model"));
        File.Move(_folder.Path("model/model.safetensors"), _folder.Path("model/part.safetensors"));
        void Index(string map) => File.WriteAllText(_folder.Path("model/model.safetensors.index.json"), map);

        Index("""{"weight_map": {"shared.weight": "../model/part.safetensors"}}""");
        Assert.Contains("weight_map.shared.weight is \"../model/part.safetensors\", which is no file name.", LoadError(), StringComparison.Ordinal);
        Index("""{"weight_map": {"nothing.weight": "part.safetensors"}}""");
        Assert.Contains("says that nothing.weight is in", LoadError(), StringComparison.Ordinal);
        Index("""{"weight_map": {"shared.weight": "part.safetensors"}}""");
        Assert.Contains("does not name there", LoadError(), StringComparison.Ordinal);
        Index("""{"weight_map": {"shared.weight": "absent.safetensors"}}""");
        Assert.Contains("absent.safetensors does not exist", LoadError(), StringComparison.Ordinal);
        Index("""{"weight_map": 3}""");
        Assert.Contains("has no weight_map", LoadError(), StringComparison.Ordinal);
        Index("{");
        Assert.Contains("is not valid JSON", LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void AFailedLoadLeavesNoTensorBehind()
    {
        Rewrite(tensors => tensors.Append(new("more", ones(24))));
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        LoadError();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void AFolderWithoutWeightsSaysSo()
    {
        _folder.Write("bare/config.json", "{}");
        Assert.Contains("has neither model.safetensors nor model.safetensors.index.json.",
            Assert.Throws<UserException>(() => T5Folder.Load(_folder.Path("bare"))).Message, StringComparison.Ordinal);
    }
}
