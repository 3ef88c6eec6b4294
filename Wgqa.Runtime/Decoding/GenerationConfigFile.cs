using System.Text.Json;
using System.Text.Json.Nodes;
using Wgqa.Checkpoints;
using Wgqa.Models;

namespace Wgqa.Decoding;

/// <summary>Reads a Hugging Face folder's <c>generation_config.json</c>: the options that its authors chose for a model.</summary>
public static class GenerationConfigFile
{
    /// <summary>The file's name.</summary>
    public const string FileName = "generation_config.json";

    // The options that are heeded, but for the token ids that a model's configuration has too.
    private static readonly string[] Offered =
    [
        "max_length", "max_new_tokens", "min_length", "min_new_tokens", "num_beams", "num_return_sequences", "length_penalty", "early_stopping", "repetition_penalty",
        "no_repeat_ngram_size", "bad_words_ids", "suppress_tokens", "forced_bos_token_id", "forced_eos_token_id", "do_sample",
    ];

    // What Hugging Face's greedy and beam search heed and these do not, with the number at which it changes nothing.
    private static readonly (string Key, double Idle)[] NotOffered =
    [
        ("num_beam_groups", 1), ("penalty_alpha", 0), ("guidance_scale", 1), ("encoder_repetition_penalty", 1), ("encoder_no_repeat_ngram_size", 0),
        ("exponential_decay_length_penalty", 0), ("begin_suppress_tokens", 0), ("forced_decoder_ids", 0), ("force_words_ids", 0), ("constraints", 0), ("sequence_bias", 0),
        ("renormalize_logits", 0), ("remove_invalid_values", 0), ("stop_strings", 0), ("max_time", 0), ("watermarking_config", 0), ("dola_layers", 0), ("token_healing", 0),
    ];

    /// <summary>The options in a folder's file, those of <paramref name="otherwise"/> where it says nothing or there is none.</summary>
    /// <remarks>A folder from before there was such a file has its options in config.json, and as in Hugging Face they count where there is no other.</remarks>
    /// <exception cref="UserException">The file is not JSON, a value has the wrong type, or it asks for sampling or another thing that is not to be had here.</exception>
    public static GenerationOptions Read(string folder, GenerationOptions otherwise)
    {
        string[] files = [Path.Combine(folder, FileName), Path.Combine(folder, T5ConfigFile.Name)];
        return Array.Find(files, File.Exists) is { } file ? Read(JsonSection.Open(file), otherwise) : otherwise;
    }

    /// <summary>Those of a configuration's other keys that are options, which a file written beside it must not hide.</summary>
    internal static IEnumerable<KeyValuePair<string, JsonNode?>> OptionsIn(string otherKeys) =>
        JsonNode.Parse(otherKeys)!.AsObject().Where(static key => Offered.Contains(key.Key) || Array.Exists(NotOffered, known => known.Key == key.Key));

    private static GenerationOptions Read(JsonSection file, GenerationOptions otherwise)
    {
        if (file.Flag("do_sample", whenAbsent: false))
        {
            throw file.Bad("do_sample", "true", "false: only greedy and beam search are available");
        }

        foreach (var (key, idle) in NotOffered)
        {
            if (file.Find(key) is { } value && !IsIdle(value, idle))
            {
                throw file.Bad(key, value, "left out: generation here has no such option");
            }
        }

        return otherwise with
        {
            MaxLength = file.Integer("max_length", otherwise.MaxLength, 1),
            MaxNewTokens = Token(file, "max_new_tokens") ?? otherwise.MaxNewTokens,
            MinLength = file.Integer("min_length", otherwise.MinLength, 0),
            MinNewTokens = file.Integer("min_new_tokens", otherwise.MinNewTokens, 0),
            NumBeams = file.Integer("num_beams", otherwise.NumBeams, 1),
            NumReturnSequences = file.Integer("num_return_sequences", otherwise.NumReturnSequences, 1),
            LengthPenalty = LengthPenalty(file) ?? otherwise.LengthPenalty,
            EarlyStopping = Stopping(file) ?? otherwise.EarlyStopping,
            RepetitionPenalty = file.Number("repetition_penalty", otherwise.RepetitionPenalty),
            NoRepeatNgramSize = file.Integer("no_repeat_ngram_size", otherwise.NoRepeatNgramSize, 0),
            BadWordsIds = Words(file) ?? otherwise.BadWordsIds,
            SuppressTokens = Tokens(file, "suppress_tokens") ?? otherwise.SuppressTokens,
            ForcedBosTokenId = Token(file, "forced_bos_token_id") ?? otherwise.ForcedBosTokenId,
            ForcedEosTokenId = Token(file, "forced_eos_token_id") ?? otherwise.ForcedEosTokenId,
            PadTokenId = file.Integer("pad_token_id", otherwise.PadTokenId, 0),
            DecoderStartTokenId = file.Integer("decoder_start_token_id", otherwise.DecoderStartTokenId, 0),
            EosTokenIds = Tokens(file, "eos_token_id") ?? otherwise.EosTokenIds,
        };
    }

    private static bool IsIdle(JsonElement value, double idle) => value.ValueKind switch
    {
        JsonValueKind.False => true,
        JsonValueKind.Number => value.GetDouble() == idle,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    // Below 0 favours short sequences, so that JsonSection's numbers from 0 up do not serve.
    private static double? LengthPenalty(JsonSection file) =>
        file.Find("length_penalty") is not { } value ? null
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : throw file.Bad("length_penalty", value, "a number");

    private static EarlyStopping? Stopping(JsonSection file) => file.Find("early_stopping") is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.False => EarlyStopping.Heuristic,
        JsonValueKind.True => EarlyStopping.WhenEnoughFinished,
        JsonValueKind.String when value.ValueEquals("never") => EarlyStopping.WhenNoneCanImprove,
        _ => throw file.Bad("early_stopping", value, "true, false or \"never\""),
    };

    private static int? Token(JsonSection file, string key) => file.Find(key) is null ? null : file.Integer(key, 0, 0);

    private static int[]? Tokens(JsonSection file, string key) =>
        file.Find(key) is { } value ? TokensOf(value) ?? throw file.Bad(key, value, "a token id or a list of them") : null;

    private static int[][]? Words(JsonSection file)
    {
        if (file.Find("bad_words_ids") is not { } value)
        {
            return null;
        }

        var words = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(TokensOf) : [null];
        return [.. words.Select(word => word ?? throw file.Bad("bad_words_ids", value, "a list of lists of token ids"))];
    }

    private static int[]? TokensOf(JsonElement value)
    {
        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return items.All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _)) ? [.. items.Select(item => item.GetInt32())] : null;
    }
}
