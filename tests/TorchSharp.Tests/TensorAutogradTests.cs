using System.Runtime.InteropServices;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests;

public sealed class TensorAutogradTests
{
    public static TheoryData<string> Names => [.. Functions.Keys];

    /// <summary>Functions of a 3 × 4 matrix of float64, each differentiable at every point drawn.</summary>
    private static Dictionary<string, Func<Tensor, Tensor>> Functions { get; } = new()
    {
        ["add, sub, mul, div"] = x => ((x + 1) * x - (2 * x)) / (x.square() + 1),
        ["scalar first"] = x => (2 - x) * (1 / (x.square() + 2)),
        ["exp, log, sqrt, rsqrt"] = x => x.exp().log() + (x.square() + 1).sqrt() + (x.square() + 1).rsqrt(),
        ["trigonometry"] = x => x.sin() + x.cos() + x.tanh() + x.atan(),
        ["pow, reciprocal"] = x => (x.square() + 1).pow(1.5) + (x.square() + 1).reciprocal(),
        ["sigmoid, silu, softplus, gelu, erf"] = x => x.sigmoid() + x.silu() + x.softplus() + x.gelu() + x.erf(),
        ["addcmul, addcdiv, lerp"] = x => x.addcmul(x, x.sin(), 0.5).addcdiv(x, x.square() + 1, 2).lerp(x.cos(), tensor(0.3, dtype: float64)),
        ["sum, mean"] = x => x.sum(1) * x.mean([1]) + x.sum(),
        ["var, std, norm"] = x => x.var(1) + x.std(1) + x.norm(1),
        ["prod, cumsum"] = x => x.prod(1) + x.cumsum(1).sum(1),
        ["max, min"] = x => x.max(1).Item1 + x.min(1).Item1 + x.amax(1),
        ["softmax, log_softmax, logsumexp"] = x => x.softmax(1).square().sum(1) + x.log_softmax(0).square().sum() + x.logsumexp(1),
        ["views"] = x => x.view(4, 3).t().unsqueeze(0).squeeze(0).expand(3, 4).permute(1, 0).flatten().reshape(12).square(),
        ["slices"] = x => x[1..] * x[..2] + x.narrow(0, 0, 2) + x.select(0, 1) + x[.., 1].sum(),
        ["cat, stack, split, chunk"] = x => cat([x, x * 2], 1).split(4, 1)[1] + stack([x, x.sin()]).unbind()[1] + x.chunk(1)[0],
        ["index_select, gather"] = x => x.index_select(1, tensor(new long[] { 3, 0, 3 })).square() + x.gather(1, tensor(new long[,] { { 1, 1, 2 }, { 0, 3, 3 }, { 2, 1, 0 } })),
        ["masked_fill, where, tril"] = x => x.masked_fill(eye(3, 4, dtype: @bool), 2) + where(eye(3, 4, dtype: @bool), x.sin(), x) + x.tril(),
        ["scatter_add, index_add"] = x => zeros(3, 4, dtype: float64).scatter_add(1, zeros(3, 4, dtype: int64), x).square() + zeros(3, 4, dtype: float64).index_add(0, tensor(new long[] { 2, 0, 2 }), x, 2),
        ["repeat, repeat_interleave"] = x => x.repeat(1, 2) * x.repeat_interleave(2, dim: 1),
        ["matmul, bmm, mm"] = x => x.mm(x.t()) + x.unsqueeze(0).bmm(x.t().unsqueeze(0)).squeeze(0) + x.matmul(x.t()),
        ["einsum"] = x => einsum("ij,kj->ik", x, x.sin()),
        ["linear"] = x => F.linear(x, x.narrow(0, 0, 2), x.select(1, 0).narrow(0, 0, 2)),
        ["layer_norm"] = x => F.layer_norm(x, [4], x[0], x[1]),
        ["cross_entropy"] = x => F.cross_entropy(x, tensor(new long[] { 1, -100, 3 })),
        ["mse_loss, smooth_l1_loss"] = x => F.mse_loss(x, ones_like(x)) + F.smooth_l1_loss(x, full_like(x, 5)),
        ["scaled_dot_product_attention"] = x => F.scaled_dot_product_attention(x.view(1, 1, 3, 4), x.sin().view(1, 1, 3, 4), x.cos().view(1, 1, 3, 4)),
        ["conv2d"] = x => F.conv2d(x.view(1, 1, 3, 4), x.flatten().narrow(0, 0, 4).view(1, 1, 2, 2), padding: [1, 1]),
        ["pad, normalize"] = x => F.pad(x, [1, 0, 0, 2]).sum(0L) + F.normalize(x, dim: 1).sum(),
        ["linalg"] = x => linalg.inv(x.mm(x.t()) + eye(3, dtype: float64)) + linalg.norm(x),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void AGradientEqualsTheFiniteDifference(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(11);
        var function = Functions[name];
        var x = randn(3, 4, dtype: float64, generator: random);
        var output = function(x);
        var seed = randn(output.shape, dtype: float64, generator: random);
        var leaf = x.clone().requires_grad_();
        function(leaf).backward([seed]);
        var expected = new double[12];
        const double Step = 1e-6;
        for (var i = 0; i < 12; i++)
        {
            using var inner = NewDisposeScope();
            var shift = zeros([12], dtype: float64);
            shift[i] = tensor(Step, dtype: float64);
            shift = shift.view(3, 4);
            expected[i] = ((function(x + shift) - function(x - shift)) * seed).sum().item<double>() / (2 * Step);
        }

        Expect.Close(leaf.grad!, 2e-6, expected);
    }

    [Fact]
    public void GradientsAccumulateAndAreSetAside()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }, requires_grad: true);
        Assert.Null(x.grad);
        x.square().sum().backward();
        Expect.Values(x.grad!, 2, 4);
        x.square().sum().backward();
        Expect.Values(x.grad!, 4, 8);
        x.grad!.zero_();
        Expect.Values(x.grad!, 0, 0);
        x.grad = tensor(new float[] { 5, 6 });
        Expect.Values(x.grad, 5, 6);
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void OnlyLeavesKeepGradientsUnlessAsked()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }, requires_grad: true);
        var y = x * 2;
        var z = x * 3;
        z.retain_grad();
        Assert.True(x.is_leaf);
        Assert.False(y.is_leaf);
        Assert.True(y.requires_grad);
        (y * z).sum().backward();
        Expect.Values(z.grad!, 2, 4);
        Expect.Values(x.grad!, 12, 24);
    }

    [Fact]
    public void AGraphIsFreedUnlessRetained()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }, requires_grad: true);
        var loss = x.square().sum();
        loss.backward(retain_graph: true);
        loss.backward();
        Expect.Values(x.grad!, 4, 8);
        Assert.Throws<ExternalException>(() => loss.backward());
    }

    [Fact]
    public void GradGivesGradientsWithoutTouchingLeaves()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }, requires_grad: true);
        var y = tensor(new float[] { 3, 4 }, requires_grad: true);
        var gradients = autograd.grad([(x * y).sum()], [x, y]);
        Expect.Values(gradients[0], 3, 4);
        Expect.Values(gradients[1], 1, 2);
        Assert.Null(x.grad);
        // The gradient of a gradient.
        var cube = x.pow(3).sum();
        var first = autograd.grad([cube], [x], create_graph: true)[0];
        Expect.Values(autograd.grad([first.sum()], [x])[0], 6, 12);
    }

    [Fact]
    public void ModesSwitchTrackingOnThisThreadAndBack()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1 }, requires_grad: true);
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((x * 2).requires_grad);
            using (enable_grad())
            {
                Assert.True((x * 2).requires_grad);
            }

            Assert.False(is_grad_enabled());
        }

        using (set_grad_enabled(false))
        {
            Assert.False(is_grad_enabled());
        }

        Assert.True(is_grad_enabled());
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            Assert.False((x * 2).requires_grad);
        }

        Assert.False(is_inference_mode_enabled());
        Assert.False(x.detach().requires_grad);
    }

    [Fact]
    public void WhatCannotBeDifferentiatedThrows()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ExternalException>(() => zeros(2).sum().backward());
        Assert.Throws<ExternalException>(() => zeros(2, requires_grad: true).mul(2).backward());
        Assert.Throws<ExternalException>(() => zeros([2], dtype: int64).requires_grad = true);
        var leaf = zeros(2, requires_grad: true);
        Assert.Throws<ExternalException>(() => leaf.add_(1));
    }
}
