using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>What a test expects of a tensor.</summary>
internal static class Expect
{
    /// <summary>These elements in row-major order, to a relative and absolute 1e-6 unless said otherwise.</summary>
    internal static void Values(Tensor tensor, params double[] expected) => Close(tensor, 1e-6, expected);

    internal static void Close(Tensor tensor, double tolerance, params double[] expected)
    {
        using var plain = tensor.detach();
        using var wide = plain.to(float64);
        var actual = wide.data<double>().ToArray();
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var allowed = tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= allowed || expected[i].Equals(actual[i]),
                $"element {i} is {actual[i]:R}, expected {expected[i]:R}");
        }
    }

    internal static void Shape(Tensor tensor, params long[] expected) => Assert.Equal(expected, tensor.shape);
}
