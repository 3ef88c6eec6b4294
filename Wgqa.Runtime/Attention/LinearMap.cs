using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>x·Wᵀ without a bias: the product that every projection of a T5 is.</summary>
public static class LinearMap
{
    /// <summary>
    /// Each row of <paramref name="x"/> times <paramref name="weight"/>, in the element type of <paramref name="x"/>: a weight of another is
    /// cast to it. A single row in full precision, as in decoding one text, is a matrix–vector product, which
    /// reads the weight once where it lies; a matrix product of one row packs it first and takes 3.4 times as long (OpenBLAS 0.3.21, weights beyond the cache).
    /// </summary>
    /// <param name="x">[b, t, m].</param>
    /// <param name="weight">[n, m].</param>
    /// <returns>[b, t, n], the caller's to dispose.</returns>
    public static Tensor Apply(Tensor x, Tensor weight)
    {
        if (weight.dtype != x.dtype)
        {
            using var cast = weight.to_type(x.dtype);   // (n, m)
            return nn.functional.linear(x, cast);
        }

        if (x.numel() != weight.size(1) || x.dim() != 3 || x.element_size() < 4)
        {
            return nn.functional.linear(x, weight);
        }

        using var row = x.reshape(-1);            // (m)
        using var product = weight.mv(row);       // (n)
        return product.view(1, 1, -1);            // (1, 1, n)
    }
}
