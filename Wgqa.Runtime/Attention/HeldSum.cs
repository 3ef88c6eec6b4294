using TorchSharp;
using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// Sums whose factor is held. TorchSharp's <c>a.add(b)</c> makes the 1 that it multiplies <c>b</c> by, and nothing keeps that
/// from being collected, and so freed, while native code reads it: "Expected false to be true".
/// </summary>
internal static class HeldSum
{
    private static readonly Scalar One = 1;

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Scalar b) => a.add(b, One);

    /// <summary>Adds b to a, and returns a.</summary>
    public static Tensor Increase(this Tensor a, Tensor b) => a.add_(b, One);

    /// <summary>Adds b to a, and returns a.</summary>
    public static Tensor Increase(this Tensor a, Scalar b) => a.add_(b, One);
}
