using TorchSharp;
using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// The position of the next token in a static KV cache, as a number on the device: with it the operators of a step are the same at every token, on the
/// same memory, so that a device can record them once. Keys not there yet are attended to as well, and hidden by the bias.
/// </summary>
internal sealed class StepPlace : IDisposable
{
    /// <summary>The first of <paramref name="capacity"/> places.</summary>
    public StepPlace(long capacity, Device device)
    {
        (Capacity, Window) = (capacity, capacity);
        Position = zeros([1], ScalarType.Int64, device).DetachFromDisposeScope();
        Offsets = arange(capacity - 1, (2 * capacity) - 1, ScalarType.Int64, device).DetachFromDisposeScope();
    }

    /// <summary>Tokens that fit.</summary>
    public long Capacity { get; }

    /// <summary>[1] int64: the place of the next token.</summary>
    public Tensor Position { get; }

    /// <summary>[capacity] int64: capacity − 1 and so on; less the position, how far each place is from it, from 0 for the farthest back.</summary>
    public Tensor Offsets { get; }

    /// <summary>Places attended to, the first so many: fixed in what is recorded.</summary>
    public long Window { get; set; }

    /// <summary>Tokens written so far, as the host counts them.</summary>
    public long Length { get; private set; }

    /// <summary>Makes the next place the device's: part of a step.</summary>
    public void MoveOn()
    {
        using Scalar one = 1;
        Position.Increase(one);
    }

    /// <summary>Counts a step on the host, which a recorded step does not do itself.</summary>
    public void Count() => Length++;

    /// <inheritdoc/>
    public void Dispose()
    {
        Position.Dispose();
        Offsets.Dispose();
    }
}
