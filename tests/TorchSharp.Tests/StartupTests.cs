#if TORCH_LOCAL
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>What the subset sets for libtorch and OpenBLAS before they load, and what it leaves to the user.</summary>
public sealed class StartupTests
{
    [Fact]
    public void LibtorchUsesEveryCoreUnlessTheUserChose()
    {
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null)
        {
            Assert.Equal(Environment.ProcessorCount, get_num_threads());
        }
    }

    [Fact]
    public void TheNativeEnvironmentNamesTheProcessorsKernels()
    {
        using var x = zeros(1);
        if (Avx512F.IsSupported || Avx2.IsSupported)
        {
            Assert.NotNull(Marshal.PtrToStringUTF8(GetEnvironment("OPENBLAS_CORETYPE")));
        }
    }

    [DllImport("libc", EntryPoint = "getenv", CharSet = CharSet.Ansi)]
    private static extern nint GetEnvironment([MarshalAs(UnmanagedType.LPStr)] string name);
}
#endif
