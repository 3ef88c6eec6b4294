using System.CommandLine;
using Wgqa.Experiments.Processes;
using Wgqa.Training.Distributed;

namespace Wgqa.Experiments.Commands;

/// <summary>The options of a command that several processes can share the work of.</summary>
internal sealed class ProcessOptions
{
    private const int MegaByte = 1 << 20;

    // More is a slip, and fills the memory.
    private const int ProcessesPerCore = 4;

    private readonly Option<int?> _processes = new("--nproc") { Description = "Train in N processes on this machine, each with its share of every batch." };
    private readonly Option<double> _bucket = new("--bucket-mb")
    {
        Description = "MB of gradients summed over the processes at a time, while others are still computed; 0 sums all of them afterwards.",
        DefaultValueFactory = _ => ExchangeOptions.Default.BucketBytes / (double)MegaByte,
    };

    private readonly Option<double> _timeout = new("--peer-timeout") { Description = "Seconds to wait for another process.", DefaultValueFactory = _ => 300 };

    public void AddTo(Command command)
    {
        command.Add(_processes);
        command.Add(_bucket);
        command.Add(_timeout);
    }

    /// <summary>
    /// Starts the processes that the command line asks for, or does this one's part: alone, or with the others that torchrun, srun or a launcher of ours has started.
    /// </summary>
    /// <param name="result">The command line.</param>
    /// <param name="device">Where it is to compute.</param>
    /// <param name="work">A process's part.</param>
    /// <returns>The exit code.</returns>
    public int Run(ParseResult result, string device, Action<Peers> work)
    {
        if (Processes(result) is > 1 and var count && !Launcher.StartedThis)
        {
            return Launcher.Run(count);
        }

        Join(result, device, work);
        return 0;
    }

    /// <summary>The processes that the command line asks for, which this one can start.</summary>
    /// <exception cref="UserException">It cannot.</exception>
    public int Processes(ParseResult result)
    {
        var count = TaskOptions.AtLeast(1, result.GetValue(_processes), "--nproc") ?? 1;
        if (count > 1 && !Launcher.StartedThis)
        {
            if (count > ProcessesPerCore * Environment.ProcessorCount)
            {
                throw new UserException($"--nproc is {count}, and this machine has {Environment.ProcessorCount} cores; it must be at most {ProcessesPerCore * Environment.ProcessorCount}.");
            }

            if (World.FromEnvironment(Environment.GetEnvironmentVariable) is { Size: > 1 } world)
            {
                throw new UserException($"--nproc is {count}, and this process has been started as number {world.Rank} of {world.Size} already; leave --nproc out.");
            }

            if (ProcessGroup.Obstacle is { } obstacle)
            {
                throw new UserException(obstacle);
            }
        }

        return count;
    }

    /// <summary>Does this process's part: alone, or with the others that torchrun, srun or a launcher of ours has started.</summary>
    public void Join(ParseResult result, string device, Action<Peers> work)
    {
        var bucket = result.GetValue(_bucket);
        var timeout = result.GetValue(_timeout);
        Require(double.IsFinite(bucket) && bucket is >= 0 and <= 1 << 20, "--bucket-mb", bucket, $"from 0 to {1 << 20}");
        Require(double.IsFinite(timeout) && timeout is >= 1 and <= 86400, "--peer-timeout", timeout, "from 1 to 86400");
        var world = World.FromEnvironment(Environment.GetEnvironmentVariable);
        using var group = ProcessGroup.Join(world, Peers.Place(device, world), TimeSpan.FromSeconds(timeout));
        work(new(world, group, new((long)(bucket * MegaByte))));
    }

    private static void Require(bool holds, string option, double value, string range)
    {
        if (!holds)
        {
            throw new UserException($"{option} is {value}; it must be {range}.");
        }
    }
}
