using System.Text.Json;
using static TorchSharp.torch;

namespace Wgqa.Checkpoints;

/// <summary>The weights in a Hugging Face folder: <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> names.</summary>
public sealed class CheckpointWeights : IDisposable
{
    /// <summary>The name of a model's only weight file.</summary>
    public const string FileName = "model.safetensors";

    private const string IndexName = "model.safetensors.index.json";
    private static readonly string[] PickleNames = ["pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack"];

    private readonly string _source;
    private readonly Dictionary<string, SafetensorsFile> _files = new(StringComparer.Ordinal);   // by tensor
    private readonly List<SafetensorsFile> _open = [];

    private CheckpointWeights(string source) => _source = source;

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _files.Keys;

    /// <summary>Opens a folder's weights; nothing but headers is read yet.</summary>
    /// <exception cref="UserException">The folder has no safetensors weights, or they are not what their headers say.</exception>
    public static CheckpointWeights Open(string folder)
    {
        var (single, index) = (Path.Combine(folder, FileName), Path.Combine(folder, IndexName));
        var weights = new CheckpointWeights(File.Exists(single) ? single : index);
        try
        {
            if (File.Exists(single))
            {
                weights.AddFile(single, expected: null);
            }
            else if (File.Exists(index))
            {
                foreach (var shard in ReadIndex(index).GroupBy(entry => entry.File, StringComparer.Ordinal))
                {
                    weights.AddFile(Path.Combine(folder, shard.Key), [.. shard.Select(entry => entry.Tensor)]);
                }
            }
            else
            {
                throw Absent(folder);
            }
        }
        catch
        {
            weights.Dispose();
            throw;
        }

        return weights;
    }

    /// <summary>Reads one tensor in its own element type, on the CPU; the caller's to dispose.</summary>
    /// <exception cref="UserException">There is no tensor of that name.</exception>
    public Tensor Read(string name) =>
        _files.TryGetValue(name, out var file) ? file.Read(name) : throw new UserException($"{_source} has no tensor {name}.");

    /// <summary>Checks a tensor's shape by the header alone, before anything of that size is made.</summary>
    /// <param name="names">The tensor's name, and others that it may have instead.</param>
    /// <param name="needed">The shape that the model's configuration needs.</param>
    /// <exception cref="UserException">There is no tensor of these names, or it has another shape.</exception>
    public void RequireShape(IReadOnlyList<string> names, params long[] needed)
    {
        if (names.FirstOrDefault(_files.ContainsKey) is not { } name)
        {
            throw new UserException($"{_source} lacks {names[0]}.");
        }

        RequireShape(name, needed);
    }

    /// <summary>Fills every parameter and buffer of a module from the tensor of its name, converting element types; all or nothing.</summary>
    /// <param name="module">A module whose registered names are the checkpoint's.</param>
    /// <param name="sourceOf">Where one is found that the checkpoint lacks: other names for it, in order.</param>
    /// <param name="ignore">Tensors that the module has no use for.</param>
    /// <exception cref="UserException">A parameter or buffer is missing, a tensor is left over, or shapes differ.</exception>
    public void CopyInto(nn.Module module, Func<string, IEnumerable<string>>? sourceOf = null, Func<string, bool>? ignore = null)
    {
        var needed = module.named_parameters().Select(static p => (p.Item1, (Tensor)p.Item2)).Concat(module.named_buffers())
            .Select(p => (Name: p.Item1, Tensor: p.Item2, Source: Sources(p.Item1, sourceOf).FirstOrDefault(_files.ContainsKey))).ToList();
        Refuse("lacks", [.. needed.Where(p => p.Source is null).Select(p => p.Name)]);
        var used = needed.Select(p => p.Source).ToHashSet(StringComparer.Ordinal);
        Refuse("has tensors that the model does not: ", [.. Names.Where(name => !used.Contains(name) && ignore?.Invoke(name) != true).Order(StringComparer.Ordinal)]);
        foreach (var (_, target, source) in needed)
        {
            RequireShape(source!, target.shape);
            RequireKind(source!, target);
        }

        using var frozen = no_grad();
        foreach (var (_, target, source) in needed)
        {
            using var read = Read(source!);
            target.copy_(read);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _open)
        {
            file.Dispose();
        }
    }

    private static IEnumerable<string> Sources(string name, Func<string, IEnumerable<string>>? sourceOf) => [name, .. sourceOf?.Invoke(name) ?? []];

    private void RequireShape(string name, long[] needed)
    {
        var shape = _files[name].Entries[name].Shape;
        if (!shape.SequenceEqual(needed))
        {
            throw new UserException($"{_source}: {name} is [{string.Join(", ", shape)}], and the model's configuration needs [{string.Join(", ", needed)}].");
        }
    }

    private void RequireKind(string name, Tensor target)
    {
        var type = _files[name].Entries[name].Type;
        if (target.is_floating_point() && type is not (ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16 or ScalarType.Float64))
        {
            throw new UserException($"{_source}: {name} is {SafetensorsHeader.Types.First(known => known.Type == type).Name}; weights are F32, BF16, F16 or F64.");
        }
    }

    private void Refuse(string what, string[] names)
    {
        if (names.Length > 0)
        {
            throw new UserException($"{_source} {what.TrimEnd()} {string.Join(", ", names.Take(3))}{(names.Length > 3 ? $" and {names.Length - 3} more" : "")}.");
        }
    }

    private void AddFile(string path, HashSet<string>? expected)
    {
        var file = SafetensorsFile.Open(path);
        _open.Add(file);
        if (expected?.FirstOrDefault(name => !file.Entries.ContainsKey(name)) is { } absent)
        {
            throw new UserException($"{_source} says that {absent} is in {path}, and it is not.");
        }

        foreach (var name in file.Entries.Keys)
        {
            if (expected?.Contains(name) == false)
            {
                throw new UserException($"{path} has the tensor {name}, which {_source} does not name there.");
            }

            _files[name] = file;
        }
    }

    private static List<(string Tensor, string File)> ReadIndex(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("weight_map", out var map) && map.ValueKind == JsonValueKind.Object
                ? [.. map.EnumerateObject().Select(entry => (entry.Name, ShardName(path, entry)))]
                : throw new UserException($"{path} has no weight_map.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new UserException($"{path} is not valid JSON: {exception.Message}", exception);
        }
    }

    /// <summary>A shard lies beside the index: a path that leads elsewhere is refused.</summary>
    private static string ShardName(string index, JsonProperty entry) =>
        entry.Value.ValueKind == JsonValueKind.String && entry.Value.GetString() is { Length: > 0 } name && Path.GetFileName(name) == name
            ? name
            : throw new UserException($"{index}: weight_map.{entry.Name} is {entry.Value.GetRawText()}, which is no file name.");

    private static UserException Absent(string folder)
    {
        var pickled = PickleNames.FirstOrDefault(name => File.Exists(Path.Combine(folder, name)));
        return new(!Directory.Exists(folder)
            ? $"{folder} is not a folder."
            : pickled is null
            ? $"{folder} has neither {FileName} nor {IndexName}."
            : $"{folder} has its weights only in {pickled}, which is not read here; convert it where Python's transformers is installed: "
                + $"T5ForConditionalGeneration.from_pretrained('{folder}').save_pretrained('{folder}', safe_serialization=True).");
    }
}
