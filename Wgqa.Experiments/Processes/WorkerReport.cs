using System.Text.Json;
using Wgqa.Training.Distributed;

namespace Wgqa.Experiments.Processes;

/// <summary>What a process that a launcher has started says when it ends early: in a file, as the launcher speaks for all of them with one voice.</summary>
/// <param name="Message">The sentence that it would have printed.</param>
/// <param name="IsLostPeer">Whether it stopped because another process did.</param>
/// <param name="GoesOn">Where the run goes on, if it has begun.</param>
internal sealed record WorkerReport(string Message, bool IsLostPeer, string? GoesOn)
{
    /// <summary>The environment variable that names the file.</summary>
    public const string FileVariable = "WGQA_REPORT";

    /// <summary>Says a last sentence: to the launcher where there is one, else on standard error.</summary>
    public static void Say(string message, Exception? cause)
    {
        message = WithoutFrames(message);
        if (Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } file)
        {
            var report = new WorkerReport(message, cause is PeerLostException, (cause as PeerLostException)?.GoesOn);
            File.WriteAllText(file, JsonSerializer.Serialize(report));
        }
        else
        {
            Console.Error.WriteLine($"wgqa: {message}");
        }
    }

    /// <summary>A message of libtorch's without the native frames that follow it.</summary>
    public static string WithoutFrames(string message) => message.Split("\nException raised from ")[0];

    /// <summary>What a process has said; null where it has ended without a word.</summary>
    public static WorkerReport? Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<WorkerReport>(File.ReadAllText(file)) : null;
        }
        catch (JsonException)
        {
            return null;   // killed while it wrote
        }
    }
}
