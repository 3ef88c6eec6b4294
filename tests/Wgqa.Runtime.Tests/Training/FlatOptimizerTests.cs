using TorchSharp;
using TorchSharp.Modules;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Testing;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Training;

/// <summary>The flat optimizer beside TorchSharp's own, on the same gradients.</summary>
public sealed class FlatOptimizerTests : IDisposable
{
    private static readonly TrainingOptions Options = new() { Steps = 20, LearningRate = 0.01, WeightDecay = 0.1, Momentum = 0.9 };
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<UpdateRule, double> Rules => new() { { UpdateRule.AdamW, 0.1 }, { UpdateRule.AdamW, 0 }, { UpdateRule.Sgd, 0.1 }, { UpdateRule.Sgd, 0 } };

    [Theory]
    [MemberData(nameof(Rules))]
    public void ParametersWithoutAGradientAreLeftAloneAndTheOthersAreTorchSharps(UpdateRule rule, double weightDecay)
    {
        using var ours = new Weights();
        using var theirs = new Weights(ours);
        var options = Options with { UpdateRule = rule, WeightDecay = weightDecay };
        using var flat = Optimization.Create(ours, options);
        using OptimizerHelper plain = rule == UpdateRule.AdamW
            ? optim.AdamW(theirs.parameters(), options.LearningRate, weight_decay: weightDecay)
            : optim.SGD(theirs.parameters(), options.LearningRate, options.Momentum, weight_decay: weightDecay);

        for (var step = 0; step < 8; step++)
        {
            // The wide one is without a gradient in every third step, the scalar has its first in the third.
            var without = step % 3 == 1 ? "wide" : step < 2 ? "scalar" : "";
            ours.Draw(step, without);
            theirs.Draw(step, without);
            Step(flat, options.LearningRate);
            plain.step();
            ours.AssertClose(theirs, 1e-6);
        }
    }

    [Fact]
    public void TheNormAndItsClippingAreTorchSharps()
    {
        using var ours = new Weights();
        using var theirs = new Weights(ours);
        var options = Options with { UpdateRule = UpdateRule.Sgd, WeightDecay = 0, Momentum = 0, ClipGradientNorm = 0.5 };
        using var flat = Optimization.Create(ours, options);
        ours.Draw(1);
        theirs.Draw(1);

        using (var gradients = flat.Gather())
        {
            Assert.Equal(nn.utils.clip_grad_norm_(theirs.parameters(), 0.5), gradients.Norm(), 1e-3);
            flat.Step(gradients, 0.1, Optimization.ClippingScale(gradients.Norm(), 0.5));
        }

        using var plain = optim.SGD(theirs.parameters(), 0.1);
        plain.step();
        ours.AssertClose(theirs, 1e-7);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NormsAndBiasesDecayWhereTheOptionsSaySo(bool theyDecay)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        using var flat = Optimization.Create(model, Options with { DecayNormsAndBiases = theyDecay });
        var before = model.named_parameters().ToDictionary(static each => each.name, static each => each.parameter.detach().clone());
        foreach (var parameter in model.parameters())
        {
            parameter.grad = zeros_like(parameter);
        }

        Step(flat, 0.5);

        foreach (var (name, parameter) in model.named_parameters())
        {
            var exempt = !theyDecay && (name.EndsWith("layer_norm.weight", StringComparison.Ordinal) || name.EndsWith("relative_attention_bias.weight", StringComparison.Ordinal));
            Closeness.AssertWithin(1e-6, before[name].mul(exempt ? 1 : 1 - (0.5 * Options.WeightDecay)), parameter, name);
        }
    }

    [Fact]
    public void AnOptimizerLoadedFromItsFileGoesOnBitForBit()
    {
        using var straight = new Weights();
        using var resumed = new Weights(straight);
        using var first = Optimization.Create(straight, Options);
        for (var step = 0; step < 5; step++)
        {
            straight.Draw(step, step == 2 ? "narrow" : "");
            Step(first, 0.01);
        }

        first.Save(_scratch.Path("optimizer"));
        resumed.CopyFrom(straight);
        using var second = Optimization.Create(resumed, Options);
        second.Load(_scratch.Path("optimizer"));
        foreach (var (weights, optimizer) in new[] { (straight, first), (resumed, second) })
        {
            for (var step = 5; step < 8; step++)
            {
                weights.Draw(step);
                Step(optimizer, 0.01);
            }
        }

        straight.AssertClose(resumed, 0);
    }

