using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class TensorIndexingTests
{
    [Fact]
    public void PositionsCountFromEitherEnd()
    {
        using var scope = NewDisposeScope();
        var x = arange(24).reshape(2, 3, 4);
        Assert.Equal(23, x[1, 2, 3].item<long>());
        Assert.Equal(23, x[-1, -1, -1].item<long>());
        Expect.Values(x[1, 0], 12, 13, 14, 15);
        Expect.Shape(x[0], 3, 4);
        Expect.Values(x[^1, ^1, ..], 20, 21, 22, 23);
    }

    [Fact]
    public void RangesSlicesEllipsesAndNewAxes()
    {
        using var scope = NewDisposeScope();
        var x = arange(24).reshape(2, 3, 4);
        Expect.Values(x[0, 1, 1..3], 5, 6);
        Expect.Values(x[0, 1, ..^1], 4, 5, 6);
        Expect.Values(x[0, 1, ^2..], 6, 7);
        Expect.Shape(x[.., 1..], 2, 2, 4);
        Expect.Shape(x[TensorIndex.Ellipsis, 0], 2, 3);
        Expect.Shape(x[TensorIndex.None, TensorIndex.Ellipsis, TensorIndex.None], 1, 2, 3, 4, 1);
        Expect.Values(x[0, 0, TensorIndex.Slice(step: 2)], 0, 2);
        Expect.Values(x[0, TensorIndex.Slice(1), 0], 4, 8);
        Expect.Values(x[0, TensorIndex.Slice(stop: -1), 0], 0, 4);
        Expect.Shape(x[TensorIndex.Colon, 0], 2, 4);
        Expect.Shape(x[.., (0, 2)], 2, 2, 4);
    }

    [Fact]
    public void TensorsOfPositionsAndMasks()
    {
        using var scope = NewDisposeScope();
        var x = arange(6).reshape(2, 3);
        Expect.Values(x[tensor(new long[] { 1, 0 })], 3, 4, 5, 0, 1, 2);
        Expect.Values(x[TensorIndex.Colon, TensorIndex.Tensor(tensor(new long[] { 2, 0 }))], 2, 0, 5, 3);
        Expect.Values(x[tensor(new long[] { 0, 1 }), tensor(new long[] { 2, 1 })], 2, 4);
        Expect.Values(x[x > 3], 4, 5);
        Expect.Values(x.masked_select(x.remainder(2).eq(0)), 0, 2, 4);
    }

    [Fact]
    public void WritingThroughIndices()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2, 3);
        x[0, 1] = tensor(1f);
        x[1, 1..] = tensor(new float[] { 2, 3 });
        x[.., 0] = tensor(9f);
        Expect.Values(x, 9, 1, 0, 9, 2, 3);
        x[x > 5] = tensor(-1f);
        Expect.Values(x, -1, 1, 0, -1, 2, 3);
        x.index_put_(8, TensorIndex.Single(0), TensorIndex.Single(2));
        Expect.Values(x, -1, 1, 8, -1, 2, 3);
        var counts = zeros(3);
        counts.index_put_(ones(4), [tensor(new long[] { 0, 2, 2, 2 })], accumulate: true);
        Expect.Values(counts, 1, 0, 3);
    }

    [Fact]
    public void GatheringAndScattering()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        var index = tensor(new long[,] { { 2, 0 }, { 1, 1 } });
        Expect.Values(x.gather(1, index), 3, 1, 5, 5);
        Expect.Values(x.index_select(1, tensor(new long[] { 2, 0 })), 3, 1, 6, 4);
        Expect.Values(zeros(2, 3).scatter(1, index, ones(2, 2)), 1, 0, 1, 0, 1, 0);
        Expect.Values(zeros(2, 3).scatter_add_(1, index, ones(2, 2)), 1, 0, 1, 0, 2, 0);
        Expect.Values(zeros(3).index_add_(0, tensor(new long[] { 1, 1 }), ones(2), 2), 0, 4, 0);
        Expect.Values(zeros(3).index_copy_(0, tensor(new long[] { 2, 0 }), tensor(new float[] { 7, 8 })), 8, 0, 7);
        Expect.Values(zeros(3).index_fill_(0, tensor(new long[] { 1 }), 4), 0, 4, 0);
        Expect.Values(x.take(tensor(new long[] { 5, 0 })), 6, 1);
        Expect.Values(x.masked_fill(x > 4, -1), 1, 2, 3, 4, -1, -1);
        Assert.Same(x, x.masked_fill_(x > 4, 0));
        Expect.Values(where(x > 2, x, zeros_like(x)), 0, 0, 3, 4, 0, 0);
        Expect.Values(x.select(0, 1), 4, 0, 0);
        Expect.Values(x.slice(1, 0, 3, 2), 1, 3, 4, 0);
    }

    [Fact]
    public void APositionOutsideThrows()
    {
        using var x = zeros(2, 3);
        Assert.Throws<ExternalException>(() => x[2]);
        Assert.Throws<ExternalException>(() => x[0, 3]);
        Assert.Throws<ExternalException>(() => x[0, 0, 0]);
        Assert.Throws<ExternalException>(() => x.size(2));
        Assert.Equal(6, x.numel());
    }
}
