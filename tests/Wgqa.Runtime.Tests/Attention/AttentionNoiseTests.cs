using TorchSharp;
using Wgqa.Attention;
using Wgqa.Runtime.Tests.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Attention;

[Collection(nameof(GlobalGenerator))]
public sealed class AttentionNoiseTests
{
    private const int Rows = 2;
    private const int Tokens = 3;
    private const int Width = 2;

    public static IEnumerable<object[]> Cases =>
        from mode in Enum.GetValues<Mode>()
        from map in new int[][] { [0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 1], [1, 0, 1, 1], [0, 0, 0, 0], [0, 1, 2, 3] }
        from scale in new[] { 1, 0.5 }
        select new object[] { mode, map, scale };

    private static long Live => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    [Theory]
    [MemberData(nameof(Cases))]
    public void ValuesAndGradientsAreThoseOfPlainLoops(Mode mode, int[] entries, double scale)
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        var map = HeadMap.Of(entries);
        var uniform = rand(map.Heads, Tokens * Width, ScalarType.Float64);
        var attended = randn([Rows, Tokens, map.Heads * Width], ScalarType.Float64).requires_grad_();
        var noise = new AttentionNoise(mode, scale) { Substitute = (_, _) => uniform.clone() };
        Tensor Perturb() => noise.forward(attended, map);
        double[] Loops() => Perturbed(LoopAttention.Numbers(attended), LoopAttention.Numbers(uniform), map, mode, scale);
        Assert.All(Loops().Zip(LoopAttention.Numbers(Perturb())), static pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Slopes.AssertGradients([attended], Perturb, Loops);
    }

    [Fact]
    public void SafeNoiseHasMeanZeroAndTheHeadsDeviationTimesTheScale()
    {
        manual_seed(2);
        using var scope = NewDisposeScope();
        var attended = randn(3, 16, 4 * 8).mul(3).add(1);
        var noise = attended.sub(new AttentionNoise(scale: 0.25).forward(attended, HeadMap.Contiguous(4, 2)));
        var (of, by) = (PerHead(attended), PerHead(noise));
        Assert.All(LoopAttention.Numbers(by.mean([-1L])), static mean => Assert.Equal(0, mean, 1e-5));
        Assert.All(LoopAttention.Numbers(by.std(-1).div(of.std(-1))), static ratio => Assert.Equal(0.25, ratio, 1e-5));
    }

    [Fact]
    public void NoiseIsDrawnFromTheGlobalGeneratorAndSharedByTheBatch()
    {
        using var scope = NewDisposeScope();
        var attended = ones(2, 5, 8);
        attended.narrow(2, 0, 1).fill_(3);
        var noise = new AttentionNoise();
        var map = HeadMap.Contiguous(2, 1);
        manual_seed(3);
        var first = LoopAttention.Numbers(noise.forward(attended, map));
        var second = LoopAttention.Numbers(noise.forward(attended, map));
        manual_seed(3);
        Assert.Equal(first, LoopAttention.Numbers(noise.forward(attended, map)));
        Assert.NotEqual(first, second);
        Assert.Equal(first.Take(40), first.Skip(40));
    }

    [Fact]
    public void SafeNoiseIsForTrainingAloneAndFaithfulNoiseForBoth()
    {
        using var scope = NewDisposeScope();
        var attended = randn(2, 3, 8);
        var map = HeadMap.Contiguous(4, 2);
        bool Perturbs(Mode mode, bool training, double scale)
        {
            var noise = new AttentionNoise(mode, scale);
            noise.train(training);
            return !noise.forward(attended, map).Equals(attended);
        }

        Assert.True(Perturbs(Mode.Safe, training: true, 1));
        Assert.False(Perturbs(Mode.Safe, training: false, 1));
        Assert.True(Perturbs(Mode.Faithful, training: true, 1));
        Assert.True(Perturbs(Mode.Faithful, training: false, 1));
        Assert.False(Perturbs(Mode.Safe, training: true, 0));
        Assert.False(Perturbs(Mode.Faithful, training: true, 0));
    }

    [Fact]
    public void AHeadThatAttendsToOneConstantIsLeftAsItIs()
    {
        using var scope = NewDisposeScope();
        var attended = full([1, 3, 4], 2f).requires_grad_();
        var perturbed = new AttentionNoise().forward(attended, HeadMap.Contiguous(2, 1));
        Assert.All(LoopAttention.Numbers(perturbed), static number => Assert.Equal(2, number));
        perturbed.sum().backward();
        Assert.All(LoopAttention.Numbers(attended.grad!), static slope => Assert.Equal(1, slope));
    }

