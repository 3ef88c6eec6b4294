using System.Diagnostics;

namespace Wgqa.Package.Tests;

/// <summary>The .NET SDK as somebody else's machine would run it: with a home of its own and nothing left over from the build that runs the tests.</summary>
internal static class Dotnet
{
    // Not a measurement: only so that a child that hangs is named, and does not hang the tests with it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Runs a command to its end.</summary>
    /// <param name="folder">The working directory.</param>
    /// <param name="home">Where the SDK keeps what belongs to the user.</param>
    /// <param name="arguments">What follows <c>dotnet</c>.</param>
    public static Result Run(string folder, string home, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in start.Environment.Keys.Where(BelongsToTheOuterBuild).ToList())
        {
            start.Environment.Remove(variable);
        }

        start.Environment["DOTNET_CLI_HOME"] = home;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        // Servers would outlive the command and keep its pipes open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var command = "dotnet " + string.Join(' ', arguments);
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command} did not end in {Patience}.");
        }

        return new(command, process.ExitCode, output.Result + error.Result);
    }

    private static bool BelongsToTheOuterBuild(string variable) =>
        variable.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || variable.StartsWith("NUGET_", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("VSTEST_", StringComparison.OrdinalIgnoreCase) || variable.StartsWith("CORECLR_", StringComparison.OrdinalIgnoreCase)
        || variable is "DOTNET_HOST_PATH" or "DOTNET_STARTUP_HOOKS" or "TorchSource" or "TokenizerSource" or "TorchSharpDir";

    /// <summary>What a command came to.</summary>
    internal sealed record Result(string Command, int ExitCode, string Output)
    {
        /// <summary>The output of a command that must have succeeded.</summary>
        public string Succeeded()
        {
            Assert.True(ExitCode == 0, $"{Command} ended with {ExitCode}:\n{Output}");
            return Output;
        }
    }
}
