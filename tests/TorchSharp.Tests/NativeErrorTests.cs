#if TORCH_LOCAL
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>
/// Whatever libtorch throws becomes a managed exception. In TorchSharp itself several of these end the process, so they
/// are tried on the subset alone.
/// </summary>
public sealed class NativeErrorTests
{
    [Fact]
    public void WrongShapesThrowAndTheProcessSurvives()
    {
        using var a = ones(2, 3);
        using var b = ones(4, 5);
        foreach (var wrong in new Func<Tensor>[]
        {
            () => a.matmul(b),
            () => a.mm(b),
            () => a + b,
            () => a.add_(b),
            () => a.bmm(b),
            () => cat([a, b]),
            () => stack([a, b]),
            () => a.view(5),
            () => a.expand(3, 3),
            () => a.permute(0, 0),
            () => einsum("ij,jk->ik", a, b),
            () => nn.functional.linear(a, b),
            () => nn.functional.layer_norm(a, [4]),
            () => nn.functional.conv2d(a, b),
            () => linalg.inv(a),
            () => zeros(-1),
        })
        {
            Assert.NotEmpty(Assert.Throws<ExternalException>(wrong).Message);
        }

        Expect.Values(a.sum(), 6);
    }

    [Fact]
    public void TheMessageIsLibtorchsFirstLine()
    {
        using var a = ones(2, 3);
        using var b = ones(4, 5);
        var thrown = Assert.Throws<ExternalException>(() => a.mm(b));
        Assert.Equal("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)", thrown.Message);
    }

    [Fact]
    public void WrongTypesAndPositionsThrow()
    {
        using var scope = NewDisposeScope();
        var x = arange(4);
        Assert.Throws<ExternalException>(() => x.softmax(0));
        Assert.Throws<ExternalException>(() => x.index_select(0, tensor(new long[] { 9 })));
        Assert.Throws<ExternalException>(() => x.gather(0, tensor(new long[] { -5 })));
        Assert.Throws<ExternalException>(() => x.sum(5L));
        Assert.Throws<ExternalException>(() => nn.functional.one_hot(tensor(new long[] { 3 }), 2));
        Assert.Throws<ExternalException>(() => ones(2, 2).matmul(ones([2, 2], dtype: float64)));
        Assert.Throws<ExternalException>(() => new Generator(device: new Device(DeviceType.META)));
    }

    [Fact]
    public void ADisposedTensorIsRefusedAsAnArgument()
    {
        using var x = ones(2);
        var gone = ones(2);
        gone.Dispose();
        Assert.Throws<InvalidOperationException>(() => x + gone);
        Assert.Throws<InvalidOperationException>(() => cat([x, gone]));
        Assert.Throws<InvalidOperationException>(() => gone.numel());
    }

    [Fact]
    public void AFailedCallLeaksNothing()
    {
        using var a = ones(2, 3);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 100; i++)
        {
            Assert.Throws<ExternalException>(() => a.mm(a));
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
#endif
