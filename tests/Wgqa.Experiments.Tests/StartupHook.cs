using System.Runtime.InteropServices;
using TorchSharp;

/// <summary>
/// What .NET calls before an app's Main where <c>DOTNET_STARTUP_HOOKS</c> names this assembly: loads the stand-in for a CUDA device into the app, which knows nothing of it.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        _ = torch.get_num_threads();   // TorchSharp loads libtorch, in the environment that it prepares
        NativeLibrary.Load(Environment.GetEnvironmentVariable("WGQA_PRETEND_CUDA")!);
    }
}
