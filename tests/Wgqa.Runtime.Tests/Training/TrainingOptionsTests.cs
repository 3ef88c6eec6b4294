using Wgqa.Training;

namespace Wgqa.Runtime.Tests.Training;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void TheDefaultIsThePapersLinearDecay()
    {
        var options = new TrainingOptions { Steps = 4 };

        Assert.Equal([1e-3, 0.75e-3, 0.5e-3, 0.25e-3, 0], Enumerable.Range(0, 5).Select(options.LearningRateAt), Close);
        Assert.Equal(0.01, options.WeightDecay);
        Assert.Null(options.ClipGradientNorm);
    }

    [Fact]
    public void WarmupClimbsFromZeroAndDecayBeginsAfterIt()
    {
        var options = new TrainingOptions { Steps = 6, WarmupSteps = 2, LearningRate = 1 };

        Assert.Equal([0, 0.5, 1, 0.75, 0.5, 0.25], Enumerable.Range(0, 6).Select(options.LearningRateAt), Close);
        Assert.Equal([0, 0.5, 1, 1, 1, 1], Enumerable.Range(0, 6).Select((options with { Decay = LearningRateDecay.None }).LearningRateAt), Close);
    }

    [Theory]
    [InlineData("encoder.block.0.layer.0.layer_norm.weight", true)]
    [InlineData("decoder.final_layer_norm.weight", true)]
    [InlineData("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", true)]
    [InlineData("classifier.bias", true)]
    [InlineData("shared.weight", false)]
    [InlineData("decoder.block.0.layer.1.EncDecAttention.k.weight", false)]
    [InlineData("decoder.block.0.layer.1.EncDecAttention.wk", false)]
    public void NormsAndBiasesAreToldByName(string name, bool exempt) => Assert.Equal(exempt, Optimization.IsNormOrBias(name));

    [Fact]
    public void AnOptionOutOfRangeIsNamed()
    {
        var options = new TrainingOptions { Steps = 10 };
        options.Validate();

        static string Refused(TrainingOptions options) => Assert.Throws<UserException>(options.Validate).Message;

        Assert.Equal("steps is 0; it must be at least 1.", Refused(options with { Steps = 0 }));
        Assert.Equal("learningRate is NaN; it must be positive.", Refused(options with { LearningRate = double.NaN }));
        Assert.Equal("warmupSteps is 11; it must be from 0 to the run's 10 steps.", Refused(options with { WarmupSteps = 11 }));
        Assert.Equal("clipGradientNorm is 0; it must be positive.", Refused(options with { ClipGradientNorm = 0 }));
        Assert.Equal("accumulation is 0; it must be at least 1.", Refused(options with { Accumulation = 0 }));
    }

    private static bool Close(double expected, double actual) => Math.Abs(expected - actual) < 1e-15;
}
