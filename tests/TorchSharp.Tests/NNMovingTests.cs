using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class NNMovingTests
{
    [Fact]
    public void AConvertedModuleComputesInTheNewType()
    {
        using var scope = NewDisposeScope();
        using var model = new Affine();

        Assert.Same(model, model.to(ScalarType.Float64));

        Assert.All(model.parameters(), parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        Assert.All(model.parameters(), parameter => Assert.True(parameter.requires_grad));
        using var result = model.call(ones(2, 3, dtype: ScalarType.Float64));
        Assert.Equal(ScalarType.Float64, result.dtype);
        Assert.Equal([2, 3], result.shape);
    }

    [Fact]
    public void FieldsFollowTheirParameters()
    {
        using var model = new Affine();
        var old = model.Scale;

        model.to(ScalarType.Float64);

        Assert.NotSame(old, model.Scale);
        Assert.True(old.IsInvalid);
        Assert.Same(model.Scale, model.get_parameter("scale"));
        Assert.Same(model.Linear.weight, model.get_parameter("linear.weight"));
        Assert.Equal(ScalarType.Float64, model.Linear.bias!.dtype);
    }

    [Fact]
    public void ConvertingToTheSameTypeChangesNothing()
    {
        using var model = new Affine();
        var (scale, weight, offset) = (model.Scale, model.Linear.weight, model.Offset);

        model.to(ScalarType.Float32).to(CPU).to("cpu").cpu();

        Assert.Same(scale, model.Scale);
        Assert.Same(weight, model.Linear.weight);
        Assert.Same(offset, model.Offset);
    }

    [Fact]
    public void IntegerBuffersKeepTheirType()
    {
        using var model = new Affine();

        model.to(ScalarType.BFloat16);

        Assert.Equal(ScalarType.BFloat16, model.Offset.dtype);
        Assert.Equal(ScalarType.Int64, model.Positions.dtype);
        Assert.Equal([0L, 1L, 2L], model.Positions.data<long>().ToArray());
        Assert.Same(model.Offset, model.get_buffer("offset"));
    }

    [Fact]
    public void GradientsMoveWithTheirParameters()
    {
        using var scope = NewDisposeScope();
        using var model = new Affine();
        model.call(ones(2, 3)).sum().backward();
        var before = model.Linear.bias!.grad!.to(ScalarType.Float64).data<double>().ToArray();

        model.to(ScalarType.Float64);

        var after = model.Linear.bias!.grad!;
        Assert.Equal(ScalarType.Float64, after.dtype);
        Assert.Equal(before, after.data<double>().ToArray());
    }

    [Fact]
    public void OnlyFloatingPointTypesAreTargets()
    {
        using var model = new Affine();

        Assert.Throws<ArgumentException>(() => model.to(ScalarType.Int64));
        Assert.Throws<ArgumentException>(() => model.to(CPU, ScalarType.Bool));
    }

    [Fact]
    public void AnEmbeddingIsConvertedToo()
    {
        using var scope = NewDisposeScope();
        using var embedding = nn.Embedding(4, 2);

        embedding.to(ScalarType.Float64);

        using var rows = embedding.call(tensor(new long[] { 3, 1 }));
        Assert.Equal(ScalarType.Float64, rows.dtype);
        Assert.Equal(ScalarType.Float64, embedding.parameters().Single().dtype);
    }

    [Fact]
    public void ParametersInAListAreReplaced()
    {
        using var list = nn.ParameterList(nn.Parameter(ones(1)), nn.Parameter(ones(2)));

        list.to(ScalarType.Float64);

        Assert.All(list, parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
    }

    [Fact]
    public void DisposingAModuleFreesAllItsTensors()
    {
        var statistics = DisposeScopeManager.Statistics;
        var before = statistics.ThreadTotalLiveCount;
        var model = new Affine();
        var tensors = model.parameters().Concat(model.buffers()).ToList();
        Assert.Equal(before + 5, statistics.ThreadTotalLiveCount);

        model.Dispose();

        Assert.All(tensors, tensor => Assert.True(tensor.IsInvalid));
        Assert.Equal(before, statistics.ThreadTotalLiveCount);
        model.Dispose();
    }

    [Fact]
    public void ConvertingAModuleKeepsTheNumberOfItsTensors()
    {
        using var model = new Affine();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        model.to(ScalarType.Float64);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void LayersMadeInADisposeScopeSurviveIt()
    {
        Linear linear;
        using (NewDisposeScope())
        {
            linear = nn.Linear(2, 2);
        }

        using (linear)
        {
            Assert.False(linear.weight.IsInvalid);
        }
    }

    private sealed class Affine : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "scale")]
        private readonly Parameter _scale = nn.Parameter(ones(3));

        [ComponentName(Name = "linear")]
        private readonly Linear _linear = nn.Linear(3, 3);

        [ComponentName(Name = "offset")]
        private readonly Tensor _offset = zeros(3);

        [ComponentName(Name = "positions")]
        private readonly Tensor _positions = arange(3);

        public Affine() : base(nameof(Affine)) => RegisterComponents();

        public Parameter Scale => _scale;

        public Linear Linear => _linear;

        public Tensor Offset => _offset;

        public Tensor Positions => _positions;

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return _linear.call(input * _scale).add(_offset).MoveToOuterDisposeScope();
        }
    }
}
