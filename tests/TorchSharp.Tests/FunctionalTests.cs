using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests;

public sealed class FunctionalTests
{
    [Fact]
    public void LinearMultipliesByTheTransposedWeightAndAddsTheBias()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[,] { { 1, 2 } });
        var w = tensor(new float[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } });
        Expect.Values(F.linear(x, w), 1, 2, 3);
        Expect.Values(F.linear(x, w, tensor(new float[] { 10, 20, 30 })), 11, 22, 33);
    }

    [Fact]
    public void CrossEntropyIgnoresSmoothsWeighsAndReduces()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new double[,] { { 0, 0 }, { 0, Math.Log(3) } });
        var target = tensor(new long[] { 0, 1 });
        var half = Math.Log(2);
        var third = -Math.Log(0.75);
        Expect.Close(F.cross_entropy(logits, target, reduction: nn.Reduction.None), 1e-12, half, third);
        Expect.Close(F.cross_entropy(logits, target), 1e-12, (half + third) / 2);
        Expect.Close(F.cross_entropy(logits, target, reduction: nn.Reduction.Sum), 1e-12, half + third);
        Expect.Close(F.cross_entropy(logits, tensor(new long[] { 0, -100 })), 1e-12, half);
        Expect.Close(F.cross_entropy(logits, tensor(new long[] { 0, 7 }), ignore_index: 7), 1e-12, half);
        // Half of the smoothing goes to each class.
        Expect.Close(F.cross_entropy(logits, target, reduction: nn.Reduction.None, label_smoothing: 0.2), 1e-12, half, 0.9 * third - 0.1 * Math.Log(0.25));
        Expect.Close(F.cross_entropy(logits, target, weight: tensor(new double[] { 1, 3 })), 1e-12, (half + 3 * third) / 4);
        Expect.Close(F.nll_loss(logits.log_softmax(1), target), 1e-12, (half + third) / 2);
    }

    [Fact]
    public void OtherLosses()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 0, 2 });
        var y = tensor(new float[] { 1, 5 });
        Expect.Values(F.mse_loss(x, y), 5);
        Expect.Values(F.l1_loss(x, y, nn.Reduction.Sum), 4);
        Expect.Values(F.smooth_l1_loss(x, y, nn.Reduction.None), 0.5, 2.5);
        Expect.Values(F.huber_loss(x, y, 1, nn.Reduction.None), 0.5, 2.5);
        Expect.Values(F.binary_cross_entropy_with_logits(zeros(1), ones(1)), Math.Log(2));
        Expect.Values(F.kl_div(tensor(new float[] { 0.5f }).log(), tensor(new float[] { 0.25f }).log(), reduction: nn.Reduction.Sum), 0.25 * Math.Log(0.5));
    }

    [Fact]
    public void NormalisationsCentreAndScale()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[,] { { 1, 3 }, { 10, 30 } });
        Expect.Close(F.layer_norm(x, [2], eps: 0), 1e-12, -1, 1, -1, 1);
        Expect.Close(F.layer_norm(x, [2], tensor(new double[] { 2, 3 }), tensor(new double[] { 1, 0 }), eps: 0), 1e-12, -1, 3, -1, 3);
        Expect.Close(F.group_norm(x.view(1, 4, 1), 2, eps: 0), 1e-12, -1, 1, -1, 1);
        Expect.Close(F.normalize(tensor(new double[,] { { 3, 4 } })), 1e-12, 0.6, 0.8);
    }

    [Fact]
    public void AttentionWithAndWithoutMasks()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(2);
        var q = randn([1, 2, 3, 4], dtype: float64, generator: random);
        var k = randn([1, 2, 3, 4], dtype: float64, generator: random);
        var v = randn([1, 2, 3, 4], dtype: float64, generator: random);
        var scores = q.matmul(k.mT) / 2;
        Assert.True(F.scaled_dot_product_attention(q, k, v).allclose(scores.softmax(-1).matmul(v)));
        var mask = zeros([3, 3], dtype: float64);
        mask[0, 2] = tensor(double.NegativeInfinity);
        Assert.True(F.scaled_dot_product_attention(q, k, v, mask).allclose((scores + mask).softmax(-1).matmul(v)));
        var keep = ones([3, 3], dtype: @bool);
        keep[0, 2] = tensor(false);
        Assert.True(F.scaled_dot_product_attention(q, k, v, keep).allclose((scores + mask).softmax(-1).matmul(v)));
    }

    [Fact]
    public void ConvolutionsPoolingAndPadding()
    {
        using var scope = NewDisposeScope();
        var x = arange(9, dtype: float32).view(1, 1, 3, 3);
        var kernel = ones(1, 1, 2, 2);
        Expect.Values(F.conv2d(x, kernel), 8, 12, 20, 24);
        Expect.Values(F.conv2d(x, kernel, tensor(new float[] { 1 }), strides: [2, 2]), 9);
        Expect.Shape(F.conv2d(x, kernel, padding: [1, 1]), 1, 1, 4, 4);
        Expect.Values(F.conv1d(x.view(1, 1, 9), ones(1, 1, 3), stride: 3), 3, 12, 21);
        Expect.Values(F.max_pool2d(x, 2, 1), 4, 5, 7, 8);
        Expect.Values(F.avg_pool2d(x, 2, 1), 2, 3, 5, 6);
        Expect.Values(F.adaptive_avg_pool2d(x, 1), 4);
        Expect.Shape(F.pad(zeros(2, 2, 2), 1), 4, 4, 4);
        Expect.Values(F.pad(arange(2), (1, 2), value: 9), 9, 0, 1, 9, 9);
        Expect.Values(F.pad(arange(3, dtype: float32).view(1, 3), (1, 1), PaddingModes.Reflect), 1, 0, 1, 2, 1);
        Expect.Values(F.pad(arange(3, dtype: float32).view(1, 3), (1, 1), PaddingModes.Replicate), 0, 0, 1, 2, 2);
    }

    [Fact]
    public void OneHotAndSimilarity()
    {
        using var scope = NewDisposeScope();
        Expect.Values(F.one_hot(tensor(new long[] { 2, 0 }), 3), 0, 0, 1, 1, 0, 0);
        Expect.Values(F.cosine_similarity(tensor(new float[,] { { 1, 0 } }), tensor(new float[,] { { 1, 1 } })), Math.Sqrt(0.5));
    }

    [Fact]
    public void AnActivationInPlaceChangesItsInputAndReturnsAnotherHandle()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { -1, 1 });
        var y = F.relu(x, inplace: true);
        Assert.NotSame(x, y);
        Expect.Values(x, 0, 1);
        y.Dispose();
        Expect.Values(x, 0, 1);
    }
}
