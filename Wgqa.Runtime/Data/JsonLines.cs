using System.Globalization;
using System.Text.Json;

namespace Wgqa.Data;

/// <summary>
/// A JSON object on each line. A field is a string, or a list of strings: sentences in a source, alternative references in a target.
/// </summary>
internal sealed class JsonLines(string path, DataOptions options, RecordFilter? where) : DataSource(path, options)
{
    private protected override string Emptiness =>
        where is null ? base.Emptiness : $"{Name} has no record whose field '{where.Field}' is '{where.Value}'.";

    private protected override IEnumerable<TextPair> ReadPairs()
    {
        using var reader = new LineReader(Name);
        (string Source, string Target)? fields = null;
        while (reader.TryRead(out var line))
        {
            if (line.Span.Trim(" \t"u8).IsEmpty)
            {
                continue;
            }

            using var document = Parse(reader.Place, line);
            var record = document.RootElement;
            if (record.ValueKind != JsonValueKind.Object)
            {
                throw new UserException($"{reader.Place}: expected a JSON object, found {Kind(record)}.");
            }

            if (where is not null && Text(Find(record, where.Field, reader.Place)) != where.Value)
            {
                continue;
            }

            fields ??= FieldNames.Choose(Options, name => TryFind(record, name, out _))
                ?? throw FieldNames.Unclear(reader.Place, record.EnumerateObject().Select(property => property.Name));
            yield return Pair(record, fields.Value.Source, fields.Value.Target, reader.Place);
        }
    }

    private static TextPair Pair(JsonElement record, string sourceField, string targetField, string place)
    {
        var source = Strings(Find(record, sourceField, place), sourceField, place);
        var targets = Strings(Find(record, targetField, place), targetField, place);
        return targets is [var target]
            ? new TextPair(string.Join(' ', source), target)
            : new TextPair(string.Join(' ', source), targets[0]) { References = targets };
    }

    private static JsonDocument Parse(string place, ReadOnlyMemory<byte> line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            throw new UserException(string.Create(CultureInfo.InvariantCulture, $"{place}: not valid JSON at byte {e.BytePositionInLine + 1}; each line must be one whole object."), e);
        }
    }

    private static JsonElement Find(JsonElement record, string field, string place) =>
        TryFind(record, field, out var value)
            ? value
            : throw new UserException($"{place}: there is no field '{field}'; it has {string.Join(", ", record.EnumerateObject().Select(property => $"'{property.Name}'"))}.");

    // A field of just that name, or each part of the name in the object before.
    private static bool TryFind(JsonElement record, string field, out JsonElement value)
    {
        if (record.TryGetProperty(field, out value))
        {
            return true;
        }

        value = record;
        foreach (var part in field.Split('.'))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(part, out value))
            {
                return false;
            }
        }

        return true;
    }

    private static string[] Strings(JsonElement value, string field, string place)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            if (value.GetArrayLength() == 0)
            {
                throw new UserException($"{place}: field '{field}' is an empty list.");
            }

            return [.. value.EnumerateArray().Select(item => String(item, field, place))];
        }

        return [String(value, field, place)];
    }

    private static string String(JsonElement value, string field, string place)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw new UserException($"{place}: field '{field}' is {Kind(value)}, not a string.");
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new UserException($"{place}: field '{field}' has half a surrogate pair, which is no text.", e);
        }
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a truth value",
    };
}
