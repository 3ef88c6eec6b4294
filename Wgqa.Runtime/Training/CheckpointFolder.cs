using System.Globalization;
using System.Text.Json;
using Wgqa.Checkpoints;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>How far a run is: with weights and optimizer, all that determines how it goes on.</summary>
internal sealed record TrainingState
{
    /// <summary>Updates made.</summary>
    public int Step { get; init; }

    /// <summary>The epoch that the next batch comes from.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches of it already seen.</summary>
    public int Batch { get; init; }

    /// <summary>Tokens trained on.</summary>
    public long Tokens { get; init; }

    /// <summary>Seconds since the run began, without the time between two processes.</summary>
    public double Seconds { get; init; }

    /// <summary>Of these, seconds of training alone.</summary>
    public double TrainingSeconds { get; init; }

    /// <summary>What has been measured since the last line of the log.</summary>
    public LogWindow Window { get; init; }

    /// <summary>Loss of the last line of the log.</summary>
    public double Loss { get; init; }

    /// <summary>The last validation's loss.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The lowest validation loss so far.</summary>
    public double? BestValidationLoss { get; init; }

    /// <summary>The step after which it was measured.</summary>
    public int? BestStep { get; init; }
}

/// <summary>Sums over the steps since the last line of the log.</summary>
internal readonly record struct LogWindow(int Steps, double LossSum, long Tokens, double Seconds)
{
    public LogWindow Add(double loss, long tokens, double seconds) => new(Steps + 1, LossSum + loss, Tokens + tokens, Seconds + seconds);
}

/// <summary>
/// A run's checkpoints: <c>step-00000100/</c> with the weights, the optimizer's state and <c>state.json</c>. One is written beside and
/// renamed, and only then is the one before it deleted: whenever the process dies, a whole one is there.
/// </summary>
internal sealed class CheckpointFolder(string path)
{
    private const string Prefix = "step-";
    private const string Weights = "model.safetensors";
    private const string Optimizer = "optimizer.safetensors";
    private const string State = "state.json";

    public string Path => path;

    /// <summary>The newest whole checkpoint's folder; null where there is none.</summary>
    public string? Latest => Directory.Exists(path)
        ? Directory.EnumerateDirectories(path, Prefix + "*").Where(static folder => StepOf(folder) is not null).MaxBy(StepOf)
        : null;

    public void Save(nn.Module model, FlatOptimizer optimizer, TrainingState state)
    {
        var before = Directory.Exists(path) ? Directory.GetDirectories(path) : [];
        var folder = System.IO.Path.Combine(path, Prefix + state.Step.ToString("D8", CultureInfo.InvariantCulture));
        if (before.Contains(folder))
        {
            return;   // stopped before the first step since: nothing has changed
        }

        RunFolder.WriteWholeFolder(folder, beside =>
        {
            SafetensorsFile.Write(System.IO.Path.Combine(beside, Weights), model.state_dict().Select(static named => (named.Key, named.Value)));
            optimizer.Save(System.IO.Path.Combine(beside, Optimizer));
            CompleteFile.Write(System.IO.Path.Combine(beside, State), JsonSerializer.Serialize(state, RunFolder.Json) + "\n");
        });
        foreach (var old in before.Where(old => old != folder))
        {
            RunFolder.DeleteFolder(old);
        }
    }

    /// <summary>Takes model and optimizer back to the newest checkpoint; null, and nothing changed, where there is none.</summary>
    /// <exception cref="UserException">The checkpoint cannot be read, or belongs to another model.</exception>
    public TrainingState? Restore(nn.Module model, FlatOptimizer optimizer)
    {
        if (Latest is not { } folder)
        {
            return null;
        }

        try
        {
            using (var weights = SafetensorsFile.Open(System.IO.Path.Combine(folder, Weights)))
            {
                Fill(model, weights);
            }

            optimizer.Load(System.IO.Path.Combine(folder, Optimizer));
            return JsonSerializer.Deserialize<TrainingState>(File.ReadAllText(System.IO.Path.Combine(folder, State)), RunFolder.Json);
        }
        catch (Exception error)
        {
            throw new UserException($"The checkpoint {folder} cannot be read ({error.Message.TrimEnd('.')}); delete it to begin the run anew.", error);
        }
    }

    private static void Fill(nn.Module model, SafetensorsFile weights)
    {
        using var frozen = no_grad();
        foreach (var (name, tensor) in model.state_dict())
        {
            using var read = weights.Read(name);
            tensor.copy_(read);
        }
    }

    private static int? StepOf(string folder) =>
        int.TryParse(System.IO.Path.GetFileName(folder).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
}
