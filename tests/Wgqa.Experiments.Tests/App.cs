using System.Diagnostics;
using System.Text;

namespace Wgqa.Experiments.Tests;

/// <summary>The app as a user runs it: a process of its own, so that a crash in native code is an exit code and not the end of the tests.</summary>
internal static class App
{
    /// <summary>Runs a command to its end.</summary>
    public static Result Run(params string[] arguments) => RunWithInput([], arguments);

    /// <summary>Runs a command with bytes on its standard input.</summary>
    public static Result RunWithInput(byte[] input, params string[] arguments) => Ended(Start(arguments), input);

    /// <summary>Runs a command to its end on the stand-in for a CUDA device.</summary>
    public static Result RunOn(string pretendCuda, params string[] arguments) => Ended(Start(arguments, pretendCuda), []);

    private static Result Ended(Process started, byte[] input)
    {
        using var process = started;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The app ended without reading its input: its exit code tells.
        }

        process.WaitForExit();
        return new(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts a command, its streams redirected; the caller reads them, ends and disposes it.</summary>
    public static Process Start(params string[] arguments) => Start(arguments, null);

    private static Process Start(string[] arguments, string? pretendCuda)
    {
        // Tests that a script started in its background ignore Ctrl+C, and what they start would too.
        var start = new ProcessStartInfo("env")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add("--default-signal=INT");
        start.ArgumentList.Add("dotnet");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Wgqa.Experiments.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Tests run beside each other on few cores.
        start.Environment["OMP_NUM_THREADS"] = "1";
        if (pretendCuda is not null)
        {
            start.Environment["WGQA_PRETEND_CUDA"] = pretendCuda;
            start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        }

        return Process.Start(start)!;
    }

    /// <summary>What a command came to.</summary>
    internal sealed record Result(int ExitCode, string Output, string Error)
    {
        /// <summary>The output of a command that must have succeeded.</summary>
        public string Succeeded()
        {
            Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}");
            return Output;
        }

        /// <summary>Asserts that the command refused its input as it should: exit code 2, one sentence with these words, no stack trace.</summary>
        public void RefusedWith(params string[] words)
        {
            Assert.True(ExitCode == 2, $"exit code {ExitCode}: {Output}{Error}");
            var said = Error.TrimEnd('\n').Split('\n');
            Assert.StartsWith("wgqa: ", said[^1], StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
            foreach (var word in words)
            {
                Assert.Contains(word, said[^1], StringComparison.Ordinal);
            }
        }
    }
}
