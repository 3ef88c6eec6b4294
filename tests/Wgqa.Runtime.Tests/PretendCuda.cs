using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests;

/// <summary>
/// The stand-in for a CUDA device (compat/native/testing/pretend_cuda.cpp), which <c>WGQA_PRETEND_CUDA</c> names. It is loaded before any test, as libtorch asks once what devices there are.
/// </summary>
internal static unsafe class PretendCuda
{
    /// <summary>Why a test that needs it is skipped.</summary>
    public const string Missing = "needs the stand-in for a CUDA device, which ./wgqa test loads in a pass of its own";

    private static nint _library;

    /// <summary>Whether the tests' CUDA device is the stand-in.</summary>
    public static bool Exists => _library != 0;

    /// <summary>What makes the host wait for the device while some work is done: "read" and "write" with the operator, or "wait".</summary>
    public static string[] Waits(Action work)
    {
        ((delegate* unmanaged<void>)NativeLibrary.GetExport(_library, "wgqa_pretend_listen"))();
        work();
        var heard = ((delegate* unmanaged<byte*>)NativeLibrary.GetExport(_library, "wgqa_pretend_heard"))();
        return Marshal.PtrToStringUTF8((nint)heard)!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

#pragma warning disable CA2255 // it is the test assembly's own
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Load()
    {
        if (Environment.GetEnvironmentVariable("WGQA_PRETEND_CUDA") is { Length: > 0 } path)
        {
            // TorchSharp loads libtorch, in the environment that it prepares.
            _ = get_num_threads();
            _library = NativeLibrary.Load(path);
        }
    }
}
