using static TorchSharp.torch;
using static TorchSharp.torch.nn.init;

namespace TorchSharp.Tests;

[Collection(nameof(NNGlobalGenerator))]
public sealed class NNInitTests
{
    private const int Out = 200;
    private const int In = 300;

    [Fact]
    public void ConstantsFill()
    {
        using var scope = NewDisposeScope();
        Assert.All(Values(constant_(empty(2, 3), 2.5)), value => Assert.Equal(2.5f, value));
        Assert.All(Values(ones_(empty(2, 3))), value => Assert.Equal(1f, value));
        Assert.All(Values(zeros_(empty(2, 3))), value => Assert.Equal(0f, value));
        Assert.Equal([1f, 0f, 0f, 0f, 1f, 0f], Values(eye_(empty(2, 3))));
    }

    [Fact]
    public void InitialisingReturnsTheTensorAndLeavesItALeaf()
    {
        using var weight = nn.Parameter(empty(2, 2));

        Assert.Same(weight, ones_(weight));
        Assert.True(weight.requires_grad);
        Assert.True(weight.is_leaf);
    }

    [Fact]
    public void UniformAndNormalHaveTheirMoments()
    {
        using var scope = NewDisposeScope();
        manual_seed(17);

        Check(uniform_(empty(Out, In), -1, 3), mean: 1, deviation: 4 / Math.Sqrt(12), bound: 3);
        Check(normal_(empty(Out, In), 2, 0.5), mean: 2, deviation: 0.5, bound: double.PositiveInfinity);
    }

    [Fact]
    public void KaimingScalesWithTheFan()
    {
        using var scope = NewDisposeScope();
        manual_seed(17);
        var uniform = Math.Sqrt(2.0 / (1 + 5) / In);

        Check(kaiming_uniform_(empty(Out, In), a: Math.Sqrt(5)), 0, uniform, uniform * Math.Sqrt(3));
        Check(kaiming_normal_(empty(Out, In), nonlinearity: NonlinearityType.ReLU), 0, Math.Sqrt(2.0 / In), double.PositiveInfinity);
        Check(kaiming_normal_(empty(Out, In), mode: FanInOut.FanOut, nonlinearity: NonlinearityType.Linear), 0, Math.Sqrt(1.0 / Out), double.PositiveInfinity);
    }

    [Fact]
    public void XavierScalesWithBothFans()
    {
        using var scope = NewDisposeScope();
        manual_seed(17);
        var deviation = 3 * Math.Sqrt(2.0 / (In + Out));

        Check(xavier_uniform_(empty(Out, In), gain: 3), 0, deviation, deviation * Math.Sqrt(3));
        Check(xavier_normal_(empty(Out, In), gain: 3), 0, deviation, double.PositiveInfinity);
    }

    [Fact]
    public void FansCountTheReceptiveField()
    {
        using var scope = NewDisposeScope();

        Assert.Equal((3, 2), CalculateFanInAndFanOut(empty(2, 3)));
        Assert.Equal((3 * 20, 2 * 20), CalculateFanInAndFanOut(empty(2, 3, 4, 5)));
        Assert.Throws<ArgumentException>(() => CalculateFanInAndFanOut(empty(2)));
        Assert.ThrowsAny<Exception>(() => xavier_uniform_(empty(2)));
    }

    [Fact]
    public void GainsArePyTorchs()
    {
        Assert.Equal(1, calculate_gain(NonlinearityType.Linear));
        Assert.Equal(1, calculate_gain(NonlinearityType.Sigmoid));
        Assert.Equal(5.0 / 3, calculate_gain(NonlinearityType.Tanh), 1e-12);
        Assert.Equal(Math.Sqrt(2), calculate_gain(NonlinearityType.ReLU), 1e-12);
        Assert.Equal(Math.Sqrt(2 / 1.25), calculate_gain(NonlinearityType.LeakyReLU, 0.5), 1e-12);
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(3, 5)]
    public void OrthogonalIsOrthonormalTimesTheGain(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        manual_seed(17);
        var weight = orthogonal_(empty(rows, columns), gain: 2);

        var product = rows < columns ? weight.mm(weight.t()) : weight.t().mm(weight);

        Assert.True(product.allclose(eye(Math.Min(rows, columns)).mul(4), atol: 1e-5));
        Assert.ThrowsAny<Exception>(() => orthogonal_(empty(3)));
    }

    [Fact]
    public void ASeedRepeatsALayersWeights()
    {
        manual_seed(5);
        using var first = nn.Linear(4, 3);
        manual_seed(5);
        using var second = nn.Linear(4, 3);
        using var third = nn.Linear(4, 3);

        Assert.Equal(Values(first.weight), Values(second.weight));
        Assert.Equal(Values(first.bias!), Values(second.bias!));
        Assert.NotEqual(Values(first.weight), Values(third.weight));
        Assert.All(Values(first.weight).Concat(Values(first.bias!)), value => Assert.InRange(value, -0.5f, 0.5f));
    }

    private static float[] Values(Tensor tensor) => tensor.data<float>().ToArray();

    private static void Check(Tensor tensor, double mean, double deviation, double bound)
    {
        var values = Values(tensor);
        var average = values.Average();
        Assert.Equal(mean, average, deviation * 0.02);
        Assert.Equal(deviation, Math.Sqrt(values.Average(value => Math.Pow(value - average, 2))), deviation * 0.02);
        Assert.All(values, value => Assert.True(Math.Abs(value) <= bound * (1 + 1e-6)));
    }
}
