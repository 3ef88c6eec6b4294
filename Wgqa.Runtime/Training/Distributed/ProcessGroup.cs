using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Wgqa.Training.Distributed;

/// <summary>
/// The processes that train one model together, over libtorch's own c10d: Gloo on the CPU, NCCL on CUDA devices. All of them make the
/// same calls in the same order.
/// </summary>
public sealed class ProcessGroup : IDisposable
{
    private const int Gloo = 1;
    private const int Nccl = 2;

    // What only the first process does may take long; should it die, the others see its store go.
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private readonly Device _device;
    private nint _handle;
    private bool _lost;
    private int _said;

    private ProcessGroup(World world, Device device, TimeSpan timeout)
    {
        (World, _device, Timeout) = (world, device, timeout);
        try
        {
            _handle = NativeGroup.Open(Backend(device), world, timeout);
        }
        catch (ExternalException error)
        {
            throw new PeerLostException($"Process {world.Rank} of {world.Size} did not meet the others at {world.Address}:{world.Port} within {timeout.TotalSeconds:0} s ({Plain(error)}).", error);
        }
    }

    /// <summary>Why this build of the product can train in one process only, in a sentence; null where it has process groups.</summary>
    public static string? Obstacle => NativeGroup.Backends != 0
        ? null
        : "This build has no process group, so it trains in one process: it needs TorchSource=local over a libtorch with c10d and Gloo's headers (./wgqa setup --torch local installs them).";

    /// <summary>How long a process is waited for.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Which process this is.</summary>
    public World World { get; }

    /// <summary>How many there are.</summary>
    public int Size => World.Size;

    /// <summary>Whether this is the process that writes files and speaks.</summary>
    public bool IsFirst => World.IsFirst;

    internal BatchShare Share => new(World.Rank, World.Size);

    internal nint Handle => _handle;

    /// <summary>Meets the other processes.</summary>
    /// <param name="world">Who they are.</param>
    /// <param name="device">Where this one computes, which decides how they talk.</param>
    /// <param name="timeout">How long another process is waited for, now and later.</param>
    /// <returns>Null where there is one process.</returns>
    /// <exception cref="UserException">This build has no process groups.</exception>
    /// <exception cref="PeerLostException">The others did not come in time.</exception>
    public static ProcessGroup? Join(World? world, Device device, TimeSpan timeout)
    {
        if (world is null or { Size: 1 })
        {
            return null;
        }

        return Obstacle is { } obstacle ? throw new UserException(obstacle) : new(world, device, timeout);
    }

    /// <summary>What the first process computes, known to all.</summary>
    /// <typeparam name="T">What JSON can hold.</typeparam>
    /// <param name="compute">Called in the first process only; it may take much longer than <see cref="Timeout"/>.</param>
    /// <exception cref="PeerLostException">A process is gone.</exception>
    public T FromFirst<T>(Func<T> compute)
    {
        var name = $"first/{_said++}";
        if (IsFirst)
        {
            var computed = compute();
            Guarded(() => NativeGroup.Put(_handle, name, JsonSerializer.SerializeToUtf8Bytes(computed, RunFolder.Json)));
            return computed;
        }

        return JsonSerializer.Deserialize<T>(Guarded(() => NativeGroup.Get(_handle, name, Patience)), RunFolder.Json)!;
    }

    /// <summary>Frees the group; the other processes may go on without noticing.</summary>
    public void Dispose()
    {
        // What another process's end has left unfinished would be waited for here: it ends with this process instead.
        if (_handle != 0 && !_lost)
        {
            NativeGroup.Close(_handle);
        }

        _handle = 0;
    }

    /// <summary>Gives all processes the first one's values, in place.</summary>
    internal void Broadcast(Tensor values) => Guarded(() => NativeGroup.Wait(NativeGroup.Broadcast(_handle, values)));

    /// <summary>Sums numbers over all processes.</summary>
    internal double[] Sum(params ReadOnlySpan<double> numbers)
    {
        using var sums = BeginSum(numbers);
        return sums.Wait();
    }

    /// <summary>Begins to sum numbers over all processes.</summary>
    internal Sums BeginSum(params ReadOnlySpan<double> numbers)
    {
        var values = tensor(numbers.ToArray(), device: _device).DetachFromDisposeScope();
        return new(this, values, Guarded(() => NativeGroup.Sum(_handle, values)));
    }

    /// <summary>Turns what libtorch says of a lost process into what the caller is told.</summary>
    internal T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ExternalException error)
        {
            _lost = true;
            throw new PeerLostException($"Another of the {Size} processes is gone, or has not answered process {World.Rank} for {Timeout.TotalSeconds:0} s ({Plain(error)}).", error);
        }
    }

    /// <inheritdoc cref="Guarded{T}(Func{T})"/>
    internal void Guarded(Action action) => Guarded(() =>
    {
        action();
        return 0;
    });

    private static int Backend(Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            return Gloo;
        }

        return (NativeGroup.Backends & Nccl) != 0
            ? Nccl
            : throw new UserException($"This build has no NCCL, so several processes can train on the CPU only, and --device is {device}.");
    }

    // Where in its source libtorch noticed says nothing to a reader.
    private static string Plain(ExternalException error)
    {
        var message = error.Message;
        return (message.StartsWith('[') && message.IndexOf("] ", StringComparison.Ordinal) is > 0 and var end ? message[(end + 2)..] : message).TrimEnd('.');
    }
}

/// <summary>Numbers that are being summed over all processes.</summary>
internal sealed class Sums(ProcessGroup group, Tensor values, nint pending) : IDisposable
{
    /// <summary>The sums, to be asked for once.</summary>
    /// <exception cref="PeerLostException">A process is gone.</exception>
    public double[] Wait()
    {
        group.Guarded(() => NativeGroup.Wait(pending));
        using var here = values.cpu();
        return here.data<double>().ToArray();
    }

    public void Dispose() => values.Dispose();
}
