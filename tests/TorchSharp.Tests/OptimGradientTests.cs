using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class OptimGradientTests
{
    [Fact]
    public void ClippingScalesAllGradientsByTheirCommonNorm()
    {
        var (first, second) = (With([2f, 0f]), With([1f, 2f]));
        using (first)
        using (second)
        {
            Assert.Equal(3, nn.utils.clip_grad_norm_([first, second], 1.5), 1e-6);

            Close([1f, 0f], first);
            Close([0.5f, 1f], second);
        }
    }

    [Fact]
    public void GradientsWithinTheNormStay()
    {
        using var parameter = With([3f, 4f]);

        Assert.Equal(5, nn.utils.clip_grad_norm_([parameter], 6), 1e-6);
        Close([3f, 4f], parameter);

        Assert.Equal(4, nn.utils.clip_grad_norm_([parameter], 2, double.PositiveInfinity), 1e-6);
        Close([1.5f, 2f], parameter);
    }

    [Fact]
    public void WithoutGradientsTheNormIsZero()
    {
        using var parameter = nn.Parameter(ones(2));

        Assert.Equal(0, nn.utils.clip_grad_norm_([parameter], 1));
        nn.utils.clip_grad_value_([parameter], 1);
    }

    [Fact]
    public void ClippingByValueBoundsEachElement()
    {
        using var parameter = With([3f, -4f, 0.5f]);

        nn.utils.clip_grad_value_([parameter], 1);

        Close([1f, -1f, 0.5f], parameter);
    }

    [Fact]
    public void ClippingLeavesNoTensorsBehind()
    {
        using var parameter = With([3f, 4f]);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        nn.utils.clip_grad_norm_([parameter], 1);
        nn.utils.clip_grad_value_([parameter], 1);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void ParametersBecomeAVectorAndBack()
    {
        using var linear = nn.Linear(2, 2);
        using var doubled = nn.utils.parameters_to_vector(linear.parameters()).mul(2).detach();
        float[] expected = [.. linear.weight.data<float>().ToArray().Concat(linear.bias!.data<float>().ToArray()).Select(value => 2 * value)];

        nn.utils.vector_to_parameters(doubled, linear.parameters());

        Assert.Equal(expected, linear.weight.data<float>().ToArray().Concat(linear.bias!.data<float>().ToArray()));
        Assert.Equal([2, 2], linear.weight.shape);
    }

    private static Parameter With(float[] gradient)
    {
        var parameter = nn.Parameter(zeros(gradient.Length));
        OptimizerTests.SetGradient(parameter, gradient);
        return parameter;
    }

    private static void Close(float[] expected, Parameter parameter)
    {
        using var gradient = parameter.grad;
        var actual = gradient!.data<float>().ToArray();
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-5f);
        }
    }
}
