using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Models;

/// <summary>Comparisons of tensors that say by how much they fail.</summary>
internal static class Closeness
{
    public static double MaxDifference(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return expected.numel() == 0 ? 0 : expected.to_type(ScalarType.Float64).sub(actual.to_type(ScalarType.Float64)).abs().max().item<double>();
    }

    public static void AssertWithin(double tolerance, Tensor expected, Tensor actual, string what)
    {
        var difference = MaxDifference(expected, actual);
        Assert.True(difference <= tolerance, $"{what} differs by {difference:g3}, more than {tolerance:g3}");
    }

    public static void AssertRelativelyWithin(double tolerance, Tensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var difference = Norm(expected.sub(actual)) / Math.Max(Norm(expected), 1e-12);
        Assert.True(difference <= tolerance, $"{what} differs by {difference:g3} of its norm, more than {tolerance:g3}");
    }

    public static void AssertRelativelyWithin(double tolerance, double expected, double actual, string what)
    {
        var difference = Math.Abs(expected - actual) / Math.Max(Math.Abs(expected), 1e-12);
        Assert.True(difference <= tolerance, $"{what} is {actual:g9} and should be {expected:g9}, a difference of {difference:g3}");
    }

    public static double Norm(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return Math.Sqrt(tensor.to_type(ScalarType.Float64).square().sum().item<double>());
    }
}
