using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Wgqa.Kernels;

/// <summary>The native half of compat/TorchSharp, which has more in it than TorchSharp's API: nothing of it where another TorchSharp is used.</summary>
internal static class StandIn
{
    /// <summary>The library; 0 where there is none.</summary>
    public static nint Library { get; } = Load();

    /// <summary>One of its C entries; 0 where there is no such.</summary>
    public static nint Entry(string name) => Library != 0 && NativeLibrary.TryGetExport(Library, name, out var entry) ? entry : 0;

    private static nint Load()
    {
        // TorchSharp loads its native half first, in the environment that it prepares.
        _ = get_num_threads();
        return NativeLibrary.TryLoad("WgqaTorch", typeof(StandIn).Assembly, null, out var library) ? library : 0;
    }
}
