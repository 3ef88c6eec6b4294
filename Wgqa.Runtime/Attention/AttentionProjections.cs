using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>The four projections of an attention block, in Hugging Face's layout.</summary>
/// <param name="Query">[h·d, m]; head i is rows i·d … (i+1)·d−1.</param>
/// <param name="Key">[h·d, m] of a multi-head block, [G·d, m] of a grouped one.</param>
/// <param name="Value">As <paramref name="Key"/>.</param>
/// <param name="Output">[m, h·d].</param>
public sealed record AttentionProjections(Tensor Query, Tensor Key, Tensor Value, Tensor Output) : IDisposable
{
    /// <summary>
    /// Second moment [m, m] of what the block's keys and values are made from, over calibration data (see <c>ModelCalibration</c>): the metric
    /// in which heads are compared. Null compares their weights. Disposed with this; a copy made by <c>with</c> shares it, as it does the projections.
    /// </summary>
    public Tensor? InputCovariance { get; init; }

    /// <summary>Copies one projection into a parameter in place, which keeps its type and device.</summary>
    /// <exception cref="UserException">The shapes differ.</exception>
    public static void Copy(Tensor source, Tensor target, string name)
    {
        if (!source.shape.SequenceEqual(target.shape))
        {
            throw new UserException($"{name} is [{string.Join(", ", source.shape)}]; this block needs [{string.Join(", ", target.shape)}].");
        }

        using var frozen = no_grad();
        target.copy_(source);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Query.Dispose();
        Key.Dispose();
        Value.Dispose();
        Output.Dispose();
        InputCovariance?.Dispose();
    }
}
