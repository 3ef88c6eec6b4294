using TorchSharp;
using Wgqa.Attention;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Attention;

public sealed class LinearMapTests
{
    [Theory]
    [InlineData(1, 1, ScalarType.Float64, 1e-12)]
    [InlineData(1, 1, ScalarType.Float32, 1e-5)]
    [InlineData(1, 1, ScalarType.BFloat16, 0)]
    [InlineData(2, 3, ScalarType.Float64, 0)]
    public void ItIsTheLinearLayersProductInValuesAndGradients(int b, int t, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var (x, weight) = (Drawn(b, t, 33), Drawn(17, 33));
        var (y, expected) = (LinearMap.Apply(x.one, weight.one), nn.functional.linear(x.other, weight.other));
        Assert.Equal([b, t, 17], y.shape);
        AssertNear(expected, y);
        y.square().sum().backward();
        expected.square().sum().backward();
        AssertNear(x.other.grad!, x.one.grad!);
        AssertNear(weight.other.grad!, weight.one.grad!);

        (Tensor one, Tensor other) Drawn(params long[] sizes)
        {
            var values = randn(sizes, ScalarType.Float64, generator: random).to_type(type);
            return (values.clone().requires_grad_(), values.clone().requires_grad_());
        }

        void AssertNear(Tensor first, Tensor second) =>
            Assert.InRange(first.sub(second).to_type(ScalarType.Float64).abs().max().ToDouble(), 0, tolerance * first.to_type(ScalarType.Float64).abs().max().ToDouble());
    }
}
