using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Wgqa.Checkpoints;

namespace Wgqa.Text;

/// <summary>A token that was added to a vocabulary.</summary>
/// <param name="Content">How it is written in a text.</param>
/// <param name="Id">Its id.</param>
/// <param name="IsSpecial">Whether it is left out with the other special tokens.</param>
internal sealed record AddedToken(string Content, int Id, bool IsSpecial);

/// <summary>
/// The tokens that were added to a vocabulary beside T5's own special ones, from what Hugging Face writes about them: <c>added_tokens_decoder</c> in
/// <c>tokenizer_config.json</c>, or <c>added_tokens.json</c> from before there was that, and <c>additional_special_tokens</c> there or in <c>special_tokens_map.json</c>.
/// </summary>
internal sealed class AddedTokens
{
    /// <summary>The file that older folders have.</summary>
    public const string FileName = "added_tokens.json";

    private readonly Dictionary<int, AddedToken> _byId;
    private readonly AddedToken[] _longestFirst;

    private AddedTokens(IEnumerable<AddedToken> tokens)
    {
        _byId = tokens.ToDictionary(token => token.Id);
        _longestFirst = [.. _byId.Values.OrderByDescending(token => token.Content.Length)];
        Starts = SearchValues.Create([.. _longestFirst.Select(token => token.Content[0]).Append('<').Distinct()]);
    }

    /// <summary>No added token.</summary>
    public static AddedTokens None { get; } = new([]);

    /// <summary>What any special token, T5's own too, starts with.</summary>
    public SearchValues<char> Starts { get; }

    /// <summary>All of them, by their ids.</summary>
    public IEnumerable<AddedToken> All => _byId.Values.OrderBy(token => token.Id);

    /// <summary>The token with an id; null where none was added with it.</summary>
    public AddedToken? this[int id] => _byId.GetValueOrDefault(id);

    /// <summary>The longest one that a text starts with; null where it starts with none.</summary>
    public AddedToken? At(ReadOnlySpan<char> text)
    {
        foreach (var token in _longestFirst)
        {
            if (text.StartsWith(token.Content))
            {
                return token;
            }
        }

        return null;
    }

    /// <summary>Reads a folder's.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="configuration">Its <c>tokenizer_config.json</c>; null where it has none.</param>
    /// <param name="own">The id of a special token of T5's own; null for what is none.</param>
    /// <param name="piece">The id of a piece of the vocabulary; null for what is none.</param>
    /// <param name="size">Ids that the vocabulary has without added tokens.</param>
    /// <exception cref="UserException">A file is not what Hugging Face writes, or gives a special token of T5's own another id.</exception>
    public static AddedTokens Read(string folder, JsonSection? configuration, Func<string, int?> own, Func<string, int?> piece, int size)
    {
        var (file, map) = (Path.Combine(folder, FileName), Path.Combine(folder, "special_tokens_map.json"));
        var special = Special(configuration).Concat(Special(File.Exists(map) ? JsonSection.Open(map) : null)).ToHashSet(StringComparer.Ordinal);
        var tokens = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        void Add(string content, int id, bool isSpecial, Func<string, UserException> bad)
        {
            if (own(content) is { } known)
            {
                if (known != id)
                {
                    throw bad($"{known}, which is {content}'s id in this vocabulary");
                }
            }
            else if (content.Length == 0 || id == int.MaxValue || tokens.Values.Any(token => token.Id == id))
            {
                throw bad($"the id of one token that is not empty, below {int.MaxValue}");
            }
            else
            {
                tokens[content] = new(content, id, isSpecial || special.Contains(content));
            }
        }

        if (configuration?.Section("added_tokens_decoder") is { } decoder)
        {
            foreach (var property in decoder.Unread)
            {
                var (key, value) = (property.Name, property.Value);
                if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || value.ValueKind != JsonValueKind.Object || Content(value) is not { } content)
                {
                    throw decoder.Bad(key, value, "an object with content, at the number of a token");
                }

                Add(content, id, value.TryGetProperty("special", out var flag) && flag.ValueKind == JsonValueKind.True, wanted => decoder.Bad(key, value, wanted));
            }
        }
        else if (File.Exists(file))
        {
            var section = JsonSection.Open(file);
            foreach (var content in section.Unread.Select(static property => property.Name).ToList())
            {
                var id = section.Integer(content, 0, 0);
                Add(content, id, false, wanted => section.Bad(content, id.ToString(CultureInfo.InvariantCulture), wanted));
            }
        }

        // A special token that no file gives an id has its piece's, or the next one.
        foreach (var content in special.Where(content => content.Length > 0 && own(content) is null && !tokens.ContainsKey(content)))
        {
            var next = tokens.Values.Select(static token => token.Id + 1).Append(size).Max();
            tokens[content] = new(content, piece(content) ?? next, true);
        }

        return tokens.Count == 0 ? None : new(tokens.Values);
    }

    private static IEnumerable<string> Special(JsonSection? configuration) =>
        configuration?.Find("additional_special_tokens") is not { } value ? []
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(item => Content(item) ?? throw configuration.Bad("additional_special_tokens", value, "a list of tokens"))
        : throw configuration.Bad("additional_special_tokens", value, "a list of tokens");

    // A token is its text, or an object about it.
    private static string? Content(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.ValueKind == JsonValueKind.Object && value.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String ? content.GetString()
        : null;
}