    [Fact]
    public void UniformNumbersThatAreAllEqualAreNoNoise()
    {
        using var scope = NewDisposeScope();
        var attended = randn(1, 3, 4);
        var noise = new AttentionNoise { Substitute = static (rows, columns) => zeros(rows, columns) };
        Assert.Equal(LoopAttention.Numbers(attended), LoopAttention.Numbers(noise.forward(attended, HeadMap.Contiguous(2, 1))));
    }

    [Fact]
    public void SixteenBitTypesKeepTheirTypeAndAreScaledInFloat32()
    {
        manual_seed(4);
        using var scope = NewDisposeScope();
        var uniform = rand(2, 2 * 512);
        var attended = randn(1, 512, 4).to_type(ScalarType.BFloat16);
        var noise = new AttentionNoise { Substitute = (_, _) => uniform.clone() };
        var map = HeadMap.Contiguous(2, 1);
        var half = noise.forward(attended, map);
        Assert.Equal(ScalarType.BFloat16, half.dtype);
        var wide = noise.forward(attended.to_type(ScalarType.Float32), map).to_type(ScalarType.BFloat16);
        Assert.Equal(LoopAttention.Numbers(wide), LoopAttention.Numbers(half));
    }

    [Fact]
    public void WhatCannotBePerturbedIsRefused()
    {
        using var scope = NewDisposeScope();
        using var noise = new AttentionNoise();
        Assert.Equal("attention of 1 token with heads of width 1 cannot be perturbed: a single number has no deviation.",
            Assert.Throws<UserException>(() => noise.forward(ones(1, 1, 2), HeadMap.Contiguous(2, 1))).Message);
        Assert.Equal("the scale of perturbed attention is -1; it must be a finite number of at least 0.",
            Assert.Throws<UserException>(() => new AttentionNoise(scale: -1)).Message);
        Assert.Throws<UserException>(() => new AttentionNoise(Mode.Faithful, double.NaN));
    }

    [Theory]
    [InlineData(Mode.Safe)]
    [InlineData(Mode.Faithful)]
    public void NoTensorIsLeftBehind(Mode mode)
    {
        var start = Live;
        using (var noise = new AttentionNoise(mode))
        using (var attended = randn(2, 3, 8))
        {
            Assert.Empty(noise.state_dict());
            var before = Live;
            for (var i = 0; i < 10; i++)
            {
                noise.train(i % 2 == 0);
                noise.forward(attended, HeadMap.Strided(4, 2)).Dispose();
            }

            Assert.Equal(before, Live);
        }

        Assert.Equal(start, Live);
    }

    /// <summary>The definition, number by number.</summary>
    private static double[] Perturbed(double[] attended, double[] uniform, HeadMap map, Mode mode, double scale)
    {
        var n = Tokens * Width;
        var result = new double[attended.Length];
        var drawn = 0;
        for (var group = 0; group < map.Groups; group++)
        {
            var inGroup = 0;
            foreach (var head in map.Members(group))
            {
                var row = uniform[(drawn * n)..(++drawn * n)];
                row[inGroup++] = 0;
                var (mean, deviation) = Moments(row);
                for (var b = 0; b < Rows; b++)
                {
                    int Place(int i) => (((b * Tokens) + (i / Width)) * map.Heads * Width) + (head * Width) + (i % Width);
                    var (ownMean, ownDeviation) = Moments([.. Enumerable.Range(0, n).Select(i => attended[Place(i)])]);
                    for (var i = 0; i < n; i++)
                    {
                        var noise = (row[i] - mean) / deviation * ownDeviation;
                        result[Place(i)] = attended[Place(i)] - (scale * (mode == Mode.Faithful ? noise + ownMean : noise));
                    }
                }
            }
        }

        return result;
    }

    private static (double Mean, double Deviation) Moments(double[] numbers)
    {
        var mean = numbers.Average();
        return (mean, Math.Sqrt(numbers.Sum(number => (number - mean) * (number - mean)) / (numbers.Length - 1)));
    }

    /// <summary>[3, 16, 4·8] as [3, 4, 16·8].</summary>
    private static Tensor PerHead(Tensor x) => x.view(3, 16, 4, 8).transpose(1, 2).reshape(3, 4, 128);
}
