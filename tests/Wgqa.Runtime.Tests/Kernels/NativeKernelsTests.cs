using System.Runtime.InteropServices;
using TorchSharp;
using Wgqa.Attention;
using Wgqa.Kernels;
using Wgqa.Models;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Kernels;

/// <summary>Each kernel beside the operators that it stands for, values and gradients. Where there are no kernels there is nothing to compare.</summary>
[Collection(nameof(Runtime.Tests.Training.GlobalGenerator))]
public sealed class NativeKernelsTests
{
    [Theory]
    [InlineData(3, 7, 64, ScalarType.Float32)]
    [InlineData(3, 7, 64, ScalarType.BFloat16)]
    [InlineData(2, 1, 12, ScalarType.Float32)]
    [InlineData(5, 40, 520, ScalarType.BFloat16)]
    public void TheNormIsTheSame(long rows, long columns, long width, ScalarType type) => Compare(
        [Drawn(1, rows, columns, width), Drawn(2, width)],
        leaves => NativeKernels.RmsNorm(leaves[0], leaves[1], 1e-6, type),
        static leaves => leaves[0].mul(leaves[0].square().mean([-1L], keepdim: true).add(1e-6).rsqrt()).mul(leaves[1]),
        type == ScalarType.Float32 ? 1e-6 : 1e-2);

    [Theory]
    [InlineData(33, 1000, ScalarType.Float32, 1e-6)]
    [InlineData(5, 17, ScalarType.Float32, 1e-6)]
    [InlineData(9, 3001, ScalarType.BFloat16, 1e-2)]
    public void TheLossIsTheSame(long rows, long classes, ScalarType type, double tolerance)
    {
        using var labels = tensor(Enumerable.Range(0, (int)rows).Select(row => row % 3 == 1 ? T5.IgnoredLabel : row * 13 % classes).ToArray());
        Compare(
            [Drawn(1, rows, classes).mul_(5)],
            leaves => NativeKernels.CrossEntropy(leaves[0].to_type(type), labels, T5.IgnoredLabel),
            leaves => nn.functional.cross_entropy(leaves[0].to_type(type).to_type(ScalarType.Float32), labels, ignore_index: T5.IgnoredLabel),
            tolerance);
    }

    [Theory]
    [InlineData(33, 16, 1000, ScalarType.Float32, 1e-5, 3)]
    [InlineData(4, 8, 17, ScalarType.Float32, 1e-5, 100)]      // none ignored
    [InlineData(9, 64, 3001, ScalarType.BFloat16, 1e-2, 3)]
    [InlineData(1700, 4, 32128, ScalarType.Float32, 1e-5, 7)]  // two blocks of rows
    [InlineData(3000, 4, 32128, ScalarType.BFloat16, 1e-2, 7)]
    public void TheHeadAndTheLossTogetherAreTheSame(long rows, long width, long classes, ScalarType type, double tolerance, int ignoredEach)
    {
        using var labels = tensor(Enumerable.Range(0, (int)rows).Select(row => row % ignoredEach == ignoredEach - 1 ? T5.IgnoredLabel : row * 13 % classes).ToArray());
        Compare(
            [Drawn(1, rows, width), Drawn(2, classes, width)],
            leaves => NativeKernels.HeadLoss(leaves[0].to_type(type), leaves[1].to_type(type), labels, T5.IgnoredLabel),
            leaves => nn.functional.cross_entropy(leaves[0].to_type(type).matmul(leaves[1].to_type(type).t()).to_type(ScalarType.Float32), labels, ignore_index: T5.IgnoredLabel),
            tolerance);
    }

    [Fact]
    public void LabelsThatAreAllIgnoredHaveNoLossAndNoGradient()
    {
        if (NativeKernels.Available)
        {
            using var scope = NewDisposeScope();
            var hidden = Drawn(1, 2, 3, 4).requires_grad_(true);
            var weight = Drawn(2, 5, 4).requires_grad_(true);
            var loss = NativeKernels.HeadLoss(hidden, weight, full(2, 3, T5.IgnoredLabel), T5.IgnoredLabel)!;
            loss.backward();
            Assert.True(double.IsNaN(loss.ToDouble()));   // as libtorch's
            Assert.Equal(0, hidden.grad!.abs().max().ToDouble() + weight.grad!.abs().max().ToDouble());
        }
    }

