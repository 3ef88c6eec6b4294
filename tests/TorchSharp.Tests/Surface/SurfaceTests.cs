#if TORCH_LOCAL
using System.Reflection;

namespace TorchSharp.Tests.Surface;

/// <summary>What our subset offers must be in TorchSharp too, to the letter: names, defaults and nullability of parameters.</summary>
public class SurfaceTests
{
    [Fact]
    public void EveryPublicMemberOfTheSubsetIsInTorchSharp()
    {
        var reference = Reference();
        var extra = ApiListing.Of(typeof(torch).Assembly).Where(line => !reference.Contains(line)).ToArray();
        Assert.Empty(extra);
    }

    [Fact]
    public void TheListingOfTheSubsetIsNotEmpty()
    {
        var lines = ApiListing.Of(typeof(torch).Assembly);
        Assert.Contains("TorchSharp.torch.Tensor :: public TorchSharp.torch.Tensor matmul(TorchSharp.torch.Tensor target)", lines);
        Assert.Contains("TorchSharp.DisposeScope :: sealed class : IDisposable", lines);
    }

    /// <summary>The lines common to the listings of TorchSharp 0.106.0 and 0.107.0.</summary>
    private static HashSet<string> Reference()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("TorchSharp.api.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n').ToHashSet();
    }
}
#endif
