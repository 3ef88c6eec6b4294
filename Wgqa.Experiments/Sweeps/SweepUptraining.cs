using Wgqa.Data;
using Wgqa.Experiments.Processes;
using Wgqa.Experiments.Recipes;
using Wgqa.Training;

namespace Wgqa.Experiments.Sweeps;

/// <summary>Training on plain text between conversion and fine-tuning, for a share of the model's pretraining.</summary>
internal sealed record SweepUptraining
{
    /// <summary>The share of the pretraining's updates.</summary>
    public required double Share { get; init; }

    /// <summary>The updates of the pretraining.</summary>
    public required int PretrainingSteps { get; init; }

    /// <summary>The text as the user named it.</summary>
    public required string Text { get; init; }

    /// <summary>The objective.</summary>
    public required SpanCorruption Corruption { get; init; }

    /// <summary>Ids of every input.</summary>
    public required int InputLength { get; init; }

    /// <summary>Sequences per batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Hyper-parameters, with the share's updates; each cell has its own seed in place of this one's.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Converts a model and trains it, in a folder of its own that goes on where it was interrupted; returns the folder of the resulting model.</summary>
    public string Run(string model, AttentionVariant variant, string folder, long seed, string device, Peers peers, IProgressDisplay display, CancellationToken stop)
    {
        var result = Path.Combine(folder, "model");
        if (peers.IsFirst && Directory.Exists(folder) && !Directory.Exists(result) && File.Exists(Path.Combine(folder, "summary.json")))
        {
            Directory.Delete(folder, recursive: true);   // finished, and its model dropped since
        }

        var training = new SpanCorruptionTraining
        {
            Data = Text,
            Corruption = Corruption,
            InputLength = InputLength,
            BatchSize = BatchSize,
            Training = Training with { Seed = seed },
            Device = device,
            Peers = peers,
        };
        training.Uptrain(model, variant, folder, display, stop);
        peers.WaitForFirst();   // which writes the model
        return result;
    }
}
