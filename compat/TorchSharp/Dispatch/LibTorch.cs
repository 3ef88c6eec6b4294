using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Dispatch;

/// <summary>Loads libWgqaTorch, and libtorch with it, after giving both what they read from the environment once.</summary>
internal static partial class LibTorch
{
    private static readonly Lock Gate = new();
    private static nint _loaded;

    /// <summary>The resolver of every native entry.</summary>
    /// <exception cref="DllNotFoundException">The shim or libtorch is missing.</exception>
    internal static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path)
    {
        if (library != "WgqaTorch")
        {
            return 0;
        }

        lock (Gate)
        {
            return _loaded != 0 ? _loaded : _loaded = Load(assembly);
        }
    }

    private static nint Load(Assembly assembly)
    {
        PrepareEnvironment();
        var shim = Shim(assembly);
        nint library;
        try
        {
            library = NativeLibrary.Load(shim);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new DllNotFoundException($"libtorch could not be loaded through '{shim}'; run ./wgqa setup and build again. {Reason(e.Message)}", e);
        }

        UseAllCores(library);
        return library;
    }

    // Beside this assembly, as a build copies it; or, as a package brings it, in a folder for native libraries that the host knows.
    private static string Shim(Assembly assembly)
    {
        const string File = "libWgqaTorch.so";
        var beside = Path.Combine(Path.GetDirectoryName(assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory, File);
        var folders = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return folders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(native => Path.Combine(native, File))
            .Prepend(beside)
            .FirstOrDefault(Path.Exists, beside);
    }

    // .NET's message is advice on several lines, and the linker's own reason is the last.
    private static string Reason(string message) => message.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim();

    /// <summary>
    /// Sets what the user has not set. OpenBLAS 0.3.21 does not know newer processors and falls back to the kernels of a
    /// 2004 Prescott; libtorch 1.13 prefers AVX2 where it could use AVX-512. Both read the native environment, which .NET's
    /// Environment.SetEnvironmentVariable does not reach on Linux, when they load.
    /// </summary>
    private static void PrepareEnvironment()
    {
        if (Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported)
        {
            _ = setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
            _ = setenv("ATEN_CPU_CAPABILITY", "avx512", 0);
        }
        else if (Avx2.IsSupported && Fma.IsSupported)
        {
            _ = setenv("OPENBLAS_CORETYPE", "Haswell", 0);
        }

        // GNU OpenMP's idle threads spin for milliseconds, so two processes on the same cores starve each other: beside other
        // work a small model's training step used 3 to 7 s of processor time, and 0.9 s with 1000 spins (some 40 µs, longer
        // than the gap from one operator to the next).
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is not { Length: > 0 })
        {
            _ = setenv("GOMP_SPINCOUNT", "1000", 0);
        }
    }

    /// <summary>libtorch counts one thread where OpenMP is asked too early; ask for every core unless the user chose.</summary>
    private static unsafe void UseAllCores(nint library)
    {
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is { Length: > 0 })
        {
            return;
        }

        var setThreads = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(library, "wgqa_set_threads");
        _ = setThreads(Environment.ProcessorCount);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
