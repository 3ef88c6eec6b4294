using System.Reflection;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Sweeps;

/// <summary>On what a cell was computed, as <c>environment.json</c> keeps it.</summary>
internal sealed record CellEnvironment
{
    /// <summary>The app's version.</summary>
    public required string? Version { get; init; }

    /// <summary>The commit that the app was built from; null where it was built from no checkout.</summary>
    public required string? Commit { get; init; }

    /// <summary>libtorch's version.</summary>
    public required string Torch { get; init; }

    /// <summary>.NET's version.</summary>
    public required string Dotnet { get; init; }

    /// <summary>The operating system.</summary>
    public required string System { get; init; }

    /// <summary>The processor's name.</summary>
    public required string Processor { get; init; }

    /// <summary>Its logical cores that the process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Threads that libtorch used.</summary>
    public required int Threads { get; init; }

    /// <summary>cpu, cuda or cuda:N.</summary>
    public required string Device { get; init; }

    /// <summary>When the cell was begun first.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Processes that worked on it: more than one where it was interrupted.</summary>
    public required int Processes { get; init; }

    /// <summary>Processes that trained it together.</summary>
    public int TrainedBy { get; init; } = 1;

    /// <summary>When the cell was finished; null until then.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>This process's, from now on.</summary>
    public static CellEnvironment Here(string device)
    {
        var version = typeof(CellEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+');
        return new()
        {
            Version = version?[0],
            Commit = version is [_, var commit] ? commit : null,
            Torch = __version__,
            Dotnet = Environment.Version.ToString(),
            System = RuntimeInformation.OSDescription,
            Processor = ProcessorName(),
            Cores = Environment.ProcessorCount,
            Threads = get_num_threads(),
            Device = device,
            Started = DateTimeOffset.UtcNow,
            Processes = 1,
        };
    }

    /// <summary>This process's, where <paramref name="before"/> has worked on the cell already.</summary>
    public CellEnvironment After(CellEnvironment? before) => before is null ? this : this with { Started = before.Started, Processes = before.Processes + 1 };

    private static string ProcessorName()
    {
        const string Field = "model name";
        const string Source = "/proc/cpuinfo";
        var line = File.Exists(Source) ? File.ReadLines(Source).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
