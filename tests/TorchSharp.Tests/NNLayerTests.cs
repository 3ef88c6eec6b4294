using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

[Collection(nameof(NNGlobalGenerator))]
public sealed class NNLayerTests
{
    [Fact]
    public void LinearIsTheProductWithTheTransposedWeightPlusTheBias()
    {
        using var scope = NewDisposeScope();
        using var linear = nn.Linear(nn.Parameter(tensor(new[] { 1f, 2f, 3f, 4f, 5f, 6f }, 2, 3)), nn.Parameter(tensor(new[] { 10f, 20f })));

        var y = linear.call(tensor(new[] { 1f, 0f, -1f }, 1, 3));

        Assert.Equal(3, linear.in_features);
        Assert.Equal(2, linear.out_features);
        Assert.Equal([1, 2], y.shape);
        Assert.Equal([8f, 18f], y.data<float>().ToArray());
    }

    [Fact]
    public void AnAssignedWeightReplacesTheOldOne()
    {
        using var linear = nn.Linear(2, 1);
        var old = linear.weight;

        linear.weight = nn.Parameter(ones(1, 2));
        linear.bias = null;

        Assert.True(old.IsInvalid);
        Assert.Equal(["weight"], linear.named_parameters().Select(named => named.name));
        Assert.Same(linear.weight, linear.get_parameter("weight"));
    }

    [Fact]
    public void AnEmbeddingLooksRowsUp()
    {
        using var scope = NewDisposeScope();
        using var embedding = nn.Embedding_from_pretrained(tensor(new[] { 0f, 1f, 10f, 11f, 20f, 21f }, 3, 2), freeze: false);

        var rows = embedding.call(tensor(new long[] { 2, 0, 2 }, 1, 3));
        Assert.Equal([1, 3, 2], rows.shape);
        Assert.Equal([20f, 21f, 0f, 1f, 20f, 21f], rows.data<float>().ToArray());

        rows.sum().backward();
        Assert.Equal([1f, 1f, 0f, 0f, 2f, 2f], embedding.weight!.grad!.data<float>().ToArray());
    }

    [Fact]
    public void ThePaddingRowIsZeroAndGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        using var embedding = nn.Embedding(3, 2, padding_idx: 1);
        var table = embedding.parameters().Single();

