using Wgqa.Experiments.Progress;
using Wgqa.Experiments.Recipes;
using Wgqa.Training;
using Wgqa.Training.Distributed;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Processes;

/// <summary>The processes that a command trains in; most often this one alone.</summary>
internal sealed class Peers(World? world, ProcessGroup? group, ExchangeOptions exchange)
{
    /// <summary>One process.</summary>
    public static Peers None { get; } = new(null, null, ExchangeOptions.Default);

    /// <summary>The group, where there are several.</summary>
    public ProcessGroup? Group => group;

    /// <summary>How gradients are summed over them.</summary>
    public ExchangeOptions Exchange => exchange;

    /// <summary>Whether this process writes and prints.</summary>
    public bool IsFirst => group is null or { IsFirst: true };

    /// <summary>Where progress shows: one process shows it for all.</summary>
    public IProgressDisplay Display => IsFirst ? TerminalProgress.OnStandardError() : new NoProgress();

    /// <summary>The device of that name; of several CUDA devices each process of a machine takes its own.</summary>
    /// <exception cref="UserException">There is no such device here.</exception>
    public static Device Place(string name, World? world) => FineTuning.DeviceNamed(name == "cuda" && world is not null ? $"cuda:{world.LocalRank}" : name);

    /// <inheritdoc cref="Place(string, World?)"/>
    public Device Place(string name) => Place(name, world);

    /// <summary>Goes on when the first process has come here.</summary>
    public void WaitForFirst() => group?.FromFirst(static () => true);

    /// <summary>Does something in the first process, and then something else in the others, which find what it has left.</summary>
    public T AfterFirst<T>(Func<T> first, Func<T> others)
    {
        if (group is null)
        {
            return first();
        }

        T? made = default;
        group.FromFirst(() =>
        {
            made = first();
            return true;
        });
        return group.IsFirst ? made! : others();
    }
}
