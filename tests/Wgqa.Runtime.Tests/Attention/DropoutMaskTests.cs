using TorchSharp;
using Wgqa.Attention;
using Wgqa.Runtime.Tests.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Attention;

[Collection(nameof(GlobalGenerator))]
public sealed class DropoutMaskTests
{
    private const int Count = 1 << 20;

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.003)]
    [InlineData(0.999)]
    public void ElementsAreDroppedWithTheProbabilityAndTheRestScaled(double probability)
    {
        var factors = Filled(7, probability);
        var kept = (float)(1 / (1 - probability));
        Assert.All(factors, factor => Assert.True(factor == 0 || factor == kept));
        AssertShare(factors.Count(factor => factor == 0), factors.Length, probability);

        // Nor do places, neighbours or blocks make a difference.
        for (var place = 0; place < 16; place++)
        {
            AssertShare(factors.Where((factor, at) => at % 16 == place && factor == 0).Count(), factors.Length / 16, probability);
        }

        foreach (var distance in new[] { 1, 2, 8, 64, 1 << 15 })
        {
            AssertShare(factors.Zip(factors.Skip(distance)).Count(pair => pair.First == 0 && pair.Second == 0), factors.Length - distance, probability * probability);
        }
    }

    [Fact]
    public void TheFactorsAreAFunctionOfTheSeedAndTheLengthAlone()
    {
        Assert.Equal(Filled(7, 0.1), Filled(7, 0.1));
        Assert.NotEqual(Filled(7, 0.1), Filled(8, 0.1));
        var few = new float[100_003];
        DropoutMask.Fill(few, 7, 0.1);
        Assert.Equal(Filled(7, 0.1)[..few.Length], few);
    }

    [Fact]
    public void DropoutFollowsFromTheGlobalGeneratorAndItsGradientFromTheFactors()
    {
        using var scope = NewDisposeScope();
        using var dropout = new Dropout(0.25);
        dropout.train();
        var x = ones([3, 1001], ScalarType.Float64, requires_grad: true);
        manual_seed(5);
        var y = dropout.forward(x);
        manual_seed(5);
        Assert.Equal(0, y.sub(dropout.forward(x)).abs().max().ToDouble());
        Assert.NotEqual(0, y.sub(dropout.forward(x)).abs().max().ToDouble());
        y.mul(2).sum().backward();
        Assert.InRange(x.grad!.sub(y.mul(2)).abs().max().ToDouble(), 0, 1e-6);
        Assert.Equal(ScalarType.BFloat16, dropout.forward(ones([8], ScalarType.BFloat16)).dtype);
    }

    private static float[] Filled(ulong seed, double probability)
    {
        var factors = new float[Count];
        DropoutMask.Fill(factors, seed, probability);
        return factors;
    }

    // Within five standard deviations of a binomial's mean.
    private static void AssertShare(int found, int of, double probability) =>
        Assert.InRange(found, (of * probability) - (5 * Math.Sqrt(of * probability)) - 1, (of * probability) + (5 * Math.Sqrt(of * probability)) + 1);
}
