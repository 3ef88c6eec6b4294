using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Wgqa.Experiments.Benchmarks;

/// <summary>Hugging Face transformers in a process of its own (<c>benchmarks/peers/hf_t5.py</c>), asked line by line, so that its runs and ours alternate.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;
    private volatile string _lastWords = "";

    private Peer(Process process) => _process = process;

    /// <summary>What it runs on, such as <c>transformers 4.32.0 on PyTorch 1.13.1</c>.</summary>
    public string Versions { get; private set; } = "";

    /// <summary>Starts it; null, with the reason, where there is no such Python.</summary>
    /// <param name="python">The interpreter.</param>
    /// <param name="threads">Compute threads.</param>
    /// <param name="reason">Why there is none.</param>
    public static Peer? Start(string python, int threads, out string? reason)
    {
        if (Script() is not { } script)
        {
            reason = "benchmarks/peers/hf_t5.py is not in a folder above the app";
            return null;
        }

        var start = new ProcessStartInfo(python, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["TRANSFORMERS_OFFLINE"] = "1";

        // What our own libtorch starts with, where the user has not said otherwise: threads that wait for work do not keep the core from those that have some.
        start.Environment.TryAdd("GOMP_SPINCOUNT", "1000");
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            reason = $"{python}: {e.Message}";
            return null;
        }

        var peer = new Peer(process);
        process.ErrorDataReceived += (_, said) => peer._lastWords = string.IsNullOrWhiteSpace(said.Data) ? peer._lastWords : said.Data.Trim();
        process.BeginErrorReadLine();
        var hello = process.StandardOutput.ReadLine() is { } line ? JsonNode.Parse(line)! : new JsonObject { ["error"] = $"{python} ended without a word" };
        if (hello["error"] is { } error)
        {
            reason = error.GetValue<string>();
            process.Dispose();
            return null;
        }

        reason = null;
        peer.Versions = $"transformers {hello["transformers"]} on PyTorch {hello["torch"]}";
        return peer;
    }

    /// <summary>Asks it and waits.</summary>
    /// <exception cref="UserException">It ended, or could not do it.</exception>
    public JsonNode Ask(JsonObject request)
    {
        _process.StandardInput.WriteLine(request.ToJsonString());
        if (_process.StandardOutput.ReadLine() is not { } line)
        {
            _process.WaitForExit();   // until all of its standard error is here
            throw new UserException($"the peer ended while it was asked to {request["do"]}{(_lastWords.Length > 0 ? $": {_lastWords}" : ".")}");
        }

        var answer = JsonNode.Parse(line)!;
        return answer["error"] is { } error ? throw new UserException($"the peer could not {request["do"]}: {error}") : answer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static string? Script()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "benchmarks", "peers", "hf_t5.py");
            if (File.Exists(script))
            {
                return script;
            }
        }

        return null;
    }
}
