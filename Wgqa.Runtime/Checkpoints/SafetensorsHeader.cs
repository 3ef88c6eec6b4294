using System.Text.Json;
using static TorchSharp.torch;

namespace Wgqa.Checkpoints;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
public sealed record SafetensorsEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape, long Begin, long End);

/// <summary>
/// Reads the header of a safetensors file and believes nothing it says: element types, shapes and offsets have to account
/// for every byte of the file, once.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>What the format's reference implementation accepts at most.</summary>
    public const long MaxLength = 100_000_000;

    /// <summary>Element types by name, in the order in which the reference implementation's writer puts tensors.</summary>
    public static readonly IReadOnlyList<(string Name, ScalarType Type, int Bytes)> Types =
    [
        ("I64", ScalarType.Int64, 8),
        ("F64", ScalarType.Float64, 8),
        ("F32", ScalarType.Float32, 4),
        ("I32", ScalarType.Int32, 4),
        ("BF16", ScalarType.BFloat16, 2),
        ("F16", ScalarType.Float16, 2),
        ("I16", ScalarType.Int16, 2),
        ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1),
        ("BOOL", ScalarType.Bool, 1),
    ];

    private readonly string _file;
    private readonly long _dataLength;

    private SafetensorsHeader(string file, long dataLength) => (_file, _dataLength) = (file, dataLength);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SafetensorsEntry> Entries { get; } = new(StringComparer.Ordinal);

    /// <param name="file">Named in errors.</param>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataLength">Bytes in the file after the header.</param>
    /// <exception cref="UserException">The header is not what it should be.</exception>
    public static SafetensorsHeader Parse(string file, ReadOnlyMemory<byte> json, long dataLength)
    {
        var header = new SafetensorsHeader(file, dataLength);
        try
        {
            using var document = JsonDocument.Parse(json);
            header.Read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair in a name.
            throw new UserException($"{file}: the header of {json.Length} bytes is not valid JSON.", exception);
        }

        header.CheckLayout();
        return header;
    }

    private void Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new UserException($"{_file}: the header is a JSON {Kind(root)}, not an object.");
        }

        var sawMetadata = false;
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name == "__metadata__")
            {
                if (sawMetadata)
                {
                    throw new UserException($"{_file}: the header has __metadata__ twice.");
                }

                sawMetadata = true;
                ReadMetadata(property.Value);
            }
            else if (!Entries.TryAdd(property.Name, ReadEntry(property.Name, property.Value)))
            {
                throw new UserException($"{_file}: the header names the tensor {property.Name} twice.");
            }
        }
    }

    private void ReadMetadata(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new UserException($"{_file}: __metadata__ is a JSON {Kind(element)}, not an object.");
        }

        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String || !Metadata.TryAdd(property.Name, property.Value.GetString()!))
            {
                throw new UserException($"{_file}: __metadata__ must have each key once, with a string, and {property.Name} is not so.");
            }
        }
    }

    private SafetensorsEntry ReadEntry(string name, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Bad(name, $"is described by a JSON {Kind(element)}, not an object");
        }

        JsonElement? dtype = null, shape = null, offsets = null;
        foreach (var property in element.EnumerateObject())
        {
            ref var field = ref dtype;
            switch (property.Name)
            {
                case "dtype":
                    break;
                case "shape":
                    field = ref shape;
                    break;
                case "data_offsets":
                    field = ref offsets;
                    break;
                default:
                    throw Bad(name, $"has an unknown field {property.Name}");
            }

            field = field is null ? property.Value : throw Bad(name, $"has {property.Name} twice");
        }

        if (dtype is not { ValueKind: JsonValueKind.String })
        {
            throw Bad(name, "has no dtype");
        }

        var sizes = Numbers(name, "shape", shape);
        var range = Numbers(name, "data_offsets", offsets);
        var type = Types.FirstOrDefault(t => dtype.Value.ValueEquals(t.Name));
        if (type.Name is null)
        {
            throw Bad(name, $"has the dtype {dtype.Value.GetString()}, which is none of {string.Join(", ", Types.Select(t => t.Name))}");
        }

        if (range.Length != 2 || range[0] > range[1] || range[1] > _dataLength)
        {
            throw Bad(name, $"has data_offsets [{string.Join(", ", range)}], which is no range within the file's {_dataLength} bytes of data");
        }

        // A size of 0 counts as 1 for the bound, so that no stride overflows either; in 128 bits nothing wraps round before it is seen.
        var bound = sizes.Aggregate((Int128)type.Bytes, (bytes, size) => bytes > long.MaxValue ? bytes : bytes * Math.Max(size, 1));
        var needed = sizes.Contains(0) ? 0 : bound;
        return bound <= long.MaxValue && needed == range[1] - range[0]
            ? new(name, type.Type, sizes, range[0], range[1])
            : throw Bad(name, $"is {type.Name} [{string.Join(", ", sizes)}], which takes {needed} bytes, and its data_offsets span {range[1] - range[0]}");
    }

    private long[] Numbers(string name, string field, JsonElement? array)
    {
        if (array is not { ValueKind: JsonValueKind.Array } list)
        {
            throw Bad(name, $"has no {field}");
        }

        var numbers = new long[list.GetArrayLength()];
        var i = 0;
        foreach (var item in list.EnumerateArray())
        {
            numbers[i++] = item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number) && number >= 0
                ? number
                : throw Bad(name, $"has {item.GetRawText()} in its {field}, which is no whole number from 0 up");
        }

        return numbers;
    }

    /// <summary>The tensors must follow one another without gap or overlap and reach the end of the file.</summary>
    private void CheckLayout()
    {
        var end = 0L;
        foreach (var entry in Entries.Values.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != end)
            {
                throw Bad(entry.Name, $"begins at byte {entry.Begin} of the data, and the tensor before it ends at {end}");
            }

            end = entry.End;
        }

        if (end != _dataLength)
        {
            throw new UserException($"{_file}: the header accounts for {end} bytes of data, and the file has {_dataLength}.");
        }
    }

    private UserException Bad(string name, string what) => new($"{_file}: tensor {name} {what}.");

    private static string Kind(JsonElement element) => element.ValueKind.ToString().ToLowerInvariant();
}
