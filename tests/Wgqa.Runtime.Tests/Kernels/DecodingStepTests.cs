using TorchSharp;
using Wgqa.Kernels;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Decoding;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Kernels;

/// <summary>A decoder's step in one call computes what its operators do one by one, with every instruction set that this processor has.</summary>
[Collection(nameof(DecodingKernelsTests))]
public sealed class DecodingStepTests : IDisposable
{
    private readonly string? _usual = DecodingKernels.InstructionSet;

    public static TheoryData<string, ScalarType> Kinds => DecodingKernelsTests.Kinds;

    public void Dispose()
    {
        if (_usual is not null)
        {
            DecodingKernels.Use(_usual);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AStepIsAsExactAsItsOperators(string instructions, ScalarType type)
    {
        DecodingKernels.Use(instructions);
        foreach (var config in new[] { SmallT5.Tied, SmallT5.Gated, SmallT5.Grouped(2), SmallT5.Grouped(1), Wide(SmallT5.Gated), Wide(SmallT5.Grouped(2)) })
        {
            foreach (var beams in new[] { 1, 3, 9 })
            {
                using var scope = NewDisposeScope();
                using var inference = inference_mode();
                using var model = SmallT5.Create(config);
                model.Deploy(type == ScalarType.BFloat16 ? Precision.BFloat16 : Precision.Float32);
                var ours = Logits(model, beams);
                using var operators = NativeKernels.Withhold();
                var libtorchs = Logits(model, beams);
                operators.Dispose();

                model.Precision = Precision.Float32;
                model.to(ScalarType.Float64);   // the very weights, rounded as they were
                var exact = Logits(model, beams);
                var (error, usual) = (Distance(ours, exact), Distance(libtorchs, exact));
                Assert.True(error <= (type == ScalarType.BFloat16 ? 1.5 : 4) * usual + 1e-6, $"{config.FeedForward}, {beams} beams: {error} from what float64 gives, where libtorch's operators are within {usual}");
            }
        }
    }

    [Fact]
    public void OnlyAPlainDecoderInEvaluationIsTaken()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var model = SmallT5.Create(SmallT5.Grouped(2));
        using var inputs = SmallT5.Inputs();
        using var encoded = model.Encode(inputs, null);
        using var cache = model.NewCache(9);
        var token = full([3, 1], 4, ScalarType.Int64, TestDevice.Current);
        Assert.Null(cache.Step(model, token, null));   // nothing is projected yet
        model.Decode(token, encoded, null, cache: cache);

        if (!DecodingKernels.AreAvailable || TestDevice.Current.type != DeviceType.CPU)
        {
            Assert.Null(cache.Step(model, token, null));
            return;
        }

        Assert.NotNull(cache.Step(model, token, null));
        Assert.Equal(2, cache.Length);
        Assert.NotNull(cache.Step(model, token, ones([3, 7], ScalarType.Int64)));
        Assert.Equal(3, cache.Length);

        Assert.Null(cache.Step(model, token, ones([3, 7], ScalarType.Float32)));
        Assert.Null(cache.Step(model, token.repeat(1, 2), null));
        model.train();
        Assert.Null(cache.Step(model, token, null));
        model.eval();
        model.Decoder.Observe = static (_, _) => { };
        Assert.Null(cache.Step(model, token, null));
        model.Decoder.Observe = null;
        model.Precision = Precision.BFloat16;
        Assert.Null(cache.Step(model, token, null));
        Assert.Equal(3, cache.Length);
    }

    [Fact]
    public void AWeightThatChangesIsSeenAtTheNextStep()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var model = SmallT5.Create(SmallT5.Tied);
        using var inputs = SmallT5.Inputs();
        using var encoded = model.Encode(inputs, null);
        Tensor Last(double factor)
        {
            using var cache = model.NewCache(9);
            var token = full([3, 1], 4, ScalarType.Int64, TestDevice.Current);
            model.Decode(token, encoded, null, cache: cache);
            model.Decode(token, encoded, null, cache: cache);
            model.Decoder.Norm.Weight.mul_(factor);
            return model.Decode(token, encoded, null, cache: cache);
        }

        var once = Last(1);
        Assert.True(Last(2).allclose(once.mul(2), 1e-5, 1e-5));
    }

    // Six tokens after the start, rows of an input next to each other, padding hidden.
    private static Tensor Logits(T5 model, int beams)
    {
        var inputs = SmallT5.Inputs();
        var mask = inputs.ne(0).to_type(ScalarType.Int64);
        using var encoded = model.Encode(inputs, mask);
        using var cache = model.NewCache(7);
        model.Decode(zeros([3, 1], ScalarType.Int64, TestDevice.Current), encoded, mask, cache: cache);
        cache.Reorder(arange(0, 3 * beams, 1, ScalarType.Int64, TestDevice.Current).div(beams, RoundingMode.floor).to_type(ScalarType.Int64), sameMemory: true);
        return cat([.. Enumerable.Range(0, 6).Select(i =>
        {
            var tokens = arange(0, 3 * beams, 1, ScalarType.Int64, TestDevice.Current).mul(7).add(i).remainder(37).add(3).view(-1, 1);
            return model.Decode(tokens, encoded, mask, cache: cache).to_type(ScalarType.Float64);
        })], 1);
    }

    // Widths that no vector divides.
    private static T5Config Wide(T5Config config) => config with { ModelDim = 76, HeadDim = 24, FeedForwardDim = 212 };

    private static double Distance(Tensor found, Tensor exact) => found.sub(exact).abs().max().item<double>();
}
