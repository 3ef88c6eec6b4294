using Wgqa.Kernels;
using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>x·Wᵀ without a bias: the product that every projection of a T5 is.</summary>
public static class LinearMap
{
    /// <summary>
    /// Each row of <paramref name="x"/> times <paramref name="weight"/>, in the element type of <paramref name="x"/>: a weight of another is
    /// cast to it. A matrix product of few rows, as in decoding, packs the weight first and takes as long as one of thirty. Few rows go to a
    /// kernel that reads the weight once where it lies; where there is none, a single row in full precision goes to BLAS's matrix–vector product, which does too.
    /// </summary>
    /// <param name="x">[b, t, m].</param>
    /// <param name="weight">[n, m].</param>
    /// <returns>[b, t, n], the caller's to dispose.</returns>
    public static Tensor Apply(Tensor x, Tensor weight)
    {
        if (weight.dtype != x.dtype)
        {
            using var cast = NativeKernels.Cast(weight, x.dtype);   // (n, m)
            return nn.functional.linear(x, cast);
        }

        if (DecodingKernels.Multiply(x, weight) is { } product)
        {
            return product;
        }

        if (x.numel() != weight.size(1) || x.dim() != 3 || x.element_size() < 4)
        {
            return nn.functional.linear(x, weight);
        }

        using var row = x.reshape(-1);            // (m)
        using var column = weight.mv(row);        // (n)
        return column.view(1, 1, -1);             // (1, 1, n)
    }
}
