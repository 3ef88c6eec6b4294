using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class TensorLinearAlgebraTests
{
    [Fact]
    public void ProductsOfMatricesVectorsAndBatches()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new double[,] { { 1, 2 }, { 3, 4 } });
        var b = tensor(new double[,] { { 0, 1 }, { 1, 1 } });
        var v = tensor(new double[] { 1, -1 });
        Expect.Values(a.mm(b), 2, 3, 4, 7);
        Expect.Values(a.matmul(b), 2, 3, 4, 7);
        Expect.Values(matmul(a, v), -1, -1);
        Expect.Values(a.mv(v), -1, -1);
        Assert.Equal(2.0, v.dot(v).item<double>());
        Expect.Values(v.outer(v), 1, -1, -1, 1);
        var batch = stack([a, b]);
        Expect.Values(batch.bmm(batch), 7, 10, 15, 22, 1, 1, 1, 2);
        Expect.Values(batch.matmul(b), 2, 3, 4, 7, 1, 1, 1, 2);
        Expect.Values(a.addmm(a, b, beta: 2, alpha: 0.5f), 3, 5.5, 8, 11.5);
        Expect.Values(batch.baddbmm(batch, batch, beta: 2), 9, 14, 21, 30, 1, 3, 3, 4);   // not 0: libtorch 1.13 then multiplies fresh memory by it, which may hold a NaN
        Expect.Values(v.addmv(a, v), 0, -2);
    }

    [Fact]
    public void EinsumSaysWhatItSums()
    {
        using var scope = NewDisposeScope();
        var x = arange(12, dtype: float64).reshape(2, 2, 3);
        var w = tensor(new double[,] { { 1, 0 }, { 2, 1 } });
        var mixed = einsum("hdm,gh->gdm", x, w);
        Assert.True(mixed.allclose(w.matmul(x.reshape(2, 6)).reshape(2, 2, 3)));
        Expect.Values(einsum("ii->i", w), 1, 1);
        Assert.Equal(4.0, einsum("ij->", w).item<double>());
        Assert.True(x.tensordot(w, [0], [1]).permute(2, 0, 1).allclose(mixed));
    }

    [Fact]
    public void DecompositionsRecompose()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        var a = randn(4, 3, dtype: float64, generator: random);
        var (u, s, vt) = linalg.svd(a, fullMatrices: false);
        Assert.True(u.mul(s).matmul(vt).allclose(a));
        Assert.True(u.mT.matmul(u).allclose(eye(3, dtype: float64)));
        var (q, r) = linalg.qr(a);
        Assert.True(q.matmul(r).allclose(a));
        var square = a.mT.matmul(a);
        Assert.True(linalg.inv(square).matmul(square).allclose(eye(3, dtype: float64), atol: 1e-6));
        Assert.True(square.matmul(linalg.solve(square, ones(3, 1, dtype: float64))).allclose(ones(3, 1, dtype: float64)));
        var lower = linalg.cholesky(square);
        Assert.True(lower.matmul(lower.mT).allclose(square));
        Expect.Close(linalg.det(square), 1e-9, Math.Pow(linalg.svdvals(a).prod().item<double>(), 2));
        var (values, vectors) = linalg.eigh(square);
        Assert.True(vectors.mul(values).matmul(vectors.mT).allclose(square));
    }
}
