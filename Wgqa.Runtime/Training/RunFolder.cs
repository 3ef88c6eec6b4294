using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Wgqa.Checkpoints;
using Wgqa.Training.Distributed;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>
/// Where one run keeps everything: <c>config.json</c> (what determines it), <c>metrics.jsonl</c> (a line per logged step) and its twin for TensorBoard,
/// <c>checkpoint/</c> (where to go on), <c>model/</c> (the result) and <c>summary.json</c> (written last: the run is finished).
/// </summary>
/// <remarks>One process at a time may have a folder open. Files are written beside and then renamed, so none is ever half-written.</remarks>
public sealed class RunFolder : IDisposable
{
    private const string ConfigFile = "config.json";
    private const string SummaryFile = "summary.json";
    private const string AboutSection = "about";

    /// <summary>How every JSON file of a run is written: camelCase, words for enums, no field that is null.</summary>
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly FileStream? _lock;

    private RunFolder(string path, FileStream? @lock)
    {
        Path = path;
        _lock = @lock;
        Checkpoints = new CheckpointFolder(System.IO.Path.Combine(path, "checkpoint"));
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>The folder's own name.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Where the trained model is, once the run is finished.</summary>
    public string ModelFolder => System.IO.Path.Combine(Path, "model");

    /// <summary>Where the model with the lowest validation loss is, if the run keeps it.</summary>
    public string BestModelFolder => System.IO.Path.Combine(Path, "best");

    /// <summary>What a finished run came to; null until then.</summary>
    public RunSummary? Summary => Read<RunSummary>(SummaryFile);

    internal string MetricsFile => System.IO.Path.Combine(Path, "metrics.jsonl");

    internal CheckpointFolder Checkpoints { get; }

    /// <summary>
    /// Opens a run's folder, making it if need be: an interrupted run then goes on from its checkpoint, and a finished one
    /// is recognised by its <see cref="Summary"/>.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="config">
    /// Everything that determines the run, as a record that JSON can hold: the command, model, variant, data, options. Versions and
    /// the commit are added under "about".
    /// </param>
    /// <param name="group">The processes of the run, if there are several: the first opens the folder, and what the others do leaves it as it is.</param>
    /// <exception cref="UserException">
    /// The folder holds a run of another config (the field and both values are named), or something else, or another process has it open.
    /// </exception>
    public static RunFolder Open<TConfig>(string path, TConfig config, ProcessGroup? group = null)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (group is { IsFirst: false })
        {
            return new RunFolder(full, null);
        }

        var run = new RunFolder(full, Lock(full));
        try
        {
            run.KeepConfig(JsonSerializer.SerializeToNode(config, Json)!.AsObject());
            CompleteFile.RemoveUnfinished(full);   // of a process that was killed
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Writes a result of the run's own (an evaluation, a table) into the folder.</summary>
    public void Write<T>(string file, T value) => CompleteFile.Write(System.IO.Path.Combine(Path, file), JsonSerializer.Serialize(value, Json) + "\n");

    /// <summary>Reads such a result; null where there is none yet.</summary>
    /// <exception cref="UserException">The file is not the JSON that was written.</exception>
    public T? Read<T>(string file)
        where T : class => ReadFile<T>(System.IO.Path.Combine(Path, file));

    /// <summary>What the finished run came to whose <see cref="ModelFolder"/> a folder is; null where it is none.</summary>
    /// <exception cref="UserException">There is a summary, and it is not the JSON that was written.</exception>
    public static RunSummary? SummaryBeside(string modelFolder) =>
        ReadFile<RunSummary>(System.IO.Path.Combine(System.IO.Path.GetFullPath(modelFolder), "..", SummaryFile));

    private static T? ReadFile<T>(string path)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Json);
        }
        catch (JsonException error)
        {
            throw new UserException($"{path} is not valid JSON: {error.Message}", error);
        }
    }

    /// <summary>Lets another process open the folder.</summary>
    public void Dispose()
    {
        _lock?.Dispose();
    }

    internal void Finish(RunSummary summary) => Write(SummaryFile, summary);

    /// <summary>Fills a new folder beside its place and renames it there; one that was there before is gone afterwards.</summary>
    internal static void WriteWholeFolder(string path, Action<string> fill)
    {
        var beside = path + ".partial";
        DeleteFolder(beside);
        Directory.CreateDirectory(beside);
        fill(beside);
        DeleteFolder(path);
        Directory.Move(beside, path);
    }

    internal static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static FileStream Lock(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The run folder {path} cannot be made: {error.Message}", error);
        }

        try
        {
            return new FileStream(System.IO.Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new UserException($"The run folder {path} cannot be written to: {error.Message}", error);
        }
        catch (IOException error)
        {
            throw new UserException($"Another process is running in {path}; wait for it, stop it, or choose another folder.", error);
        }
    }

    private void KeepConfig(JsonObject config)
    {
        var file = System.IO.Path.Combine(Path, ConfigFile);
        if (File.Exists(file))
        {
            RequireSame(file, config);
            return;
        }

        config[AboutSection] = new JsonObject
        {
            ["wgqa"] = typeof(RunFolder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            ["torch"] = __version__,
            ["dotnet"] = Environment.Version.ToString(),
            ["system"] = RuntimeInformation.RuntimeIdentifier,
        };
        CompleteFile.Write(file, config.ToJsonString(Json) + "\n");
    }

    private static void RequireSame(string file, JsonObject config)
    {
        JsonObject? kept = null;
        try
        {
            kept = JsonNode.Parse(File.ReadAllText(file)) as JsonObject;
        }
        catch (JsonException)
        {
        }

        if (kept is null || !kept.Remove(AboutSection))
        {
            throw new UserException($"{file} was not written by a run; choose another folder.");
        }

        if (JsonDifference.First(kept, config) is { } other)
        {
            throw new UserException($"{file} belongs to another run: {other.Field} is {other.Was} there and {other.Wanted} here; choose another folder, or delete that one.");
        }
    }
}