        Assert.Equal([0f, 0f], table[1].data<float>().ToArray());
        embedding.call(tensor(new long[] { 1, 2 })).sum().backward();
        Assert.Equal([0f, 0f, 0f, 0f, 1f, 1f], table.grad!.data<float>().ToArray());
    }

    [Fact]
    public void AnEmbeddingsWeightIsAnotherHandleOnTheSameTable()
    {
        using var scope = NewDisposeScope();
        using var embedding = nn.Embedding(3, 2);

        using (var weight = embedding.weight!)
        using (no_grad())
        {
            weight.fill_(7);
        }

        Assert.Equal([7f, 7f], embedding.call(tensor(new long[] { 1 })).data<float>().ToArray());
        embedding.weight = nn.Parameter(ones(3, 2));
        Assert.Equal([1f, 1f], embedding.call(tensor(new long[] { 1 })).data<float>().ToArray());
        Assert.Equal(["weight"], embedding.named_parameters().Select(named => named.name));
    }

    [Fact]
    public void AnEmbeddingOfBoundedNormShrinksWhatItLooksUp()
    {
        using var scope = NewDisposeScope();
        using var embedding = nn.Embedding_from_pretrained(tensor(new[] { 3f, 4f, 0.3f, 0.4f }, 2, 2), max_norm: 1.0);

        var rows = embedding.call(tensor(new long[] { 0, 1 })).data<float>().ToArray();

        Close([0.6f, 0.8f, 0.3f, 0.4f], rows, 1e-5f);
    }

    [Fact]
    public void LayerNormHasMeanZeroAndVarianceOne()
    {
        using var scope = NewDisposeScope();
        using var norm = nn.LayerNorm(4, eps: 0.5);
        float[] x = [1, 2, 4, 9];

        // mean 4, variance (9 + 4 + 0 + 25)/4 = 9.5, √(9.5 + 0.5) = √10
        var y = norm.call(tensor(x, 1, 4)).data<float>().ToArray();

        Close([.. x.Select(value => (value - 4) / MathF.Sqrt(10))], y, 1e-6f);
        Assert.Equal(["weight", "bias"], norm.named_parameters().Select(named => named.name));
        using var bare = nn.LayerNorm([4], elementwise_affine: false);
        Assert.Empty(bare.parameters());
        using var unbiased = nn.LayerNorm(4, bias: false);
        Assert.Equal(["weight"], unbiased.named_parameters().Select(named => named.name));
    }

    [Fact]
    public void AConvolutionWithStrideOfItsKernelCutsPatches()
    {
        using var scope = NewDisposeScope();
        using var convolution = nn.Conv2d(1, 1, kernel_size: 2, stride: 2);
        convolution.weight = nn.Parameter(tensor(new[] { 1f, 2f, 3f, 4f }, 1, 1, 2, 2));
        convolution.bias = nn.Parameter(tensor(new[] { 0.5f }));
        var image = arange(16, dtype: ScalarType.Float32).reshape(1, 1, 4, 4);

        // The patch at (0, 0) is 0 1 / 4 5: 0 + 2 + 12 + 20 + 0.5
        var y = convolution.call(image);

        Assert.Equal([1, 1, 2, 2], y.shape);
        Assert.Equal([34.5f, 54.5f, 114.5f, 134.5f], y.data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => convolution.call(ones(1, 3, 4, 4)));
    }

    [Fact]
    public void APaddedConvolutionKeepsTheSize()
    {
        using var scope = NewDisposeScope();
        using var same = nn.Conv2d(2, 3, 3, Padding.Same);
        using var padded = nn.Conv2d(2, 3, (3, 3), padding: (1, 1), bias: false);

        Assert.Equal([1, 3, 5, 7], same.call(ones(1, 2, 5, 7)).shape);
        Assert.Equal([1, 3, 5, 7], padded.call(ones(1, 2, 5, 7)).shape);
        Assert.Null(padded.bias);
        Assert.Equal([3, 2, 3, 3], padded.weight.shape);
    }

    [Fact]
    public void DropoutZeroesAndScalesInTrainingOnly()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var dropout = nn.Dropout(0.25);
        var ones = torch.ones(10_000);

        var values = dropout.call(ones).data<float>().ToArray();
        Assert.All(values, value => Assert.True(value is 0f || MathF.Abs(value - (4f / 3)) < 1e-6f));
        Assert.InRange(values.Count(value => value == 0), 2300, 2700);

        dropout.eval();
        Assert.All(dropout.call(ones).data<float>().ToArray(), value => Assert.Equal(1f, value));
    }

    [Fact]
    public void ActivationsAreTheirFormulas()
    {
        using var scope = NewDisposeScope();
        float[] x = [-2, -0.5f, 0, 1, 3];
        var input = tensor(x);

        Check(nn.Identity(), value => value);
        Check(nn.ReLU(), value => Math.Max(value, 0));
        Check(nn.SiLU(), value => value / (1 + Math.Exp(-value)));
        Check(nn.Tanh(), Math.Tanh);
        Check(nn.Softmax(0), value => Math.Exp(value) / x.Sum(other => Math.Exp(other)));

        // Φ(1) = 0.8413447, Φ(3) = 0.9986501, Φ(-x) = 1 - Φ(x), Φ(2) = 0.9772499, Φ(0.5) = 0.6914625
        Close([-2 * 0.0227501f, -0.5f * 0.3085375f, 0, 0.8413447f, 3 * 0.9986501f], nn.GELU().call(input).data<float>().ToArray(), 1e-6f);

        void Check(nn.Module<Tensor, Tensor> module, Func<double, double> formula)
        {
            using (module)
            {
                Close([.. x.Select(value => (float)formula(value))], module.call(input).data<float>().ToArray(), 1e-6f);
            }
        }
    }

    [Fact]
    public void CrossEntropyIgnoresTheIgnoredAndAveragesTheRest()
    {
        using var scope = NewDisposeScope();
        using var loss = nn.CrossEntropyLoss();
        var logits = tensor(new[] { 1f, 2f, 0f, 0f, 0f, 0f, 5f, 5f, 5f }, 3, 3);
        var target = tensor(new long[] { 1, 2, -100 });
        var expected = ((Math.Log(Math.Exp(1) + Math.Exp(2) + 1) - 2) + Math.Log(3)) / 2;

        Assert.Equal(expected, loss.call(logits, target).item<float>(), 1e-6);
        using var sum = nn.CrossEntropyLoss(reduction: nn.Reduction.Sum);
        Assert.Equal(2 * expected, sum.call(logits, target).item<float>(), 1e-6);
    }

    [Fact]
    public void TheSquaredErrorIsAveragedOrSummed()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (tensor(new[] { 1f, 2f }), tensor(new[] { 4f, 0f }));

        Assert.Equal(6.5f, nn.MSELoss().call(a, b).item<float>());
        Assert.Equal(13f, nn.MSELoss(nn.Reduction.Sum).call(a, b).item<float>());
        Assert.Equal([9f, 4f], nn.MSELoss(nn.Reduction.None).call(a, b).data<float>().ToArray());
    }

    [Fact]
    public void ASequenceCallsItsModulesInOrderAndFreesWhatIsBetween()
    {
        using var sequence = nn.Sequential(("first", nn.Linear(2, 3)), ("act", nn.Tanh()), ("last", nn.Linear(3, 1)));
        using var input = ones(4, 2);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using var output = sequence.call(input);

        Assert.Equal([4, 1], output.shape);
        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(["first.weight", "first.bias", "last.weight", "last.bias"], sequence.named_parameters().Select(named => named.name));
        Assert.Equal(3, sequence.Count);
        Assert.IsType<Tanh>(sequence[1]);
        Assert.Equal(2, sequence[1..].Count);

        sequence.eval();
        Assert.All(sequence.children(), module => Assert.False(module.training));
        sequence.to(ScalarType.Float64);
        Assert.All(sequence.parameters(), parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        using var unnamed = nn.Sequential(nn.Linear(1, 1, hasBias: false), nn.ReLU(), nn.Linear(1, 1, hasBias: false));
        Assert.Equal(["0.weight", "2.weight"], unnamed.named_parameters().Select(named => named.name));
    }

    [Fact]
    public void HooksSeeAndChangeInputsAndResults()
    {
        using var scope = NewDisposeScope();
        using var module = nn.Identity();
        var calls = new List<string>();
        var watch = module.register_forward_pre_hook(_ => calls.Add("before"));
        module.register_forward_hook(_ => calls.Add("after"));
        var twice = module.register_forward_pre_hook((_, input) => input.mul(2));
        module.register_forward_hook((_, input, output) => output.add(input).add(1));

        Assert.Equal(13f, module.call(tensor(3f)).item<float>());
        Assert.Equal(["before", "after"], calls);
        Assert.Equal(3f, module.forward(tensor(3f)).item<float>());

        watch.remove();
        twice.remove();
        Assert.Equal(7f, module.call(tensor(3f)).item<float>());
        Assert.Equal(["before", "after", "after"], calls);
    }

    [Fact]
    public void ModulesOfSeveralInputsHaveHooksToo()
    {
        using var scope = NewDisposeScope();
        using var module = new Difference();
        module.register_forward_pre_hook((_, left, right) => (right, left));

        Assert.Equal(-2f, module.call(tensor(5f), tensor(3f)).item<float>());
    }

    private static void Close(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }

    private sealed class Difference() : nn.Module<Tensor, Tensor, Tensor>("Difference")
    {
        public override Tensor forward(Tensor left, Tensor right) => left.sub(right);
    }
}
