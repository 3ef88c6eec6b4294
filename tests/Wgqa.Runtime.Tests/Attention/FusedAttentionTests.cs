using System.Runtime.InteropServices;
using TorchSharp;
using Wgqa.Attention;
using Wgqa.Kernels;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Runtime.Tests.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Attention;

/// <summary>libtorch's attention against the operators that it stands in for, whichever kernel the libtorch at hand has.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
[Collection(nameof(GlobalGenerator))]   // it is seeded, and nobody else may draw
public sealed class FusedAttentionTests
{
    private const int Batch = 3;
    private const int Targets = 19;
    private const int Sources = 21;
    private const int Heads = 4;

    public static TheoryData<int, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, string>();
            foreach (var groups in new[] { Heads, Heads / 2, 1 })
            {
                foreach (var bias in new[] { "none", "padding", "position", "position of each row", "position and causal", "position, causal and padding", "one head's" })
                {
                    cases.Add(groups, bias);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void OutputsAndGradientsAreTheOperators(int groups, string bias)
    {
        AssertLikeTheOperators(groups, 16, bias, ScalarType.Float64, TestDevice.Current.type == DeviceType.CPU ? 1e-10 : 1e-9);
        AssertLikeTheOperators(groups, 16, bias, ScalarType.Float32, 1e-4);
        AssertLikeTheOperators(groups, 24, bias, ScalarType.Float32, 1e-4);   // 1/√24 is no power of two
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void SixteenBitsAreAsNearAsTheOperators(int groups, string bias)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var dropout = new Dropout(0);
        var inputs = Inputs(groups, 16, bias, ScalarType.Float32);
        var expected = Plain(inputs, groups, dropout);
        var narrow = inputs.Take(3).Select(x => x.to_type(ScalarType.BFloat16)).Concat(inputs.Skip(3)).ToArray();
        var actual = FusedAttention.Computed(narrow[0], narrow[1], narrow[2], narrow.ElementAtOrDefault(3), Heads, 0);
        Assert.Equal(ScalarType.BFloat16, actual.dtype);
        Closeness.AssertRelativelyWithin(0.03, expected, actual.to_type(ScalarType.Float32), "the output");
    }

    [Fact]
    public void ARowOfNothingButPaddingStaysFinite()
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(Heads, 16, "none", ScalarType.Float32);
        var padding = full([Batch, 1, 1, Sources], finfo(ScalarType.Float32).min / 2, ScalarType.Float32, TestDevice.Current);
        var y = FusedAttention.Computed(inputs[0], inputs[1], inputs[2], padding, Heads, 0);
        y.sum().backward();
        Assert.All(inputs.Select(x => x.grad!).Append(y), static x => Assert.True(x.isfinite().all().item<bool>()));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("padding")]
    [InlineData("position")]
    public void AskedForItIsUsedOrDeclinedAndNothingElseChanges(string bias)
    {
        using var scope = NewDisposeScope();
        using var dropout = new Dropout(0);
        var inputs = Inputs(Heads / 2, 16, bias, ScalarType.Float32);
        using var without = NativeKernels.Withhold();
        using (FusedAttention.Ask(always: false))
        {
            Assert.Null(FusedAttention.Attend(inputs[0], inputs[1], inputs[2], inputs.ElementAtOrDefault(3), Heads, 0));
        }

        using (FusedAttention.Ask(always: true))
        {
            var y = GroupedAttention.Attend(inputs[0], inputs[1], inputs[2], inputs.ElementAtOrDefault(3), Heads, dropout);
            Closeness.AssertWithin(1e-4, Plain(inputs, Heads / 2, dropout), y, "the output");
        }
    }

    [FlashAttentionFact]
    public void TheKernelThatLibtorchHasIsFoundAndUsed()
    {
        using var scope = NewDisposeScope();
        var (none, position) = (Inputs(Heads, 16, "none", ScalarType.Float32), Inputs(Heads, 16, "position", ScalarType.Float32));
        Assert.NotNull(FusedAttention.Attend(none[0].cpu(), none[1].cpu(), none[2].cpu(), null, Heads, 0));
        Assert.Null(FusedAttention.Attend(position[0].cpu(), position[1].cpu(), position[2].cpu(), position[3].cpu(), Heads, 0));   // no kernel has a gradient for the bias
        using var frozen = no_grad();
        Assert.NotNull(FusedAttention.Attend(position[0].cpu(), position[1].cpu(), position[2].cpu(), position[3].cpu().detach(), Heads, 0));
    }

    [Fact]
    public void LookingForAKernelDrawsNothing()
    {
        using var scope = NewDisposeScope();
        double Drawn(bool looking)
        {
            manual_seed(3);
            if (looking)
            {
                using var always = FusedAttention.Ask(always: true);
                foreach (var bias in new[] { "none", "padding", "position" })
                {
                    var inputs = Inputs(Heads, 8, bias, ScalarType.Float32);   // a width that no other test has
                    FusedAttention.Attend(inputs[0], inputs[1], inputs[2], inputs.ElementAtOrDefault(3), Heads, 0)?.Dispose();
                }
            }

            return rand([1], device: TestDevice.Current).item<float>();
        }

        Assert.Equal(Drawn(looking: false), Drawn(looking: true));
    }

    [Fact]
    public void NothingIsLeftBehind()
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(Heads / 2, 16, "position", ScalarType.Float32);
        void Step()
        {
            using var y = FusedAttention.Computed(inputs[0], inputs[1], inputs[2], inputs[3], Heads, 0);
            using var sum = y.sum();
            sum.backward();
        }

        Step();   // the first one makes the gradients
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var i = 0; i < 20; i++)
        {
            Step();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static void AssertLikeTheOperators(int groups, long width, string bias, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var dropout = new Dropout(0);
        var (inputs, same) = (Inputs(groups, width, bias, type), Inputs(groups, width, bias, type));
        var expected = Plain(inputs, groups, dropout);
        var actual = FusedAttention.Computed(same[0], same[1], same[2], same.ElementAtOrDefault(3), Heads, 0);
        Closeness.AssertWithin(tolerance, expected, actual, "the output");

        using var random = new Generator(6);
        var weights = randn(expected.shape, type, generator: random).to(TestDevice.Current);
        expected.mul(weights).sum().backward();
        actual.mul(weights).sum().backward();
        foreach (var (name, a, b) in new[] { "q", "k", "v", "bias" }.Zip(inputs, same))
        {
            Closeness.AssertWithin(10 * tolerance, a.grad ?? zeros_like(a), b.grad ?? zeros_like(b), $"the gradient of {name}");
        }
    }

    private static Tensor Plain(Tensor[] inputs, int groups, Dropout dropout)
    {
        using var without = NativeKernels.Withhold();
        using var operators = FusedAttention.Ask(always: false);
        return GroupedAttention.Attend(inputs[0], inputs[1], inputs[2], inputs.ElementAtOrDefault(3), HeadMaps.Same(HeadMap.Contiguous(Heads, groups)), dropout);
    }

    // What is learned has a gradient: a position bias, not a mask.
    private static Tensor[] Inputs(int groups, long width, string bias, ScalarType type)
    {
        using var random = new Generator(5);
        Tensor Draw(params long[] shape) => randn(shape, ScalarType.Float64, generator: random).to(type, TestDevice.Current);
        Tensor[] inputs = [Draw(Batch, Targets, Heads * width).requires_grad_(), Draw(Batch, groups, Sources, width).requires_grad_(), Draw(Batch, groups, Sources, width).requires_grad_()];
        Tensor Masked(Tensor mask) => zeros(mask.shape, type, TestDevice.Current).masked_fill_(mask, finfo(type).min / 2);
        var padding = Masked(arange(Sources, device: TestDevice.Current).ge(tensor(new[] { Sources, 9L, 4L }, device: TestDevice.Current).unsqueeze(1)).view(Batch, 1, 1, Sources));
        var causal = Masked(ones([1, 1, Targets, Sources], ScalarType.Bool, TestDevice.Current).triu(Sources - Targets + 1));
        Tensor Position(long rows) => Draw(rows, Heads, Targets, Sources);
        Tensor? added = bias switch
        {
            "padding" => padding,
            "position" => Position(1).requires_grad_(),
            "position of each row" => Position(Batch).requires_grad_(),
            "position and causal" => Position(1).add(causal).requires_grad_(),
            "position, causal and padding" => Position(1).add(causal.minimum(padding)).requires_grad_(),
            "one head's" => causal,
            _ => null,
        };
        return added is null ? inputs : [.. inputs, added];
    }
}

/// <summary>A test that needs libtorch's fused attention for the CPU, which 2.2 brought for scores with a bias.</summary>
internal sealed class FlashAttentionFactAttribute : FactAttribute
{
    private const string Operator = "_ZN2at4_ops43_scaled_dot_product_flash_attention_for_cpu4callERKNS_6TensorES4_S4_dbRKSt8optionalIS2_ES5_IdE";

    public FlashAttentionFactAttribute()
    {
        _ = get_num_threads();   // TorchSharp loads its libtorch, which is the one to look at
        var loaded = File.Exists("/proc/self/maps") ? File.ReadLines("/proc/self/maps").FirstOrDefault(static line => line.Contains("/libtorch_cpu.so", StringComparison.Ordinal)) : null;
        if (loaded is null || !NativeLibrary.TryLoad(loaded[loaded.IndexOf('/', StringComparison.Ordinal)..], out var library) || !NativeLibrary.TryGetExport(library, Operator, out _))
        {
            Skip = "this libtorch has no fused attention for the CPU";
        }
    }
}
