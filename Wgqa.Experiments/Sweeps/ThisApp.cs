namespace Wgqa.Experiments.Sweeps;

/// <summary>How this process was started, to start others like it.</summary>
internal static class ThisApp
{
    /// <summary>The words that start the app, without arguments: <c>dotnet</c> and the app's library, or the app's own file.</summary>
    public static IReadOnlyList<string> Start =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [Environment.ProcessPath!, typeof(ThisApp).Assembly.Location] : [Environment.ProcessPath!];

    /// <summary>The arguments that it was given.</summary>
    public static IEnumerable<string> Arguments => Environment.GetCommandLineArgs().Skip(1);
}
