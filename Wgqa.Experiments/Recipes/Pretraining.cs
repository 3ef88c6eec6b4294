using Wgqa.Data;
using Wgqa.Experiments.Processes;
using Wgqa.Training;

namespace Wgqa.Experiments.Recipes;

/// <summary>A vocabulary and a multi-head T5, trained from scratch on pairs of texts: what conversions start from where no checkpoint is at hand.</summary>
internal sealed class Pretraining
{
    /// <summary>What is made.</summary>
    public required NewModel Made { get; init; }

    /// <summary>The task.</summary>
    public required TextTask Task { get; init; }

    /// <summary>The data as the user named it.</summary>
    public required string Data { get; init; }

    /// <summary>Training pairs.</summary>
    public required IReadOnlyList<TextPair> Pairs { get; init; }

    /// <summary>Held-out pairs.</summary>
    public IReadOnlyList<TextPair> Validation { get; init; } = [];

    /// <summary>Pairs per batch, where <see cref="BatchTokens"/> is null.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Tokens per batch, padding included.</summary>
    public int? BatchTokens { get; init; }

    /// <summary>Hyper-parameters.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Where to compute.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The processes that share the work.</summary>
    public Peers Peers { get; init; } = Peers.None;

    /// <summary>Opens the run's folder.</summary>
    public RunFolder Open(string folder) => RunFolder.Open(folder, new RunConfig
    {
        Command = "pretrain",
        Architecture = Made.Config,
        Data = Data,
        Pairs = Pairs.Count,
        Task = Task,
        BatchSize = BatchTokens is null ? BatchSize : null,
        BatchTokens = BatchTokens,
        Training = Training,
        Device = Device,
    }, Peers.Group);

    /// <summary>Trains the vocabulary and then the model; the result is in the run's model folder.</summary>
    public RunSummary Run(RunFolder run, IProgressDisplay display, CancellationToken stop, StepProfile? profile = null)
    {
        var tokenizer = Made.Vocabulary(run, () => Pairs.SelectMany(pair => new[] { Task.Prefix + pair.Source, pair.Target }), $"{Pairs.Count} pairs", display, Peers);
        using var model = Made.Create(tokenizer, Training.Seed, Peers.Place(Device));
        var examples = TrainingExamples.Encode(Task, tokenizer, Pairs, Validation, BatchSize, BatchTokens);
        display.Say(examples.Padding(Training.Seed));
        return FineTuning.Run(model, tokenizer, run.Path, examples, Training, run, display, stop, Peers, profile);
    }
}