    [Fact]
    public void AModelConvertedBetweenStepsKeepsItsMoments()
    {
        using var converted = new Weights();
        using var wide = new Weights(converted);
        wide.to(ScalarType.Float64);
        using var flat = Optimization.Create(converted, Options);
        using var reference = Optimization.Create(wide, Options);
        for (var step = 0; step < 6; step++)
        {
            if (step == 3)
            {
                converted.to(ScalarType.Float64);
            }

            converted.Draw(step);
            wide.Draw(step);
            Step(flat, 0.01);
            Step(reference, 0.01);
        }

        converted.AssertClose(wide, 1e-6);
    }

    [Fact]
    public void AParameterUsedInTwoPlacesIsUpdatedOnce()
    {
        using var single = new Weights();
        using var twice = new Pair(single);
        using var flat = Optimization.Create(twice, Options);

        Assert.Equal(single.parameters().Sum(static parameter => parameter.numel()), flat.Elements);
    }

    [Fact]
    public void ParametersStayTheSameObjectsWithTheSameValues()
    {
        using var weights = new Weights();
        using var copy = new Weights(weights);
        var before = weights.parameters().ToArray();

        using (Optimization.Create(weights, Options))
        {
            Assert.Equal(before, weights.parameters());
        }

        weights.AssertClose(copy, 0);
        Assert.All(weights.parameters(), static parameter => Assert.True(parameter.is_leaf && parameter.requires_grad && parameter.is_contiguous()));
    }

    [Fact]
    public void StepsLeaveNoTensorBehind()
    {
        using var weights = new Weights();
        using var flat = Optimization.Create(weights, Options);
        var live = new List<long>();
        for (var step = 0; step < 20; step++)
        {
            weights.Draw(step);
            Step(flat, 0.01, scale: 0.5);
            live.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }

        Assert.Single(live.Distinct());
    }

    private static void Step(FlatOptimizer optimizer, double learningRate, double scale = 1)
    {
        using var gradients = optimizer.Gather();
        optimizer.Step(gradients, learningRate, scale);
    }

    /// <summary>Parameters of odd shapes, one of them longer than what an update takes at once.</summary>
    private sealed class Weights : nn.Module
    {
        public Weights(Weights? source = null) : base(nameof(Weights))
        {
            register_parameter("narrow", Drawn(5, 7));
            register_parameter("wide", Drawn(320, 1000));
            register_parameter("scalar", Drawn());
            register_parameter("even", Drawn(16, 4));
            if (source is not null)
            {
                CopyFrom(source);
            }
        }

        public void CopyFrom(Weights source)
        {
            using var frozen = no_grad();
            foreach (var (mine, other) in parameters().Zip(source.parameters()))
            {
                mine.copy_(other);
            }
        }

        /// <summary>Gives each parameter a gradient of its own, but not the one named.</summary>
        public void Draw(int step, string without = "")
        {
            zero_grad();
            using var scope = NewDisposeScope();
            foreach (var (place, (name, parameter)) in named_parameters().Index().Where(named => named.Item.name != without))
            {
                var slope = arange(parameter.numel(), dtype: ScalarType.Float64).add((10 * place) + step).sin().view(parameter.shape).to_type(parameter.dtype);
                parameter.mul(slope).sum().backward();
            }
        }

        public void AssertClose(Weights other, double tolerance)
        {
            using var scope = NewDisposeScope();
            foreach (var (mine, theirs) in parameters().Zip(other.parameters()))
            {
                Assert.Equal(mine.dtype, theirs.dtype);
                Assert.InRange(mine.detach().sub(theirs.detach()).abs().max().ToDouble(), 0, tolerance);
            }
        }

        private static Parameter Drawn(params long[] shape)
        {
            using var values = arange(shape.Aggregate(1L, static (a, b) => a * b), dtype: ScalarType.Float32);
            using var wave = values.cos();
            return new Parameter(wave.view(shape).clone());
        }
    }

    private sealed class Pair : nn.Module
    {
        public Pair(Weights weights) : base(nameof(Pair))
        {
            register_module("first", weights);
            register_module("second", weights);
        }
    }
}
