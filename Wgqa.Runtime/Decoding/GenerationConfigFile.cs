using System.Text.Json;

namespace Wgqa.Decoding;

/// <summary>Reads a Hugging Face folder's <c>generation_config.json</c>: the options that its authors chose for a model.</summary>
public static class GenerationConfigFile
{
    /// <summary>The file's name.</summary>
    public const string FileName = "generation_config.json";

    /// <summary>The options in a folder's file, those of <paramref name="otherwise"/> where it says nothing or there is none.</summary>
    /// <exception cref="UserException">The file is not JSON, a value has the wrong type, or it asks for sampling.</exception>
    public static GenerationOptions Read(string folder, GenerationOptions? otherwise = null)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            return otherwise ?? new();
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Apply(new(file, document.RootElement), otherwise ?? new())
                : throw new UserException($"{file} holds a JSON {document.RootElement.ValueKind}; it must hold an object.");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{file} cannot be read: {exception.Message}", exception);
        }
    }

    private static GenerationOptions Apply(Fields fields, GenerationOptions otherwise)
    {
        if (fields.Find("do_sample") is { ValueKind: JsonValueKind.True })
        {
            throw new UserException($"do_sample in {fields.File} is true; only greedy and beam search are available.");
        }

        return otherwise with
        {
            MaxLength = fields.Integer("max_length") ?? otherwise.MaxLength,
            MaxNewTokens = fields.Integer("max_new_tokens") ?? otherwise.MaxNewTokens,
            MinLength = fields.Integer("min_length") ?? otherwise.MinLength,
            MinNewTokens = fields.Integer("min_new_tokens") ?? otherwise.MinNewTokens,
            NumBeams = fields.Integer("num_beams") ?? otherwise.NumBeams,
            NumReturnSequences = fields.Integer("num_return_sequences") ?? otherwise.NumReturnSequences,
            LengthPenalty = fields.Number("length_penalty") ?? otherwise.LengthPenalty,
            EarlyStopping = fields.Stopping("early_stopping") ?? otherwise.EarlyStopping,
            RepetitionPenalty = fields.Number("repetition_penalty") ?? otherwise.RepetitionPenalty,
            NoRepeatNgramSize = fields.Integer("no_repeat_ngram_size") ?? otherwise.NoRepeatNgramSize,
            BadWordsIds = fields.TokenLists("bad_words_ids") ?? otherwise.BadWordsIds,
            SuppressTokens = fields.Tokens("suppress_tokens") ?? otherwise.SuppressTokens,
            ForcedBosTokenId = fields.Integer("forced_bos_token_id") ?? otherwise.ForcedBosTokenId,
            ForcedEosTokenId = fields.Integer("forced_eos_token_id") ?? otherwise.ForcedEosTokenId,
            PadTokenId = fields.Integer("pad_token_id") ?? otherwise.PadTokenId,
            DecoderStartTokenId = fields.Integer("decoder_start_token_id") ?? otherwise.DecoderStartTokenId,
            EosTokenIds = fields.Tokens("eos_token_id") ?? otherwise.EosTokenIds,
        };
    }

    /// <summary>A file's members; each is null where absent or JSON's null.</summary>
    private sealed record Fields(string File, JsonElement Root)
    {
        public JsonElement? Find(string name) => Root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        public int? Integer(string name) => Find(name) is { } value
            ? value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Wrong(name, "an integer")
            : null;

        public double? Number(string name) => Find(name) is { } value
            ? value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Wrong(name, "a number")
            : null;

        public EarlyStopping? Stopping(string name) => Find(name) is not { } value ? null : value.ValueKind switch
        {
            JsonValueKind.False => EarlyStopping.Heuristic,
            JsonValueKind.True => EarlyStopping.WhenEnoughFinished,
            JsonValueKind.String when value.ValueEquals("never") => EarlyStopping.WhenNoneCanImprove,
            _ => throw Wrong(name, "true, false or \"never\""),
        };

        public int[]? Tokens(string name) => Find(name) is { } value
            ? TokensOf(value) ?? throw Wrong(name, "a token id or a list of them")
            : null;

        public int[][]? TokenLists(string name) => Find(name) is { } value
            ? value.ValueKind == JsonValueKind.Array
                ? [.. value.EnumerateArray().Select(word => TokensOf(word) ?? throw Wrong(name, "a list of lists of token ids"))]
                : throw Wrong(name, "a list of lists of token ids")
            : null;

        private static int[]? TokensOf(JsonElement value)
        {
            JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
            var tokens = new int[items.Length];
            for (var i = 0; i < items.Length; i++)
            {
                if (items[i].ValueKind != JsonValueKind.Number || !items[i].TryGetInt32(out tokens[i]))
                {
                    return null;
                }
            }

            return tokens;
        }

        private UserException Wrong(string name, string expected) => new($"{name} in {File} is {Root.GetProperty(name).GetRawText()}; it must be {expected}.");
    }
}
