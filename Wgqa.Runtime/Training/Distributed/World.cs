using System.Globalization;
using System.Text.RegularExpressions;

namespace Wgqa.Training.Distributed;

/// <summary>Which of several processes this one is, and where they meet: what PyTorch's launchers and Slurm say in the environment.</summary>
/// <param name="Rank">This process, from 0.</param>
/// <param name="Size">All processes.</param>
/// <param name="LocalRank">This process among those of its machine: the CUDA device that it takes.</param>
/// <param name="Address">The machine that the first process runs on.</param>
/// <param name="Port">Where they meet there.</param>
public sealed partial record World(int Rank, int Size, int LocalRank, string Address, int Port)
{
    private const string LoopbackAddress = "127.0.0.1";

    // PyTorch's own default.
    private const int DefaultPort = 29500;

    // Ports that Slurm jobs are given one of by their number: jobs that share a machine do not meet at one place.
    private const int FirstJobPort = 20000;
    private const int JobPorts = 10000;

    /// <summary>Whether the first process keeps the store that they meet at; torchrun's agent may have it already.</summary>
    public bool FirstKeepsStore { get; init; } = true;

    /// <summary>What tells one start of the processes from an earlier one in a store that outlives them.</summary>
    public string Attempt { get; init; } = "0";

    /// <summary>Whether this is the process that writes files and speaks.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>
    /// Reads RANK, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR and MASTER_PORT, as torchrun sets them; where there is no RANK, what srun says of a
    /// task. Null where neither is there: the process is alone.
    /// </summary>
    /// <param name="variable">From a name to its value, as <see cref="Environment.GetEnvironmentVariable(string)"/>.</param>
    /// <exception cref="UserException">A variable is missing or makes no sense.</exception>
    public static World? FromEnvironment(Func<string, string?> variable)
    {
        var world = Given(variable, "RANK") is not null ? FromTorch(variable) : FromSlurm(variable);
        if (world is not null && (world.Size < 1 || world.Rank < 0 || world.Rank >= world.Size))
        {
            throw new UserException($"The process is number {world.Rank} of {world.Size} by its environment; the first is 0 and the last {world.Size - 1}.");
        }

        return world;
    }

    /// <summary>The first machine of a Slurm list such as <c>gpu[03-05,9],login</c>.</summary>
    internal static string FirstHost(string nodes)
    {
        var match = HostList().Match(nodes);
        return match.Groups["name"].Value + match.Groups["number"].Value + match.Groups["rest"].Value;
    }

    private static World FromTorch(Func<string, string?> variable)
    {
        var size = Number(variable, "WORLD_SIZE") ?? throw new UserException("RANK is set and WORLD_SIZE is not; torchrun and other launchers of PyTorch set both.");
        return new(
            Number(variable, "RANK")!.Value,
            size,
            Number(variable, "LOCAL_RANK") ?? 0,
            Given(variable, "MASTER_ADDR") ?? (size == 1 ? LoopbackAddress : throw new UserException($"WORLD_SIZE is {size} and MASTER_ADDR is not set; it names the machine of the first process.")),
            MeetingPort(variable) ?? DefaultPort)
        {
            FirstKeepsStore = Given(variable, "TORCHELASTIC_USE_AGENT_STORE") != "True",
            Attempt = Given(variable, "TORCHELASTIC_RESTART_COUNT") ?? "0",
        };
    }

    // A batch script has SLURM_PROCID too and is alone all the same: only srun starts as many tasks as there are.
    private static World? FromSlurm(Func<string, string?> variable)
    {
        if (Given(variable, "SLURM_PROCID") is null || Given(variable, "SLURM_NTASKS") is null || (Given(variable, "SLURM_JOB_ID") is not null && Given(variable, "SLURM_STEP_ID") is null))
        {
            return null;
        }

        var nodes = Given(variable, "SLURM_STEP_NODELIST") ?? Given(variable, "SLURM_NODELIST") ?? Given(variable, "SLURM_JOB_NODELIST");
        return new(
            Number(variable, "SLURM_PROCID")!.Value,
            Number(variable, "SLURM_STEP_NUM_TASKS") ?? Number(variable, "SLURM_NTASKS")!.Value,
            Number(variable, "SLURM_LOCALID") ?? 0,
            Given(variable, "MASTER_ADDR") ?? (nodes is null ? LoopbackAddress : FirstHost(nodes)),
            MeetingPort(variable) ?? FirstJobPort + ((Number(variable, "SLURM_JOB_ID") ?? 0) % JobPorts))
        {
            Attempt = Given(variable, "SLURM_STEP_ID") ?? "0",
        };
    }

    private static int? MeetingPort(Func<string, string?> variable) => Number(variable, "MASTER_PORT") switch
    {
        null => null,
        > 0 and <= ushort.MaxValue and var port => port,
        var port => throw new UserException($"MASTER_PORT is {port}; it must be from 1 to {ushort.MaxValue}."),
    };

    private static int? Number(Func<string, string?> variable, string name) =>
        Given(variable, name) is not { } value ? null
        : int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new UserException($"{name} is '{value}' in the environment; it must be a whole number.");

    private static string? Given(Func<string, string?> variable, string name) => variable(name) is { Length: > 0 } value ? value : null;

    // name, then perhaps [first-last,…] of which the first counts, then perhaps more of the name.
    [GeneratedRegex(@"^(?<name>[^\[,]*)(?:\[(?<number>\d+)[^\]]*\](?<rest>[^,\[]*))?")]
    private static partial Regex HostList();
}
