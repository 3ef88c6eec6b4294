using System.Text.Json;

namespace Wgqa.Checkpoints;

/// <summary>An object in a JSON file, read key by key with errors that name the file, the key and the value.</summary>
internal sealed class JsonSection
{
    private readonly string _path;
    private readonly string _prefix;
    private readonly JsonElement _element;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private JsonSection(string path, string prefix, JsonElement element) => (_path, _prefix, _element) = (path, prefix, element);

    /// <summary>The keys that nothing has asked for, with their values.</summary>
    public IEnumerable<JsonProperty> Unread => _element.EnumerateObject().Where(property => !_read.Contains(property.Name));

    /// <exception cref="UserException">There is no such file, or it is no JSON object.</exception>
    public static JsonSection Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UserException($"{path} is a folder, not a file.");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new(path, "", document.RootElement.Clone())
                : throw new UserException($"{path} holds a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}, not an object.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserException($"{path} does not exist.", exception);
        }
        catch (JsonException exception)
        {
            throw new UserException($"{path} is not valid JSON: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Marks a key as read without looking at it.</summary>
    public JsonSection Skip(params string[] keys)
    {
        _read.UnionWith(keys);
        return this;
    }

    public int Integer(string key, int whenAbsent, int least) =>
        Find(key) is not { } value ? whenAbsent
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least ? number
        : throw Bad(key, value, $"a whole number from {least} up");

    public double Number(string key, double whenAbsent) =>
        Find(key) is not { } value ? whenAbsent
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) && number >= 0 ? number
        : throw Bad(key, value, "a number from 0 up");

    public bool Flag(string key, bool whenAbsent) =>
        Find(key) is not { } value ? whenAbsent
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Bad(key, value, "true or false");

    public string? Text(string key) =>
        Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Bad(key, value, "a string");

    public IReadOnlyList<string>? Texts(string key) =>
        Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
        ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
        : throw Bad(key, value, "a list of strings");

    public int[]? Integers(string key, string wanted) =>
        Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _))
        ? [.. value.EnumerateArray().Select(item => item.GetInt32())]
        : throw Bad(key, value, wanted);

    public JsonSection? Section(string key) =>
        Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new(_path, $"{_prefix}{key}.", value)
        : throw Bad(key, value, "an object");

    /// <summary>What to throw when a key's value is of the right kind and still no good.</summary>
    public UserException Bad(string key, string value, string wanted) => new($"{_path}: {_prefix}{key} is {value}; it must be {wanted}.");

    /// <summary>A key's value. One that is null counts as absent, as it does for Hugging Face.</summary>
    public JsonElement? Find(string key)
    {
        _read.Add(key);
        return _element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <inheritdoc cref="Bad(string, string, string)"/>
    public UserException Bad(string key, JsonElement value, string wanted) => Bad(key, value.GetRawText(), wanted);
}
