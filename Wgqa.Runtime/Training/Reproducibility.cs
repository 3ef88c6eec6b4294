using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Wgqa.Training;

/// <summary>
/// The published libtorch multiplies with Intel's MKL, whose last bits depend on where in memory a matrix lies unless it is told
/// otherwise before it starts. A run that was killed and started again would not end with the same weights.
/// </summary>
internal static partial class Reproducibility
{
    /// <summary>Asks MKL for the same bits every time, where the user has not said anything else.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "MKL reads it once, at the first product of whoever uses this library.")]
    internal static void Ask()
    {
        // .NET's own environment does not reach native code on Linux.
        if (OperatingSystem.IsLinux())
        {
            _ = setenv("MKL_CBWR", "AUTO,STRICT", 0);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
