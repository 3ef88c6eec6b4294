using TorchSharp;
using Wgqa.Attention;
using Wgqa.Kernels;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>A stretch of flat parameters with all that an update reads and writes.</summary>
/// <param name="Values">[n], the parameters.</param>
/// <param name="Gradients">[n].</param>
/// <param name="Moments">[n] each, in the order of <see cref="IUpdateArithmetic.Moments"/>.</param>
internal readonly record struct Stretch(Tensor Values, Tensor Gradients, Tensor[] Moments);

/// <summary>What one kind of update does to flat parameters: the same to each of them, whatever its neighbours.</summary>
internal interface IUpdateArithmetic
{
    /// <summary>The names of what is remembered per parameter from step to step, as in torch's optimizer state; all begin as 0.</summary>
    IReadOnlyList<string> Moments { get; }

    /// <summary>Updates stretches in place.</summary>
    /// <param name="stretches">Made one at a time.</param>
    /// <param name="step">How many updates these parameters have had with this one: 1 at the first.</param>
    /// <param name="learningRate">This step's learning rate.</param>
    /// <param name="weightDecay">Weight decay per unit of learning rate.</param>
    void Apply(IEnumerable<Stretch> stretches, long step, double learningRate, double weightDecay);
}

/// <summary>torch.optim.AdamW: weight decay first and apart from the gradient, moments corrected for their start at 0, epsilon after the correction.</summary>
internal sealed class AdamWArithmetic(double beta1, double beta2, double epsilon) : IUpdateArithmetic
{
    public IReadOnlyList<string> Moments { get; } = ["exp_avg", "exp_avg_sq"];

    public void Apply(IEnumerable<Stretch> stretches, long step, double learningRate, double weightDecay)
    {
        // lr/c₁ · mean / (√square/√c₂ + ε), multiplied through by √c₂: a pass less.
        var (c1, rootC2) = (1 - Math.Pow(beta1, step), Math.Sqrt(1 - Math.Pow(beta2, step)));
        var (decay, floor, pace) = (1 - (learningRate * weightDecay), epsilon * rootC2, -learningRate * rootC2 / c1);
        using Scalar kept = decay, keptMean = beta1, newMean = 1 - beta1, keptSquare = beta2, newSquare = 1 - beta2;
        using Scalar slack = floor, stride = pace;
        foreach (var (values, gradients, moments) in stretches)
        {
            if (NativeKernels.AdamW(values, moments[0], moments[1], gradients, decay, beta1, beta2, floor, pace))
            {
                continue;
            }

            if (weightDecay != 0)
            {
                values.mul_(kept);
            }

            var (mean, square) = (moments[0], moments[1]);
            mean.mul_(keptMean).add_(gradients, newMean);
            square.mul_(keptSquare).addcmul_(gradients, gradients, newSquare);
            using var denominator = square.sqrt();
            values.addcdiv_(mean, denominator.Increase(slack), stride);
        }
    }
}

/// <summary>torch.optim.SGD without dampening: weight decay is added to the gradient.</summary>
internal sealed class SgdArithmetic(double momentum) : IUpdateArithmetic
{
    public IReadOnlyList<string> Moments { get; } = momentum > 0 ? ["momentum_buffer"] : [];

    public void Apply(IEnumerable<Stretch> stretches, long step, double learningRate, double weightDecay)
    {
        using Scalar decay = weightDecay, kept = momentum, stride = -learningRate;
        foreach (var (values, gradients, moments) in stretches)
        {
            using var decayed = weightDecay != 0 ? values.mul(decay).Increase(gradients) : null;
            var descent = decayed ?? gradients;
            values.add_(moments.Length == 0 ? descent : moments[0].mul_(kept).Increase(descent), stride);
        }
    }
}
