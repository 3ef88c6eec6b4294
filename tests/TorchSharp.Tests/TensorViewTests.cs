using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class TensorViewTests
{
    [Fact]
    public void AViewSharesItsElements()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2, 3);
        x.view(6)[4] = tensor(7f);
        x.t()[0, 1] = tensor(5f);
        x.narrow(1, 2, 1).fill_(3);
        x[0].add_(1);
        Expect.Values(x, 1, 1, 4, 5, 7, 3);
    }

    [Fact]
    public void ACloneDoesNot()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2);
        x.clone().fill_(1);
        x.contiguous().fill_(2);
        Expect.Values(x, 2, 2);
        x.detach().fill_(3);
        Expect.Values(x, 3, 3);
    }

    [Fact]
    public void ShapesSizesAndStrides()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2, 3, 4);
        Assert.Equal(3, x.ndim);
        Assert.Equal(3, x.dim());
        Assert.Equal(24, x.numel());
        Assert.Equal(4, x.size(-1));
        Assert.Equal([2L, 3, 4], x.size());
        Assert.Equal([12L, 4, 1], x.stride());
        var y = x.transpose(0, 2);
        Expect.Shape(y, 4, 3, 2);
        Assert.Equal([1L, 4, 12], y.stride());
        Assert.Equal(12, y.stride(-1));
        Assert.False(y.is_contiguous());
        Assert.True(y.contiguous().is_contiguous());
        Assert.Equal(4, x[0, 1].storage_offset());
        Assert.Equal(0, tensor(1f).ndim);
    }

    [Fact]
    public void ReshapingPermutingAndSqueezing()
    {
        using var scope = NewDisposeScope();
        var x = arange(24).reshape(2, 3, 4);
        Expect.Shape(x.reshape(4, -1), 4, 6);
        Expect.Shape(x.view(-1), 24);
        Expect.Shape(x.permute(2, 0, 1), 4, 2, 3);
        Assert.Equal(x[1, 2, 3].item<long>(), x.permute(2, 0, 1)[3, 1, 2].item<long>());
        Expect.Shape(x.flatten(), 24);
        Expect.Shape(x.flatten(1), 2, 12);
        Expect.Shape(x.unflatten(2, 2, 2), 2, 3, 2, 2);
        Expect.Shape(x.unsqueeze(0), 1, 2, 3, 4);
        Expect.Shape(x.unsqueeze(-1), 2, 3, 4, 1);
        Expect.Shape(zeros(1, 3, 1).squeeze(), 3);
        Expect.Shape(zeros(1, 3, 1).squeeze(0), 3, 1);
        Expect.Shape(x.T, 4, 3, 2);
        Expect.Shape(x.mT, 2, 4, 3);
        Expect.Shape(x.movedim([0], [2]), 3, 4, 2);
        Expect.Shape(x.swapaxes(0, 1), 3, 2, 4);
    }

    [Fact]
    public void ExpandingRepeatsWithoutCopying()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }).unsqueeze(1);
        var wide = x.expand(2, 3);
        Assert.Equal(0, wide.stride(1));
        Expect.Values(wide, 1, 1, 1, 2, 2, 2);
        Expect.Values(x.expand(-1, 2), 1, 1, 2, 2);
        Expect.Values(x.expand_as(zeros(2, 2)), 1, 1, 2, 2);
        Expect.Values(x.repeat(1, 2), 1, 1, 2, 2);
        Expect.Values(tensor(new float[] { 1, 2 }).repeat(2), 1, 2, 1, 2);
        Expect.Values(tensor(new float[] { 1, 2 }).repeat_interleave(2), 1, 1, 2, 2);
        Expect.Values(tensor(new float[] { 1, 2 }).repeat_interleave(tensor(new long[] { 1, 3 })), 1, 2, 2, 2);
        Expect.Values(x.tile([1, 2]), 1, 1, 2, 2);
        Expect.Shape(zeros(3).broadcast_to(2, 3), 2, 3);
    }

    [Fact]
    public void CuttingAndJoining()
    {
        using var scope = NewDisposeScope();
        var x = arange(10);
        Assert.Equal([3L, 3, 3, 1], x.split(3).Select(part => part.size(0)));
        Assert.Equal([4L, 6], x.split([4, 6]).Select(part => part.size(0)));
        Assert.Equal([4L, 4, 2], x.chunk(3).Select(part => part.size(0)));
        Assert.Equal(10, x.unbind().Length);
        Assert.Equal([3L, 3, 2, 2], x.tensor_split(4).Select(part => part.size(0)));
        Expect.Values(cat([x.narrow(0, 8, 2), x.narrow(0, 0, 1)]), 8, 9, 0);
        var rows = stack([zeros(2), ones(2)]);
        Expect.Values(rows, 0, 0, 1, 1);
        Expect.Values(stack([zeros(2), ones(2)], 1), 0, 1, 0, 1);
        Expect.Values(hstack(zeros(1), ones(2)), 0, 1, 1);
        Expect.Shape(vstack([zeros(2), ones(2)]), 2, 2);
        Assert.Equal(2, meshgrid([arange(2), arange(3)]).Length);
    }

    [Fact]
    public void TrianglesDiagonalsAndRolls()
    {
        using var scope = NewDisposeScope();
        var x = ones(3, 3);
        Expect.Values(x.tril(), 1, 0, 0, 1, 1, 0, 1, 1, 1);
        Expect.Values(x.triu(1), 0, 1, 1, 0, 0, 1, 0, 0, 0);
        Expect.Values(arange(9).reshape(3, 3).diagonal(), 0, 4, 8);
        Expect.Values(tensor(new long[] { 1, 2 }).diag(), 1, 0, 0, 2);
        Expect.Values(arange(4).roll(1), 3, 0, 1, 2);
        Expect.Values(arange(4).roll(-1, 0), 1, 2, 3, 0);
        Expect.Values(arange(4).reshape(2, 2).flip(0, 1), 3, 2, 1, 0);
        Expect.Values(eye(2, 3), 1, 0, 0, 0, 1, 0);
    }
}
