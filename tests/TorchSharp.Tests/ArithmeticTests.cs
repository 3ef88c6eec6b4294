using static TorchSharp.torch;

namespace TorchSharp.Tests;

public class ArithmeticTests
{
    [Fact]
    public void SumsAndProductsAreElementByElement()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new float[] { 1, 2, 3 });
        var b = tensor(new float[] { 10, 20, 30 });
        Assert.Equal([11f, 22f, 33f], (a + b).data<float>().ToArray());
        Assert.Equal([-9f, -18f, -27f], (a - b).data<float>().ToArray());
        Assert.Equal([10f, 40f, 90f], (a * b).data<float>().ToArray());
        Assert.Equal([10f, 10f, 10f], (b / a).data<float>().ToArray());
        Assert.Equal([3f, 4f, 5f], (2 + a).data<float>().ToArray());
        Assert.Equal([1f, 0f, -1f], (2 - a).data<float>().ToArray());
    }

    [Fact]
    public void AnInPlaceOperatorReturnsTheTensorItself()
    {
        using var a = tensor(new float[] { 1, 2, 3 });
        Assert.Same(a, a.add_(1));
        Assert.Equal([2f, 3f, 4f], a.data<float>().ToArray());
    }

    [Fact]
    public void AWrongShapeThrowsAndTheProcessSurvives()
    {
        using var a = ones(2, 3);
        using var b = ones(4, 5);
        var thrown = Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => a.matmul(b));
        Assert.Contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)", thrown.Message);
        Assert.DoesNotContain('\n', thrown.Message);
        Assert.Equal(6, a.numel());
    }

    [Fact]
    public void IndexingTakesRangesEllipsesAndTensors()
    {
        using var scope = NewDisposeScope();
        var x = arange(24).reshape(2, 3, 4);
        Assert.Equal([2L, 3, 2], x[.., .., 1..3].shape);
        Assert.Equal([2L, 3], x[TensorIndex.Ellipsis, 0].shape);
        Assert.Equal(23L, x[1, 2, 3].item<long>());
        Assert.Equal([1L, 2, 3, 4], x[TensorIndex.None].shape);
        Assert.Equal([12L, 0], x[tensor(new long[] { 1, 0 }), 0, 0].data<long>().ToArray());
    }

    [Fact]
    public void BackwardFillsTheGradient()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2, 3 }, requires_grad: true);
        (x * x).sum().backward();
        Assert.Equal([2f, 4f, 6f], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void ASeedFixesTheNumbers()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var a = randn(100);
        manual_seed(7);
        var b = randn(100);
        Assert.True(a.Equals(b));
    }
}