    [Fact]
    public void WithoutGradientsTheHeadsLossComputesNone()
    {
        if (NativeKernels.Available)
        {
            using var scope = NewDisposeScope();
            var (hidden, weight, labels) = (Drawn(1, 6, 4).requires_grad_(true), Drawn(2, 5, 4).requires_grad_(true), arange(5).repeat(2).narrow(0, 0, 6));
            var loss = NativeKernels.HeadLoss(hidden, weight, labels, T5.IgnoredLabel)!;
            using var frozen = no_grad();
            var alone = NativeKernels.HeadLoss(hidden, weight, labels, T5.IgnoredLabel)!;
            Assert.False(alone.requires_grad);
            Assert.Equal(loss.ToDouble(), alone.ToDouble());
        }
    }

    [Fact]
    public void ALabelBeyondTheClassesIsAnError()
    {
        if (NativeKernels.Available)
        {
            using var logits = zeros(2, 3);
            using var labels = tensor(new[] { 0L, 3L });
            Assert.Contains("out of bounds", Assert.Throws<ExternalException>(() => NativeKernels.CrossEntropy(logits, labels, T5.IgnoredLabel)).Message, StringComparison.Ordinal);
            using var weight = zeros(3, 4);
            using var hidden = zeros(2, 4);
            Assert.Contains("out of bounds", Assert.Throws<ExternalException>(() => NativeKernels.HeadLoss(hidden, weight, labels, T5.IgnoredLabel)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1, 40, 33, 4, 4, 16, ScalarType.Float32, BiasOf.None)]
    [InlineData(2, 32, 64, 4, 2, 64, ScalarType.Float32, BiasOf.Heads)]
    [InlineData(3, 17, 51, 6, 1, 12, ScalarType.Float32, BiasOf.Everything)]
    [InlineData(2, 70, 9, 8, 8, 40, ScalarType.Float32, BiasOf.Padding)]
    [InlineData(2, 9, 300, 2, 1, 2, ScalarType.Float32, BiasOf.Heads)]
    [InlineData(2, 33, 65, 4, 2, 64, ScalarType.BFloat16, BiasOf.Heads)]
    [InlineData(3, 64, 31, 6, 3, 12, ScalarType.BFloat16, BiasOf.Everything)]
    [InlineData(2, 8, 8, 2, 2, 34, ScalarType.BFloat16, BiasOf.Padding)]
    [InlineData(1, 96, 1, 2, 1, 64, ScalarType.BFloat16, BiasOf.None)]
    public void AttentionIsTheSame(long b, long t, long s, int h, int g, long d, ScalarType type, BiasOf bias)
    {
        using var dropout = new Dropout(0.3);
        dropout.eval();
        Attention(b, t, s, h, g, d, type, bias, leaves => NativeKernels.Attend(leaves[0], leaves[1], leaves[2], leaves.Length > 3 ? leaves[3] : null, null, h, 0), dropout);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void PaddingApartFromTheBiasIsTheirSum(ScalarType type)
    {
        using var dropout = new Dropout(0);
        using var padding = zeros(3, 1, 1, 21);
        padding[1, .., .., 15..].fill_(finfo(ScalarType.Float32).min);
        padding[2].fill_(finfo(ScalarType.Float32).min / 2);   // sees nothing, and so everything alike
        Tensor[] Prepared(Tensor[] leaves) => [.. leaves[..3].Select(leaf => leaf.to_type(type)), leaves[3]];
        Compare(
            [Drawn(1, 3, 21, 2 * 16), Drawn(2, 3, 2, 21, 16), Drawn(3, 3, 2, 21, 16), Drawn(4, 1, 2, 21, 21)],
            leaves => Prepared(leaves) is var of ? NativeKernels.Attend(of[0], of[1], of[2], of[3], padding, 2, 0) : null,
            leaves => Prepared(leaves) is var of ? GroupedAttention.Attend(of[0], of[1], of[2], of[3], padding, HeadMaps.Same(HeadMap.Contiguous(2, 2)), dropout) : of[0],
            type == ScalarType.Float32 ? 2e-6 : 2e-2);
    }

    [Theory]
    [InlineData(2, 40, 50, 4, 2, 16, ScalarType.Float32)]
    [InlineData(1, 33, 64, 2, 2, 64, ScalarType.BFloat16)]
    public void AttentionWithDropoutIsTheSame(long b, long t, long s, int h, int g, long d, ScalarType type)
    {
        if (!NativeKernels.Available)
        {
            return;
        }

        const double Probability = 0.3;
        using var kept = NativeKernels.DrawKept(b * h, t, s, Probability);
        using var dropout = new Dropout(Probability) { Substitute = probabilities => probabilities.mul(Factors(kept, b, h, t, s, Probability).to_type(probabilities.dtype)) };
        dropout.train();
        Attention(b, t, s, h, g, d, type, BiasOf.Heads, leaves => NativeKernels.Attend(leaves[0], leaves[1], leaves[2], leaves[3], null, h, kept, Probability), dropout);
        Assert.InRange(Factors(kept, b, h, t, s, Probability).mean().ToDouble(), 0.95, 1.05);
    }

    [Fact]
    public void RowsThatSeeNothingStayFinite()
    {
        if (NativeKernels.Available)
        {
            using var scope = NewDisposeScope();
            var blocked = full([1, 1, 1, 20], finfo(ScalarType.Float32).min, dtype: ScalarType.Float32);
            var y = NativeKernels.Attend(Drawn(1, 1, 32, 16), Drawn(2, 1, 1, 20, 16), ones(1, 1, 20, 16), blocked, null, 1, 0)!;
            Assert.InRange(y.sub(1).abs().max().ToDouble(), 0, 1e-6);   // whatever the weights are, they add up to 1
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.BFloat16)]
    [InlineData(ScalarType.BFloat16, ScalarType.Float32)]
    [InlineData(ScalarType.Float32, ScalarType.Float32)]
    public void ACastIsTheSameBitForBit(ScalarType from, ScalarType to)
    {
        using var scope = NewDisposeScope();
        var numbers = cat([Drawn(1, 1000), tensor(new[] { 0f, -0f, 1e30f, -1e-30f, float.PositiveInfinity, float.NegativeInfinity, float.NaN })]);
        var x = numbers.to_type(from).requires_grad_(true);
        var y = NativeKernels.Cast(x, to);
        using var without = NativeKernels.Withhold();
        Assert.Equal(to, y.dtype);
        Assert.True(y.allclose(NativeKernels.Cast(x, to), rtol: 0, atol: 0, equal_nan: true));
        var weights = Drawn(2, 1007).to_type(to);
        y.backward([weights]);
        Assert.Equal(from, x.grad!.dtype);
        Assert.True(x.grad.allclose(weights.to_type(from), rtol: 0, atol: 0));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void AResidualSumIsTheSame(ScalarType type) => Compare(
        [Drawn(1, 3, 1001), Drawn(2, 3, 1001)],
        leaves => NativeKernels.AddDropped(leaves[0], leaves[1].to_type(type), 0),
        leaves => leaves[0].add(leaves[1].to_type(type)),
        type == ScalarType.Float32 ? 0 : 1e-2);

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void DroppedElementsHaveTheirProbabilityAndTheGradientFollows(ScalarType type)
    {
        if (!NativeKernels.Available)
        {
            return;
        }

        using var scope = NewDisposeScope();
        const double Probability = 0.2;
        var x = ones([1000, 1003], type, requires_grad: true);
        var residual = zeros([1000, 1003], ScalarType.Float32, requires_grad: true);
        manual_seed(3);
        var alone = NativeKernels.Dropped(x, Probability)!;
        manual_seed(3);
        var sum = NativeKernels.AddDropped(residual, x, Probability)!;
        var share = sum.eq(0).to_type(ScalarType.Float32).mean().ToDouble();
        Assert.InRange(share, Probability - 0.003, Probability + 0.003);
        Assert.InRange(sum.max().ToDouble(), 1.2499, 1.2501);
        Assert.InRange(alone.to_type(ScalarType.Float32).sub(sum).abs().max().ToDouble(), 0, type == ScalarType.Float32 ? 0 : 1e-2);
        sum.sum().backward();
        Assert.InRange(x.grad!.to_type(ScalarType.Float32).sub(sum).abs().max().ToDouble(), 0, type == ScalarType.Float32 ? 0 : 1e-2);
        Assert.Equal(1, residual.grad!.min().ToDouble());
    }

    [Fact]
    public void EachElementIsDroppedOrKeptByADrawOfItsOwn()
    {
        if (!NativeKernels.Available)
        {
            return;
        }

        using var scope = NewDisposeScope();
        manual_seed(3);
        const int Elements = (1 << 15) + 1;   // draws are made in pieces of 2¹⁵
        var kept = Enumerable.Range(0, 40).Select(_ => NativeKernels.Dropped(ones(Elements), 0.5)!.data<float>().Select(static x => x != 0).ToArray()).ToArray();
        Assert.InRange(kept.Count(static of => of[^1]), 10, 30);
        var eights = kept[0].Chunk(8).Where(static chunk => chunk.Length == 8).ToArray();
        Assert.InRange(eights.Zip(eights.Skip(1)).Count(static pair => pair.First.SequenceEqual(pair.Second)), 0, 60);   // 16 of 4,095 by chance
    }

    [Theory]
    [InlineData(Precision.Float32, true, 1e-5)]
    [InlineData(Precision.Float32, false, 1e-5)]
    [InlineData(Precision.BFloat16, true, 2e-2)]
    public void AModelsLossIsThatOfAllItsLogits(Precision precision, bool tied, double tolerance)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var model = new T5(new T5Config { VocabSize = 50, ModelDim = 32, HeadDim = 8, Heads = 4, FeedForwardDim = 64, EncoderLayers = 1, DecoderLayers = 1, DropoutRate = 0, TieWordEmbeddings = tied });
        model.Initialize();
        model.Precision = precision;
        var inputs = randint(2, 50, [3, 20], dtype: ScalarType.Int64);
        var labels = randint(2, 50, [3, 9], dtype: ScalarType.Int64);
        labels[1, 4..].fill_(T5.IgnoredLabel);
        var read = T5.ShiftRight(labels);
        var (plain, wanted) = Gradients(() => T5.Loss(model.forward(inputs, null, read), labels));
        Same();
        using var without = NativeKernels.Withhold();
        Same();

        void Same()
        {
            var (loss, gradients) = Gradients(() => model.HeadLoss(model.DecodeHidden(read, model.Encode(inputs, null), null, null, null), labels));
            Assert.Equal(plain, loss, tolerance);
            foreach (var (gradient, other) in gradients.Zip(wanted))
            {
                Assert.InRange(Apart(gradient, other), 0, 4 * tolerance);
            }
        }

        (double Loss, Tensor[] Gradients) Gradients(Func<Tensor> lossOf)
        {
            model.zero_grad();
            var loss = lossOf();
            loss.backward();
            return (loss.ToDouble(), [.. model.parameters().Select(static parameter => parameter.grad!.clone())]);
        }
    }

    [Fact]
    public void AModelComputesTheSameWithAndWithoutThem()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var model = new T5(new T5Config { VocabSize = 50, ModelDim = 32, HeadDim = 8, Heads = 4, FeedForwardDim = 64, EncoderLayers = 2, DecoderLayers = 2, DropoutRate = 0 });
        model.Initialize();
        var inputs = randint(2, 50, [3, 20], dtype: ScalarType.Int64);
        var mask = ones_like(inputs);
        mask[1, 15..].zero_();
        var labels = randint(2, 50, [3, 9], dtype: ScalarType.Int64);
        var (loss, gradients) = Gradients();
        using var without = NativeKernels.Withhold();
        var (same, others) = Gradients();
        Assert.Equal(same, loss, 1e-5);
        foreach (var (gradient, other) in gradients.Zip(others))
        {
            Assert.InRange(Apart(gradient, other), 0, 1e-4);
        }

        (double Loss, Tensor[] Gradients) Gradients()
        {
            model.zero_grad();
            var loss = T5.Loss(model.forward(inputs, mask, T5.ShiftRight(labels)), labels);
            loss.backward();
            return (loss.ToDouble(), [.. model.parameters().Select(static parameter => parameter.grad!.clone())]);
        }
    }

    [Fact]
    public void AnUpdateIsTheSame()
    {
        using var scope = NewDisposeScope();
        var arithmetic = new AdamWArithmetic(0.9, 0.999, 1e-8);
        var (mine, plain) = (Updated(), Array.Empty<Tensor>());
        using (NativeKernels.Withhold())
        {
            plain = Updated();
        }

        foreach (var (one, other) in mine.Zip(plain))
        {
            Assert.InRange(Apart(one, other), 0, 1e-6);
        }

        if (NativeKernels.Available)
        {
            Assert.Equal(Drawn(2, 1003).norm().ToDouble(), NativeKernels.Norm2(Drawn(2, 1003))!.Value, 1e-4);
        }

        Tensor[] Updated()
        {
            using var frozen = no_grad();
            Tensor[] all = [Drawn(1, 1003), zeros(1003), zeros(1003)];
            for (var step = 1; step <= 5; step++)
            {
                arithmetic.Apply([new(all[0], Drawn(1 + (ulong)step, 1003), all[1..])], step, 0.1, 0.01);
            }

            return all;
        }
    }

    private static void Attention(long b, long t, long s, int h, int g, long d, ScalarType type, BiasOf bias, Func<Tensor[], Tensor?> kernel, Dropout dropout)
    {
        Tensor[] inputs = [Drawn(1, b, t, h * d).mul_(1 / Math.Sqrt(d)), Drawn(2, b, s, g * d), Drawn(3, b, s, g * d)];
        inputs = bias switch
        {
            BiasOf.None => inputs,
            BiasOf.Heads => [.. inputs, Drawn(4, 1, h, t, s)],
            BiasOf.Everything => [.. inputs, Drawn(4, b, h, t, s)],
            _ => [.. inputs, Drawn(4, b, 1, 1, s)],
        };
        Compare(
            inputs,
            leaves => kernel(Prepared(leaves)),
            leaves =>
            {
                var prepared = Prepared(leaves);
                return GroupedAttention.Attend(prepared[0], prepared[1], prepared[2], prepared.Length > 3 ? prepared[3] : null, h, dropout);
            },
            type == ScalarType.Float32 ? 2e-6 : 2e-2);

        Tensor[] Prepared(Tensor[] leaves) =>
        [
            leaves[0].to_type(type), GroupedAttention.SplitHeads(leaves[1].to_type(type), g), GroupedAttention.SplitHeads(leaves[2].to_type(type), g), .. leaves[3..],
        ];
    }

    // [b, h, t, s] factors of the bits.
    private static Tensor Factors(Tensor kept, long b, int h, long t, long s, double probability)
    {
        var words = MemoryMarshal.Cast<byte, uint>(kept.bytes).ToArray();
        var blocks = (t + 31) / 32;
        var factors = new float[b * h * t * s];
        for (long row = 0, at = 0; row < b * h; row++)
        {
            for (var target = 0L; target < t; target++)
            {
                for (var source = 0L; source < s; source++, at++)
                {
                    var word = words[(((row * blocks) + (target / 32)) * s) + source];
                    factors[at] = (word >> (int)(target % 32) & 1) != 0 ? (float)(1 / (1 - probability)) : 0;
                }
            }
        }

        return tensor(factors, [b, h, t, s]);
    }

    private static void Compare(Tensor[] inputs, Func<Tensor[], Tensor?> kernel, Func<Tensor[], Tensor> operators, double tolerance)
    {
        if (!NativeKernels.Available)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var (value, gradients) = Run(kernel);
        using var without = NativeKernels.Withhold();
        var (expected, wanted) = Run(operators);
        Assert.InRange(Apart(value, expected), 0, tolerance);
        foreach (var (gradient, other) in gradients.Zip(wanted))
        {
            Assert.InRange(Apart(gradient, other), 0, 4 * tolerance);
        }

        (Tensor Value, Tensor[] Gradients) Run(Func<Tensor[], Tensor?> function)
        {
            Tensor[] leaves = [.. inputs.Select(static input => input.detach().clone().requires_grad_(true))];
            var result = function(leaves)!.to_type(ScalarType.Float32);
            var weights = Drawn(9, result.shape);
            result.mul(weights).sum().backward();
            return (result.detach(), [.. leaves.Select(static leaf => leaf.grad!)]);
        }
    }

    // Relative to the larger of the two norms.
    private static double Apart(Tensor left, Tensor right) =>
        left.sub(right).norm().ToDouble() / Math.Max(1e-30, Math.Max(left.norm().ToDouble(), right.norm().ToDouble()));

    private static Tensor Drawn(ulong seed, params long[] shape)
    {
        using var random = new Generator(seed);
        return randn(shape, generator: random);
    }

    public enum BiasOf
    {
        None,
        Heads,
        Everything,
        Padding,
    }
}
