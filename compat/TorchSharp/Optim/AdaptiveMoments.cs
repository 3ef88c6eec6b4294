#nullable disable // As in TorchSharp, whose callers see no annotation here.

using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What Adam and AdamW do alike, in place.</summary>
internal static class AdaptiveMoments
{
    /// <summary>
    /// m = β₁m + (1 − β₁)g, v = β₂v + (1 − β₂)g², p −= lr/(1 − β₁ᵗ) · m/(√v/√(1 − β₂ᵗ) + ε): as in PyTorch, ε comes after
    /// the correction of v. With amsgrad v is the largest so far.
    /// </summary>
    public static void Step(
        Parameter parameter,
        Tensor grad,
        long step,
        Tensor average,
        Tensor squareAverage,
        Tensor largestSquareAverage,
        double lr,
        double beta1,
        double beta2,
        double eps)
    {
        average.mul_(beta1).add_(grad, alpha: 1 - beta1);
        squareAverage.mul_(beta2).addcmul_(grad, grad, value: 1 - beta2);
        var second = squareAverage;
        if (largestSquareAverage is not null)
        {
            using var largest = maximum(largestSquareAverage, squareAverage);
            second = largestSquareAverage.copy_(largest);
        }

        using var denominator = second.sqrt();
        denominator.div_(Math.Sqrt(1 - Math.Pow(beta2, step))).add_(eps);
        parameter.addcdiv_(average, denominator, value: -lr / (1 - Math.Pow(beta1, step)));
    }
}
