using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class TensorReductionTests
{
    [Fact]
    public void SumsRunOverEverythingOrOverSomeDimensions()
    {
        using var scope = NewDisposeScope();
        var x = arange(24, dtype: float32).reshape(2, 3, 4);
        Assert.Equal(276f, x.sum().item<float>());
        // A literal 0 would be a ScalarType to C#, as in TorchSharp.
        Expect.Values(x.sum(0L), 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34);
        Expect.Values(x.sum(1, 2), 66, 210);
        Expect.Values(x.sum([0, 2]), 60, 92, 124);
        Expect.Values(x.sum([-1, -2]), 66, 210);
        Expect.Shape(x.sum(1, keepdim: true), 2, 1, 4);
        Assert.Equal(ScalarType.Float64, x.sum(float64).dtype);
        Assert.Equal(ScalarType.Int64, tensor(new int[] { 1, 2 }).sum().dtype);
    }

    [Fact]
    public void MeansVariancesAndDeviations()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[,] { { 1, 2, 3 }, { 4, 6, 11 } });
        Assert.Equal(4.5, x.mean().item<double>(), 12);
        Expect.Values(x.mean([1]), 2, 7);
        Expect.Shape(x.mean([1], keepdim: true), 2, 1);
        Expect.Values(x.var(1), 1, 13);
        Expect.Values(x.var(1, unbiased: false), 2.0 / 3, 26.0 / 3);
        Expect.Values(x.std(1), 1, Math.Sqrt(13));
        Expect.Values(x.std([0, 1]), x.std().item<double>());
        var (deviation, mean) = x.std_mean(1);
        Expect.Values(mean, 2, 7);
        Expect.Values(deviation, 1, Math.Sqrt(13));
    }

    [Fact]
    public void ExtremesComeWithTheirPlaces()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[,] { { 1, 5, 3 }, { 9, 2, 4 } });
        Assert.Equal(9f, x.max().item<float>());
        Assert.Equal(1f, x.min().item<float>());
        var (values, places) = x.max(1);
        Expect.Values(values, 5, 9);
        Expect.Values(places, 1, 0);
        (values, places) = x.min(0, keepdim: true);
        Expect.Shape(values, 1, 3);
        Expect.Values(places, 0, 1, 0);
        Expect.Values(x.argmax(1), 1, 0);
        Assert.Equal(3, x.argmax().item<long>());
        Assert.Equal(0, x.argmin().item<long>());
        Expect.Values(x.amax(0), 9, 5, 4);
        Expect.Values(x.amin([0, 1]), 1);
    }

    [Fact]
    public void RunningSumsAndProducts()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 1, 2, 3, 4 });
        Expect.Values(x.cumsum(0), 1, 3, 6, 10);
        Expect.Values(x.cumprod(0), 1, 2, 6, 24);
        Assert.Equal(24.0, x.prod().item<double>());
        Expect.Values(x.flip(0).cumsum(0), 4, 7, 9, 10);
        var (largest, places) = tensor(new double[] { 1, 3, 2 }).cummax(0);
        Expect.Values(largest, 1, 3, 3);
        Expect.Values(places, 0, 1, 1);
    }

    [Fact]
    public void TruthOfAllAndAny()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new bool[,] { { true, false }, { true, true } });
        Assert.False(x.all().item<bool>());
        Assert.True(x.any().item<bool>());
        Expect.Values(x.all(1), 0, 1);
        Expect.Values(x.any(0), 1, 1);
        Assert.Equal(3, x.count_nonzero().item<long>());
    }

    [Fact]
    public void SoftmaxesSumToOneAndLogsAgree()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[,] { { 1, 2, 3 }, { 0, 0, 0 } });
        var p = x.softmax(1);
        Expect.Close(p, 1e-12, 0.09003057317038046, 0.24472847105479764, 0.6652409557748218, 1.0 / 3, 1.0 / 3, 1.0 / 3);
        Expect.Values(p.sum(1), 1, 1);
        Assert.True(x.log_softmax(-1).allclose(p.log()));
        Expect.Close(x.logsumexp(1), 1e-12, 3.4076059644443806, Math.Log(3));
        Assert.Equal(ScalarType.Float32, x.softmax(1, float32).dtype);
    }

    [Fact]
    public void Norms()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[,] { { 3, 4 }, { 0, -5 } });
        Assert.Equal(Math.Sqrt(50), x.norm().item<float>(), 5);
        Expect.Values(x.norm(1), 5, 5);
        Expect.Values(x.norm(0, keepdim: true, p: 1), 3, 9);
        Assert.Equal(Math.Sqrt(50), linalg.norm(x).item<float>(), 5);
        Expect.Values(linalg.vector_norm(x, 1, [1]), 7, 5);
        Expect.Values(x.dist(zeros(2, 2)), Math.Sqrt(50));
    }

    [Fact]
    public void SortingIsStableWhenAsked()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 3, 1, 2, 1 });
        var (sorted, places) = x.sort(stable: true);
        Expect.Values(sorted, 1, 1, 2, 3);
        Expect.Values(places, 1, 3, 2, 0);
        (sorted, places) = x.sort(0, descending: true, stable: true);
        Expect.Values(sorted, 3, 2, 1, 1);
        Expect.Values(places, 0, 2, 1, 3);
        Expect.Values(tensor(new float[] { 3, 1, 2 }).argsort(), 1, 2, 0);
        (sorted, places) = x.topk(2);
        Expect.Values(sorted, 3, 2);
        Expect.Values(places, 0, 2);
        (sorted, _) = x.topk(2, largest: false);
        Expect.Values(sorted, 1, 1);
        var (values, inverse, counts) = tensor(new long[] { 5, 3, 5 }).unique(return_counts: true);
        Expect.Values(values, 3, 5);
        Assert.Null(inverse);
        Expect.Values(counts!, 1, 2);
        Expect.Values(tensor(new long[] { 0, 7, 0, 9 }).nonzero(), 1, 3);
        Expect.Values(searchsorted(tensor(new float[] { 1, 3, 5 }), tensor(new float[] { 2, 5 })), 1, 2);
    }
}
