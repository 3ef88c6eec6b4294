using System.Text.Json.Nodes;
using Wgqa.Attention;
using Wgqa.Models;
using Wgqa.Testing;

namespace Wgqa.Runtime.Tests.Models;

public sealed class T5ConfigFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private T5Config Load(string json) => T5ConfigFile.Load(Path.GetDirectoryName(_folder.Write("config.json", json))!);

    [Fact]
    public void KeysThatAreLeftOutAreHuggingFacesDefaults()
    {
        var config = Load("{}");
        Assert.Equal(new T5Config(), config);
        Assert.Equal(
            (32128, 512, 64, 2048, 6, 6, 8, 32, 128, 0.1, 1e-6, 1.0),
            (config.VocabSize, config.ModelDim, config.HeadDim, config.FeedForwardDim, config.EncoderLayers, config.DecoderLayers, config.Heads,
                config.RelativeBuckets, config.MaxDistance, config.DropoutRate, config.LayerNormEpsilon, config.InitializerFactor));
        Assert.Equal((FeedForwardKind.Relu, true, 0, 1, 0), (config.FeedForward, config.TieWordEmbeddings, config.PadTokenId, config.EosTokenId, config.DecoderStartTokenId));
        Assert.Equal(5, Load("""{"pad_token_id": 5}""").DecoderStartTokenId);
        Assert.Equal(3, Load("""{"pad_token_id": 5, "decoder_start_token_id": 3}""").DecoderStartTokenId);
        Assert.Equal(4, Load("""{"relative_attention_num_buckets": 4}""").RelativeBuckets);
        Assert.Equal(3, Load("""{"num_layers": 3}""").DecoderLayers);
        Assert.Equal(2, Load("""{"num_layers": 3, "num_decoder_layers": 2}""").DecoderLayers);
        Assert.Equal(3, Load("""{"num_layers": 3, "num_decoder_layers": null}""").DecoderLayers);
    }

    [Theory]
    [InlineData("""{"d_model": "512"}""", "d_model is \"512\"; it must be a whole number from 1 up.")]
    [InlineData("""{"num_heads": 0}""", "num_heads is 0; it must be a whole number from 1 up.")]
    [InlineData("""{"dropout_rate": -0.1}""", "dropout_rate is -0.1; it must be a number from 0 up.")]
    [InlineData("""{"dropout_rate": 1}""", "dropout_rate is 1; it must be at least 0 and less than 1.")]
    [InlineData("""{"relative_attention_max_distance": 16}""", "relative_attention_max_distance is 16; it must be more than half of relative_attention_num_buckets, which is 32.")]
    [InlineData("""{"tie_word_embeddings": 1}""", "tie_word_embeddings is 1; it must be true or false.")]
    [InlineData("""{"feed_forward_proj": "gated-swish"}""", "feed_forward_proj is gated-swish; it must be relu, gated-gelu, gated-silu, gated-relu, gelu, silu.")]
    [InlineData("""{"feed_forward_proj": "gated-gelu", "dense_act_fn": "relu"}""", "dense_act_fn is relu; it must be gelu_new, as feed_forward_proj is gated-gelu.")]
    [InlineData("""{"is_gated_act": true}""", "is_gated_act is true; it must be false, as feed_forward_proj is relu.")]
    [InlineData("""{"scale_decoder_outputs": 1}""", "scale_decoder_outputs is 1; it must be true or false.")]
    [InlineData("""{"model_type": "bert"}""", "model_type is bert; it must be t5.")]
    [InlineData("""{"wgqa": {"groups": 2, "sites": ["Decoder"], "variant": null}}""", "wgqa.sites is Decoder; it must be DecoderSelf, DecoderCross, Encoder, Self.")]
    [InlineData("""{"wgqa": {"groups": 2, "sites": ["3"]}}""", "wgqa.sites is 3; it must be")]
    [InlineData("""{"wgqa": {"sites": ["DecoderSelf"]}}""", "wgqa.groups is missing; it must be a whole number from 1 up.")]
    [InlineData("""{"wgqa": {"groups": 2}}""", "wgqa.sites is missing")]
    [InlineData("""{"wgqa": {"groups": 2, "sites": ["DecoderSelf"], "variant": "X", "folded": true}}""", "wgqa.folded is true; it must be true without a variant, and false with one.")]
    [InlineData("""{"wgqa": {"groups": 3, "sites": ["DecoderSelf"]}}""", "wgqa.groups is 3; it must be a divisor of num_heads, which is 8.")]
    [InlineData("""{"wgqa": {"frozen": 1, "groups": 2, "sites": ["DecoderSelf"]}}""", "wgqa.frozen is 1; it must be true or false.")]
    [InlineData("""{"wgqa": {"frozen": true, "groups": 2, "sites": ["DecoderSelf"]}}""", "wgqa.frozen is true; it must be left out without a variant.")]
    [InlineData("""[1]""", "holds a JSON array, not an object.")]
    [InlineData("""{"d_model": 1, "d_model": 2}""", "is not valid JSON")]
    [InlineData("""{"d_model": """, "is not valid JSON")]
    public void AValueThatCannotBeIsNamed(string json, string says)
    {
        var error = Assert.Throws<UserException>(() => Load(json));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path("config.json"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FractionsAreWrittenAsFractions()
    {
        T5ConfigFile.Save(new T5Config { DropoutRate = 0, InitializerFactor = 1, LayerNormEpsilon = 1e-6 }, _folder.Path("written"), "float32");
        var written = File.ReadAllText(_folder.Path("written", "config.json"));
        Assert.Contains("\"dropout_rate\": 0.0,", written, StringComparison.Ordinal);
        Assert.Contains("\"initializer_factor\": 1.0,", written, StringComparison.Ordinal);
        Assert.Contains("\"layer_norm_epsilon\": 1E-06,", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pad_token_id")]
    [InlineData("eos_token_id")]
    [InlineData("decoder_start_token_id")]
    public void ATokenThatTheVocabularyLacksIsNamedWithBothNumbers(string field) =>
        Assert.EndsWith($"config.json: {field} is 40; it must be less than vocab_size, which is 40.",
            Assert.Throws<UserException>(() => Load($$"""{"vocab_size": 40, "{{field}}": 40}""")).Message, StringComparison.Ordinal);

    private const string Block = "decoder.block.0.layer.0.SelfAttention";

    [Theory]
    [InlineData("[]", "is []; it must be a list of 4 groups, one for each query head, in which every number from 0 to the largest occurs.")]
    [InlineData("[0, 1, 1]", "is [0, 1, 1]; it must be a list of 4 groups")]
    [InlineData("[0, 0, 0, 0, 0]", "is [0, 0, 0, 0, 0]; it must be")]
    [InlineData("[0, -1, 1, 0]", "is [0, -1, 1, 0]; it must be")]
    [InlineData("[-1, 0, 2, 2]", "is [-1, 0, 2, 2]; it must be")]
    [InlineData("[0, 2, 2, 0]", "is [0, 2, 2, 0]; it must be")]
    [InlineData("[0, 1, 0, 2147483647]", "is [0, 1, 0, 2147483647]; it must be")]
    [InlineData("[0, 1, 0, 4294967296]", "is [0, 1, 0, 4294967296]; it must be")]
    [InlineData("[0, 0.5, 1, 1]", "is [0, 0.5, 1, 1]; it must be")]
    [InlineData("\"0011\"", "is \"0011\"; it must be")]
    [InlineData("null", "is missing; it must be")]
    public void AMapThatIsNoneIsNamed(string entries, string says)
    {
        foreach (var (key, value) in new[] { (entries, "[0, 0, 0, 0]"), ("[0, 0, 0, 0]", entries) })
        {
            var name = key == entries ? "key" : "value";
            var map = $$"""{"{{Block}}": {"key": {{key}}, "value": {{value}} } }""";
            var error = Assert.Throws<UserException>(() => Load($$"""{"num_heads": 4, "num_layers": 1, "wgqa": {"sites": ["DecoderSelf"], "maps": {{map}} } }"""));
            Assert.StartsWith($"{_folder.Path("config.json")}: wgqa.maps.{Block}.{name} {says}", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{}", $"wgqa.maps.{Block} is missing; it must be an object with key and value.")]
    [InlineData($$"""{"{{Block}}": [0, 0]}""", $"wgqa.maps.{Block} is [0, 0]; it must be an object.")]
    [InlineData($$"""{"{{Block}}": {"key": [0, 0], "value": [0, 0]}, "decoder.block.1.layer.0.SelfAttention": {} }""",
        "wgqa.maps.decoder.block.1.layer.0.SelfAttention is there; it must be left out: no attention block at DecoderSelf has that name.")]
    [InlineData("[]", "wgqa.maps is []; it must be an object.")]
    public void EveryBlockAtTheSitesHasItsMapsAndNoOther(string maps, string says)
    {
        var error = Assert.Throws<UserException>(() => Load($$"""{"num_heads": 2, "num_layers": 1, "wgqa": {"sites": ["DecoderSelf"], "maps": {{maps}} } }"""));
        Assert.Equal($"{_folder.Path("config.json")}: {says}", error.Message);
    }

    [Fact]
    public void ANumberOfGroupsAndMapsExcludeEachOther()
    {
        var error = Assert.Throws<UserException>(() => Load("""{"wgqa": {"groups": 2, "maps": {}, "sites": ["DecoderSelf"]}}"""));
        Assert.Contains("wgqa.groups is 2; it must be absent where maps says it.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MapsAreWrittenAndReadBlockByBlock()
    {
        var maps = new Dictionary<string, HeadMaps>
        {
            ["decoder.block.0.layer.0.SelfAttention"] = HeadMaps.Same(HeadMap.Strided(4, 2)),
            ["decoder.block.1.layer.0.SelfAttention"] = new(HeadMap.Contiguous(4, 2), HeadMap.Of(0, 1, 1, 1)),
            ["decoder.block.0.layer.1.EncDecAttention"] = HeadMaps.Same(HeadMap.Contiguous(4, 1)),
            ["decoder.block.1.layer.1.EncDecAttention"] = HeadMaps.Same(HeadMap.Contiguous(4, 4)),
        };
        var grouping = new KeyValueGrouping("Some", Sites.DecoderSelf | Sites.DecoderCross, maps);
        var config = new T5Config { Heads = 4, EncoderLayers = 2, DecoderLayers = 2, Grouping = grouping };
        foreach (var written in new[] { config, config with { Grouping = grouping with { Frozen = true } }, config with { Grouping = grouping with { Variant = null } } })
        {
            T5ConfigFile.Save(written, _folder.Path("written"), "float32");
            Assert.Equal(written, T5ConfigFile.Load(_folder.Path("written")));
        }

        var section = JsonNode.Parse(File.ReadAllText(_folder.Path("written/config.json")))!["wgqa"]!.AsObject();
        Assert.Equal(["folded", "maps", "sites", "variant"], section.Select(key => key.Key));
        Assert.Equal("""{"key":[0,0,1,1],"value":[0,1,1,1]}""", section["maps"]!["decoder.block.1.layer.0.SelfAttention"]!.ToJsonString());
        var other = new Dictionary<string, HeadMaps>(maps) { ["decoder.block.1.layer.1.EncDecAttention"] = HeadMaps.Same(HeadMap.Contiguous(4, 2)) };
        Assert.NotEqual(config, config with { Grouping = new KeyValueGrouping("Some", Sites.DecoderSelf | Sites.DecoderCross, other) });
    }

    [Fact]
    public void MapsThatSayANumberAreThatNumber()
    {
        var maps = new Dictionary<string, HeadMaps> { ["a"] = HeadMaps.Same(HeadMap.Contiguous(6, 3)), ["b"] = new(HeadMap.Of(0, 0, 1, 1, 2, 2), HeadMap.Contiguous(6, 3)) };
        Assert.Equal(new KeyValueGrouping(null, 3, Sites.Encoder), new KeyValueGrouping(null, Sites.Encoder, maps));
        maps["b"] = HeadMaps.Same(HeadMap.Contiguous(6, 2));
        Assert.Null(new KeyValueGrouping(null, Sites.Encoder, maps).Groups);
        maps["b"] = HeadMaps.Same(HeadMap.OfSizes(6, 0));
        Assert.StartsWith("a group of b has no head", Assert.Throws<ArgumentException>(() => new KeyValueGrouping(null, Sites.Encoder, maps)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingFolderOrFileIsNamed()
    {
        Assert.EndsWith("is not a folder.", Assert.Throws<UserException>(() => T5ConfigFile.Load(_folder.Path("none"))).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.Path("bare"));
        Assert.Equal($"{_folder.Path("bare/config.json")} does not exist.", Assert.Throws<UserException>(() => T5ConfigFile.Load(_folder.Path("bare"))).Message);
    }

    [Fact]
    public void EverythingWrittenIsReadBack()
    {
        var config = new T5Config
        {
            VocabSize = 11,
            ModelDim = 12,
            HeadDim = 13,
            FeedForwardDim = 14,
            EncoderLayers = 3,
            DecoderLayers = 2,
            Heads = 6,
            RelativeBuckets = 16,
            MaxDistance = 64,
            DropoutRate = 0.25,
            LayerNormEpsilon = 1e-5,
            InitializerFactor = 0.5,
            FeedForward = FeedForwardKind.GatedGelu,
            TieWordEmbeddings = false,
            PadTokenId = 3,
            EosTokenId = 4,
            DecoderStartTokenId = 5,
            Grouping = new KeyValueGrouping("Col", 3, Sites.DecoderCross | Sites.Encoder),
            OtherKeys = """{"task_specific_params":{"summarization":{"num_beams":4}}}""",
        };
        T5Config[] others =
        [
            config with { Grouping = null },
            config with { Grouping = new(null, 2, Sites.DecoderSelf) },
            config with { TieWordEmbeddings = true, ScaleDecoderOutputs = false },
            .. Enum.GetValues<FeedForwardKind>().Select(kind => config with { FeedForward = kind }),
        ];
        foreach (var written in others.Prepend(config))
        {
            T5ConfigFile.Save(written, _folder.Path("written"), "float32");
            Assert.Equal(written, T5ConfigFile.Load(_folder.Path("written")));
        }
    }

    [SharedTheory]
    [InlineData("golden/t5_tied")]
    [InlineData("golden/t5_gated")]
    [InlineData("data/checkpoints/tiny-random-t5")]
    public void ReadingAndWritingKeepsEveryKey(string folder)
    {
        var original = SharedFolder.Path(folder);
        T5ConfigFile.Save(T5ConfigFile.Load(original), _folder.Path("written"), "float32");
        static JsonNode? Read(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")));
        Assert.True(JsonNode.DeepEquals(Read(original), Read(_folder.Path("written"))));
    }
}
