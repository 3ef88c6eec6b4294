using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wgqa.Attention;
using Wgqa.Checkpoints;

namespace Wgqa.Models;

/// <summary>T5's config.json, as Hugging Face writes it, with this project's own section <c>wgqa</c> where heads are grouped.</summary>
public static class T5ConfigFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "config.json";

    // Hugging Face's spelling of each kind, and the activation that it then writes beside it.
    private static readonly (FeedForwardKind Kind, string Name, string Activation)[] FeedForwards =
    [
        (FeedForwardKind.Relu, "relu", "relu"),
        (FeedForwardKind.GatedGelu, "gated-gelu", "gelu_new"),
        (FeedForwardKind.GatedSilu, "gated-silu", "silu"),
        (FeedForwardKind.GatedRelu, "gated-relu", "relu"),
        (FeedForwardKind.Gelu, "gelu", "gelu"),
        (FeedForwardKind.Silu, "silu", "silu"),
    ];

    internal static readonly JsonSerializerOptions Layout = new() { WriteIndented = true };

    /// <summary>Reads a folder's config.json.</summary>
    /// <exception cref="UserException">It is missing, is not a T5's, or has a value that cannot be.</exception>
    public static T5Config Load(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new UserException($"{folder} is not a folder.");
        }

        var section = JsonSection.Open(Path.Combine(folder, Name));
        if (section.Text("model_type") is { } type && type != "t5")
        {
            throw section.Bad("model_type", type, "t5");
        }

        // What is written from other values is not kept; encoder-decoder is what a T5 is.
        section.Skip("architectures", "torch_dtype", "dtype", "is_encoder_decoder");
        var standard = new T5Config();
        var layers = section.Integer("num_layers", standard.EncoderLayers, 1);
        var pad = section.Integer("pad_token_id", standard.PadTokenId, 0);
        var config = new T5Config
        {
            VocabSize = section.Integer("vocab_size", standard.VocabSize, 1),
            ModelDim = section.Integer("d_model", standard.ModelDim, 1),
            HeadDim = section.Integer("d_kv", standard.HeadDim, 1),
            FeedForwardDim = section.Integer("d_ff", standard.FeedForwardDim, 1),
            EncoderLayers = layers,
            DecoderLayers = section.Integer("num_decoder_layers", layers, 1),
            Heads = section.Integer("num_heads", standard.Heads, 1),
            RelativeBuckets = section.Integer("relative_attention_num_buckets", standard.RelativeBuckets, 4),
            MaxDistance = section.Integer("relative_attention_max_distance", standard.MaxDistance, 1),
            DropoutRate = section.Number("dropout_rate", standard.DropoutRate),
            LayerNormEpsilon = section.Number("layer_norm_epsilon", standard.LayerNormEpsilon),
            InitializerFactor = section.Number("initializer_factor", standard.InitializerFactor),
            FeedForward = ReadFeedForward(section),
            TieWordEmbeddings = section.Flag("tie_word_embeddings", standard.TieWordEmbeddings),
            ScaleDecoderOutputs = section.Find("scale_decoder_outputs") is null ? null : section.Flag("scale_decoder_outputs", false),
            PadTokenId = pad,
            EosTokenId = section.Integer("eos_token_id", standard.EosTokenId, 0),
            DecoderStartTokenId = section.Integer("decoder_start_token_id", pad, 0),
        };
        if (config.DropoutRate is not (>= 0 and < 1))
        {
            throw section.Bad("dropout_rate", $"{config.DropoutRate}", "at least 0 and less than 1");
        }

        if (config.MaxDistance <= config.RelativeBuckets / 2)
        {
            throw section.Bad("relative_attention_max_distance", $"{config.MaxDistance}", $"more than half of relative_attention_num_buckets, which is {config.RelativeBuckets}");
        }

        foreach (var (field, id) in new[] { ("pad_token_id", config.PadTokenId), ("eos_token_id", config.EosTokenId), ("decoder_start_token_id", config.DecoderStartTokenId) })
        {
            if (id >= config.VocabSize)
            {
                throw section.Bad(field, $"{id}", $"less than vocab_size, which is {config.VocabSize}");
            }
        }

        return config with { Grouping = ReadGrouping(section, config), OtherKeys = Remaining(section) };
    }

    /// <summary>Writes a folder's config.json: whole or not at all.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="folder">The folder, made where needed.</param>
    /// <param name="elementType">The weights' element type by PyTorch's name, such as <c>float32</c>.</param>
    public static void Save(T5Config config, string folder, string elementType)
    {
        var (_, feedForward, activation) = FeedForwards.Single(known => known.Kind == config.FeedForward);
        var keys = JsonNode.Parse(config.OtherKeys)!.AsObject();
        keys["architectures"] = new JsonArray("T5ForConditionalGeneration");
        keys["d_ff"] = config.FeedForwardDim;
        keys["d_kv"] = config.HeadDim;
        keys["d_model"] = config.ModelDim;
        keys["decoder_start_token_id"] = config.DecoderStartTokenId;
        keys["dense_act_fn"] = activation;
        keys["dropout_rate"] = Fraction(config.DropoutRate);
        keys["eos_token_id"] = config.EosTokenId;
        keys["feed_forward_proj"] = feedForward;
        keys["initializer_factor"] = Fraction(config.InitializerFactor);
        keys["is_encoder_decoder"] = true;
        keys["is_gated_act"] = IsGated(feedForward);
        keys["layer_norm_epsilon"] = Fraction(config.LayerNormEpsilon);
        keys["model_type"] = "t5";
        keys["num_decoder_layers"] = config.DecoderLayers;
        keys["num_heads"] = config.Heads;
        keys["num_layers"] = config.EncoderLayers;
        keys["pad_token_id"] = config.PadTokenId;
        keys["relative_attention_max_distance"] = config.MaxDistance;
        keys["relative_attention_num_buckets"] = config.RelativeBuckets;
        keys["torch_dtype"] = elementType;
        keys["vocab_size"] = config.VocabSize;
        if (config.ScaleDecoderOutputs is { } scaled && scaled != config.TieWordEmbeddings)
        {
            // As transformers 5 says what only it can do; whether there is a head of its own, the weights say.
            (keys["scale_decoder_outputs"], keys["tie_word_embeddings"]) = (scaled, true);
        }
        else if (!config.TieWordEmbeddings)
        {
            keys["tie_word_embeddings"] = false;   // left out when true, as Hugging Face does
        }

        if (config.Grouping is { } grouping)
        {
            var wgqa = new JsonObject
            {
                ["folded"] = grouping.Folded,
                ["sites"] = new JsonArray([.. Enum.GetValues<Sites>().Where(site => grouping.Sites.HasFlag(site)).Select(site => JsonValue.Create(site.ToString()))]),
                ["variant"] = grouping.Variant,
            };
            if (grouping.Maps is { } maps)
            {
                wgqa["maps"] = new JsonObject(maps.Select(block => KeyValuePair.Create(block.Key, (JsonNode?)new JsonObject
                {
                    ["key"] = Entries(block.Value.Key),
                    ["value"] = Entries(block.Value.Value),
                })));
            }
            else
            {
                wgqa["groups"] = grouping.Groups;
            }

            if (grouping.Frozen)
            {
                wgqa["frozen"] = true;
            }

            keys["wgqa"] = Sorted(wgqa);
        }

        CompleteFile.Write(Path.Combine(folder, Name), Sorted(keys).ToJsonString(Layout) + "\n");
    }

    // 1 is written as 1.0, as Python does: transformers 5 does not take a whole number for a fraction.
    private static JsonNode Fraction(double value) =>
        double.IsInteger(value) && Math.Abs(value) < 1e15 ? JsonNode.Parse(value.ToString("F1", CultureInfo.InvariantCulture))! : JsonValue.Create(value);

    private static bool IsGated(string feedForward) => feedForward.StartsWith("gated-", StringComparison.Ordinal);

    // What Hugging Face derives from feed_forward_proj and writes beside it must not say otherwise: its releases differ in which of the two they go by.
    private static FeedForwardKind ReadFeedForward(JsonSection section)
    {
        var asked = section.Text("feed_forward_proj") ?? "relu";
        if (Array.Find(FeedForwards, known => known.Name == asked) is not { Name: { } name } found)
        {
            throw section.Bad("feed_forward_proj", asked, string.Join(", ", FeedForwards.Select(known => known.Name)));
        }

        if (section.Text("dense_act_fn") is { } activation && activation != found.Activation)
        {
            throw section.Bad("dense_act_fn", activation, $"{found.Activation}, as feed_forward_proj is {name}");
        }

        var (says, isNot) = IsGated(name) ? ("true", "false") : ("false", "true");
        return section.Flag("is_gated_act", IsGated(name)) == IsGated(name)
            ? found.Kind
            : throw section.Bad("is_gated_act", isNot, $"{says}, as feed_forward_proj is {name}");
    }

    private static KeyValueGrouping? ReadGrouping(JsonSection section, T5Config config)
    {
        if (section.Section("wgqa") is not { } wgqa)
        {
            return null;
        }

        var names = wgqa.Texts("sites") ?? throw wgqa.Bad("sites", "missing", "a list of attention sites");
        var sites = names.Aggregate((Sites)0, (all, name) => Enum.TryParse<Sites>(name, out var site) && Enum.IsDefined(site)
            ? all | site
            : throw wgqa.Bad("sites", name, string.Join(", ", Enum.GetNames<Sites>())));
        var variant = wgqa.Text("variant");
        var maps = wgqa.Section("maps");
        var groups = wgqa.Integer("groups", 0, 1);
        if ((groups == 0) == (maps is null))
        {
            throw maps is null ? wgqa.Bad("groups", "missing", "a whole number from 1 up") : wgqa.Bad("groups", $"{groups}", "absent where maps says it");
        }

        if (maps is null && config.Heads % groups != 0)
        {
            throw wgqa.Bad("groups", $"{groups}", $"a divisor of num_heads, which is {config.Heads}");
        }

        var grouping = maps is null ? new KeyValueGrouping(variant, groups, sites) : new KeyValueGrouping(variant, sites, ReadMaps(maps, config, sites));
        return wgqa.Flag("folded", grouping.Folded) != grouping.Folded
            ? throw wgqa.Bad("folded", (!grouping.Folded).ToString().ToLowerInvariant(), "true without a variant, and false with one")
            : wgqa.Flag("frozen", false) is var frozen && frozen && grouping.Folded
            ? throw wgqa.Bad("frozen", "true", "left out without a variant")
            : grouping with { Frozen = frozen };
    }

    private static Dictionary<string, HeadMaps> ReadMaps(JsonSection section, T5Config config, Sites sites)
    {
        var maps = new Dictionary<string, HeadMaps>(StringComparer.Ordinal);
        foreach (var (_, _, name) in config.Blocks.Where(block => sites.HasFlag(block.Site)))
        {
            var block = section.Section(name) ?? throw section.Bad(name, "missing", "an object with key and value");
            maps[name] = new(ReadMap(block, "key", config.Heads), ReadMap(block, "value", config.Heads));
        }

        return section.Unread.Select(static block => block.Name).FirstOrDefault() is { } unknown
            ? throw section.Bad(unknown, "there", $"left out: no attention block at {sites} has that name")
            : maps;
    }

    private static HeadMap ReadMap(JsonSection block, string key, int heads)
    {
        var wanted = $"a list of {heads} groups, one for each query head, in which every number from 0 to the largest occurs";
        var entries = block.Integers(key, wanted) ?? throw block.Bad(key, "missing", wanted);
        return entries.Length == heads && entries.Min() >= 0 && entries.Distinct().Count() == entries.Max() + 1
            ? HeadMap.Of(entries)
            : throw block.Bad(key, $"[{string.Join(", ", entries)}]", wanted);
    }

    private static JsonArray Entries(HeadMap map) => new([.. map.GroupOf.Select(group => JsonValue.Create(group))]);

    private static JsonObject Sorted(JsonObject keys) =>
        new(keys.OrderBy(key => key.Key, StringComparer.Ordinal).Select(key => KeyValuePair.Create(key.Key, key.Value?.DeepClone())));

    private static string Remaining(JsonSection section) =>
        new JsonObject(section.Unread.Select(property => KeyValuePair.Create(property.Name, JsonNode.Parse(property.Value.GetRawText())))).ToJsonString();
}
