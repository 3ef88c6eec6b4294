using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests;

/// <summary>Where the tests that run anywhere compute: the CPU, or the device that <c>WGQA_TEST_DEVICE</c> names. They have the trait <see cref="Trait"/>.</summary>
internal static class TestDevice
{
    public const string Trait = "device";
    public const string Any = "any";

    /// <summary>Those that need the stand-in for a CUDA device, see <see cref="PretendCuda"/>.</summary>
    public const string Pretend = "pretend";

    /// <summary>A trait that names a library beside libtorch, which a machine may lack.</summary>
    public const string Needs = "needs";

    public static Device Current { get; } = new(Environment.GetEnvironmentVariable("WGQA_TEST_DEVICE") is { Length: > 0 } named ? named : "cpu");
}
