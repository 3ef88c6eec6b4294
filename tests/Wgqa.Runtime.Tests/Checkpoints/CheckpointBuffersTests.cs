using Wgqa.Attention;
using Wgqa.Checkpoints;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Checkpoints;

/// <summary>A model's buffers are part of its checkpoint.</summary>
public sealed class CheckpointBuffersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BuffersAreFilledFromTheTensorsOfTheirNames()
    {
        using var trained = Trained();
        Write(trained.state_dict());
        using var loaded = new KeyAllocation(8, 3, Allocation.KeyNorms);
        using var weights = CheckpointWeights.Open(_folder.Path("model"));
        weights.CopyInto(loaded);
        Assert.Equal(trained.Calibrated, loaded.Calibrated);
        var state = loaded.state_dict();
        Assert.All(trained.state_dict(), entry => Assert.True(entry.Value.Equals(state[entry.Key]), entry.Key));
    }

    [Fact]
    public void AMissingBufferIsNamed()
    {
        using var trained = Trained();
        Write(trained.state_dict().Where(entry => entry.Key != "passes"));
        using var loaded = new KeyAllocation(8, 3, Allocation.KeyNorms);
        using var weights = CheckpointWeights.Open(_folder.Path("model"));
        Assert.EndsWith("model.safetensors lacks passes.", Assert.Throws<UserException>(() => weights.CopyInto(loaded)).Message, StringComparison.Ordinal);
        Assert.Equal([3, 3, 2], loaded.Calibrated.Sizes);
    }

    [Fact]
    public void ABufferOfAnotherShapeIsNamedWithBoth()
    {
        using var trained = Trained();
        Write(trained.state_dict());
        using var loaded = new KeyAllocation(8, 4, Allocation.KeyNorms);
        using var weights = CheckpointWeights.Open(_folder.Path("model"));
        Assert.EndsWith("key_norms is [3], and the model's configuration needs [4].", Assert.Throws<UserException>(() => weights.CopyInto(loaded)).Message, StringComparison.Ordinal);
    }

    private static KeyAllocation Trained()
    {
        var allocation = new KeyAllocation(8, 3, Allocation.KeyNorms);
        using var keys = tensor(new[] { 1f, 2, 4 }, [1, 3, 1, 1]);
        allocation.For(keys);
        return allocation;
    }

    private void Write(IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        SafetensorsFile.Write(_folder.Path("model/model.safetensors"), tensors.Select(static entry => (entry.Key, entry.Value)));
}
