using System.Text.Json;
using TorchSharp;
using Wgqa.Checkpoints;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Models;

/// <summary>What Hugging Face computed: tensors and, beside them, numbers in JSON. The small ones are part of this project, the others in ../shared/golden.</summary>
internal sealed class Golden : IDisposable
{
    private readonly SafetensorsFile _tensors;
    private readonly DisposeScope _scope = NewDisposeScope();

    private Golden(string tensors, JsonElement numbers) => (_tensors, Numbers) = (SafetensorsFile.Open(tensors), numbers);

    public JsonElement Numbers { get; }

    public IEnumerable<string> Names => _tensors.Entries.Keys;

    /// <summary>A folder of this project's own.</summary>
    public static string Own(params string[] parts) => Path.Combine([AppContext.BaseDirectory, "Golden", .. parts]);

    /// <summary>A tensor, disposed with this.</summary>
    public Tensor this[string name] => _tensors.Read(name).to(TestDevice.Current);

    public static Golden Open(string folder, string name)
    {
        var own = Own(folder);
        var place = Directory.Exists(own) ? own : SharedFolder.Path("golden", folder);
        var json = Path.Combine(place, $"{name}.json");
        using var document = JsonDocument.Parse(File.Exists(json) ? File.ReadAllText(json) : "{}");
        return new(Path.Combine(place, $"{name}.safetensors"), document.RootElement.Clone());
    }

    public void Dispose()
    {
        _scope.Dispose();
        _tensors.Dispose();
    }
}
