using System.Globalization;
using Wgqa.Experiments.Processes;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary>What a training command prints when it is done: once, however many processes it took.</summary>
internal static class RunReport
{
    public static void Print(RunFolder run, RunSummary summary, bool json, Peers peers)
    {
        if (!peers.IsFirst)
        {
            return;
        }

        if (json)
        {
            Options.PrintJson(new { run = run.Path, model = run.ModelFolder, summary });
            return;
        }

        var validation = summary.ValidationLoss is { } loss ? string.Create(CultureInfo.InvariantCulture, $", validation loss {loss:0.0000}") : "";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Steps} steps, loss {summary.Loss:0.0000}{validation}, {summary.TokensPerSecond:N0} tokens/s, {summary.Seconds:N0} s"));
        Console.WriteLine($"run:   {run.Path}");
        Console.WriteLine($"model: {run.ModelFolder}");
    }
}
