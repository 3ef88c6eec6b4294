using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class NNStateTests
{
    [Fact]
    public void TheStateHoldsTheModulesOwnTensors()
    {
        using var model = new TwoLayers();
        var state = model.state_dict();

        Assert.Equal(["first.weight", "first.bias", "second.weight", "offset"], state.Keys);
        Assert.Same(model.First.weight, state["first.weight"]);
        Assert.Same(model.Offset, state["offset"]);
        Assert.Equal(["model.first.weight", "model.first.bias", "model.second.weight", "model.offset"], model.state_dict(prefix: "model").Keys);
    }

    [Fact]
    public void AStateLoadedIntoAnotherModuleMakesItEqual()
    {
        using var source = new TwoLayers();
        using var target = new TwoLayers();

        var (missing, unexpected) = target.load_state_dict(source.state_dict());

        Assert.Empty(missing);
        Assert.Empty(unexpected);
        AssertEqualStates(source, target);
        Assert.True(target.First.weight.requires_grad);
    }

    [Fact]
    public void AStrictLoadWantsExactlyTheModulesNames()
    {
        using var model = new TwoLayers();
        using var other = ones(2, 3);
        var tooFew = new Dictionary<string, Tensor> { ["first.weight"] = other };
        var tooMany = model.state_dict();
        tooMany["third.weight"] = other;

        Assert.Throws<InvalidOperationException>(() => model.load_state_dict(tooFew));
        Assert.Throws<InvalidOperationException>(() => model.load_state_dict(tooMany));

        var (missing, unexpected) = model.load_state_dict(tooFew, strict: false);
        Assert.Equal(["first.bias", "second.weight", "offset"], missing);
        Assert.Empty(unexpected);
        Assert.Equal(1f, model.First.weight[1, 2].item<float>());

        (missing, unexpected) = model.load_state_dict(tooMany, strict: false);
        Assert.Empty(missing);
        Assert.Equal(["third.weight"], unexpected);
    }

    [Fact]
    public void SkippedNamesAreNeitherMissedNorLoaded()
    {
        using var model = new TwoLayers();
        using var before = model.First.weight.clone();
        using var other = ones(2, 3);
        var source = model.state_dict();
        source.Remove("offset");
        source["first.weight"] = other;

        var (missing, unexpected) = model.load_state_dict(source, skip: ["first.weight", "offset"]);

        Assert.Empty(missing);
        Assert.Empty(unexpected);
        Assert.True(model.First.weight.equal(before).all().item<bool>());
    }

    [Fact]
    public void AWrongShapeIsAnException()
    {
        using var model = new TwoLayers();
        using var other = ones(5, 7);
        var source = model.state_dict();
        source["first.weight"] = other;

        Assert.ThrowsAny<Exception>(() => model.load_state_dict(source));
    }

    [Fact]
    public void ASavedModuleLoadsAgain()
    {
        using var source = new TwoLayers();
        using var target = new TwoLayers();
        var file = Path.GetTempFileName();
        try
        {
            source.save(file);
            Assert.Same(target, target.load(file));
        }
        finally
        {
            File.Delete(file);
        }

        AssertEqualStates(source, target);
    }

    [Fact]
    public void TheFormatIsCountThenNameTypeShapeBytes()
    {
        using var weight = nn.Parameter(tensor(new[] { 1f, -2f }, 1, 2));
        using var linear = nn.Linear(weight);

        byte[] expected =
        [
            1, // one entry
            6, .. "weight"u8,
            6, // float32
            2, 1, 2, // two dimensions: 1, 2
            0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0,
        ];
        Assert.Equal(expected, Saved(linear));
    }

    [Fact]
    public void LoadingReportsWhichNamesTheModuleHas()
    {
        using var linear = nn.Linear(2, 1);
        using var withoutBias = nn.Linear(2, 1, hasBias: false);
        var bytes = Saved(linear);
        Assert.Throws<ArgumentException>(() => withoutBias.load(new MemoryStream(bytes)));

        var loaded = new Dictionary<string, bool>();
        withoutBias.load(new MemoryStream(bytes), strict: false, loadedParameters: loaded);

        Assert.Equal(new Dictionary<string, bool> { ["weight"] = true, ["bias"] = false }, loaded);
        Assert.Equal(linear.weight.data<float>().ToArray(), withoutBias.weight.data<float>().ToArray());
    }

    [Fact]
    public void AnotherShapeOrTypeIsNotLoaded()
    {
        using var linear = nn.Linear(2, 1);
        using var wider = nn.Linear(3, 1);
        using var inDouble = nn.Linear(2, 1, dtype: ScalarType.Float64);
        var bytes = Saved(linear);

        Assert.Throws<ArgumentException>(() => wider.load(new MemoryStream(bytes)));
        Assert.Throws<ArgumentException>(() => inDouble.load(new MemoryStream(bytes)));
        Assert.Throws<FileNotFoundException>(() => linear.load(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString())));
    }

    private static byte[] Saved(nn.Module module)
    {
        var stream = new MemoryStream();
        module.save(stream);
        return stream.ToArray();
    }

    private static void AssertEqualStates(nn.Module expected, nn.Module actual)
    {
        var other = actual.state_dict();
        Assert.Equal(expected.state_dict().Keys, other.Keys);
        foreach (var (name, value) in expected.state_dict())
        {
            Assert.True(value.allclose(other[name], rtol: 0, atol: 0), name);
        }
    }

    private sealed class TwoLayers : nn.Module
    {
        private readonly Linear first = nn.Linear(3, 2);
        private readonly Linear second = nn.Linear(2, 2, hasBias: false);
        private readonly Tensor offset = randn(2);

        public TwoLayers() : base(nameof(TwoLayers)) => RegisterComponents();

        public Linear First => first;

        public Linear Second => second;

        public Tensor Offset => offset;
    }
}
