using TorchSharp;
using Wgqa.Kernels;
using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>Zeroes each element with probability p in training and scales the rest by 1/(1−p); the identity in evaluation.</summary>
public sealed class Dropout : nn.Module<Tensor, Tensor>
{
    private readonly double _probability;

    /// <summary>A dropout of probability <paramref name="probability"/>, in [0, 1).</summary>
    public Dropout(double probability) : base(nameof(Dropout))
    {
        if (probability is not (>= 0 and < 1))
        {
            throw new UserException($"dropout_rate is {probability}; it must be at least 0 and less than 1.");
        }

        _probability = probability;
    }

    /// <summary>Stands in for the random mask, so that a test can pin down where dropout is applied; null in ordinary use.</summary>
    internal Func<Tensor, Tensor>? Substitute { get; set; }

    /// <summary>The probability with which a kernel drops elements now: 0 in evaluation; null where a test drops them its own way.</summary>
    internal double? KernelProbability => !training ? 0 : Substitute is null ? _probability : null;

    /// <summary>residual + dropout(x), the caller's to dispose.</summary>
    /// <param name="residual">Any shape.</param>
    /// <param name="x">The same shape, of the same or a narrower type.</param>
    public Tensor AddTo(Tensor residual, Tensor x)
    {
        if (KernelProbability is { } probability && NativeKernels.AddDropped(residual, x, probability) is { } sum)
        {
            return sum;
        }

        using var dropped = forward(x);
        return residual.Plus(dropped);
    }

    /// <summary>Any shape in, the same shape out: a new tensor, the caller's to dispose.</summary>
    public override Tensor forward(Tensor input)
    {
        if (training && Substitute is { } substitute)
        {
            return substitute(input);
        }

        if (!training || _probability == 0)
        {
            return input.alias();
        }

        if (input.device_type != DeviceType.CPU)
        {
            return nn.functional.dropout(input, _probability, training: true);
        }

        if (NativeKernels.Dropped(input, _probability) is { } dropped)
        {
            return dropped;
        }

        using var scope = NewDisposeScope();
        return input.mul(DropoutMask.Draw(input.shape, _probability).to_type(input.dtype)).MoveToOuterDisposeScope();
    }
}
