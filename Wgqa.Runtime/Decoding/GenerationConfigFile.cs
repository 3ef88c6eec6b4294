using System.Text.Json;
using Wgqa.Checkpoints;

namespace Wgqa.Decoding;

/// <summary>Reads a Hugging Face folder's <c>generation_config.json</c>: the options that its authors chose for a model.</summary>
public static class GenerationConfigFile
{
    /// <summary>The file's name.</summary>
    public const string FileName = "generation_config.json";

    /// <summary>The options in a folder's file, those of <paramref name="otherwise"/> where it says nothing or there is none.</summary>
    /// <exception cref="UserException">The file is not JSON, a value has the wrong type, or it asks for sampling.</exception>
    public static GenerationOptions Read(string folder, GenerationOptions otherwise)
    {
        var file = Path.Combine(folder, FileName);
        return File.Exists(file) ? Read(JsonSection.Open(file), otherwise) : otherwise;
    }

    private static GenerationOptions Read(JsonSection file, GenerationOptions otherwise)
    {
        if (file.Flag("do_sample", whenAbsent: false))
        {
            throw file.Bad("do_sample", "true", "false: only greedy and beam search are available");
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
