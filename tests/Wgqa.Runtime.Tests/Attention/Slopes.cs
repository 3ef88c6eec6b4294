using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Attention;

/// <summary>Gradients against slopes: what a small change of each input does to a weighted sum of the output, all in float64.</summary>
internal static class Slopes
{
    private const double Step = 1e-5;

    /// <summary>Asserts that backward's gradient of every input is the central difference of <paramref name="oracle"/>.</summary>
    /// <param name="inputs">float64 leaves that require gradients.</param>
    /// <param name="function">What is tested.</param>
    /// <param name="oracle">The same function of plain numbers, flattened.</param>
    public static void AssertGradients(Tensor[] inputs, Func<Tensor> function, Func<double[]> oracle)
    {
        using var scope = NewDisposeScope();
        var output = function();
        var weights = Enumerable.Range(0, (int)output.numel()).Select(static at => Math.Sin(1 + at)).ToArray();
        output.mul(tensor(weights, output.shape)).sum().backward();
        using var frozen = no_grad();
        foreach (var input in inputs)
        {
            var gradient = LoopAttention.Numbers(input.grad!);
            var numbers = input.view(-1);
            for (var at = 0; at < gradient.Length; at++)
            {
                var number = numbers[at].item<double>();
                double Moved(double by)
                {
                    numbers[at].fill_(number + by);
                    return oracle().Zip(weights, static (value, weight) => value * weight).Sum();
                }

                var slope = (Moved(Step) - Moved(-Step)) / (2 * Step);
                numbers[at].fill_(number);
                Assert.Equal(slope, gradient[at], 1e-7);
            }
        }
    }
}
