using System.Diagnostics;

namespace Wgqa.Experiments.Processes;

/// <summary>How this process was started, to start others like it.</summary>
internal static class ThisApp
{
    /// <summary>The words that started it: <c>dotnet</c> and the app's library, or the app's own file, and then the arguments that it was given.</summary>
    public static IReadOnlyList<string> CommandLine =>
    [
        .. Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? new[] { Environment.ProcessPath!, typeof(ThisApp).Assembly.Location } : [Environment.ProcessPath!],
        .. Environment.GetCommandLineArgs().Skip(1),
    ];

    /// <summary>The same once more, with further arguments.</summary>
    public static ProcessStartInfo Again(params IEnumerable<string> further) => new(CommandLine[0], CommandLine.Skip(1).Concat(further));
}
