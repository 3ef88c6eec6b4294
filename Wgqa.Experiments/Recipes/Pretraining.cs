using TorchSharp;
using Wgqa.Data;
using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;

namespace Wgqa.Experiments.Recipes;

/// <summary>A vocabulary and a multi-head T5, trained from scratch on pairs of texts: what conversions start from where no checkpoint is at hand.</summary>
internal sealed class Pretraining
{
    // As many as T5 has, so that the model can later be trained on span corruption.
    private const int Sentinels = 100;

    /// <summary>The model's shape.</summary>
    public required ModelShape Shape { get; init; }

    /// <summary>Pieces of the vocabulary to train.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>A spiece.model to use instead of training one.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Dropout rate.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>The task.</summary>
    public required TextTask Task { get; init; }

    /// <summary>The data as the user named it.</summary>
    public required string Data { get; init; }

    /// <summary>Training pairs.</summary>
    public required IReadOnlyList<TextPair> Pairs { get; init; }

    /// <summary>Held-out pairs.</summary>
    public IReadOnlyList<TextPair> Validation { get; init; } = [];

    /// <summary>Pairs per batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Hyper-parameters.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Where to compute.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Opens the run's folder.</summary>
    public RunFolder Open(string folder) => RunFolder.Open(folder, new RunConfig
    {
        Command = "pretrain",
        Architecture = Shape.Config(Tokenizer is null ? VocabularySize + Sentinels : T5Tokenizer.Load(Tokenizer).VocabularySize, Dropout),
        Data = Data,
        Pairs = Pairs.Count,
        Task = Task,
        BatchSize = BatchSize,
        Training = Training,
        Device = Device,
    });

    /// <summary>Trains the vocabulary and then the model; the result is in the run's model folder.</summary>
    public RunSummary Run(RunFolder run, IProgressDisplay display, CancellationToken stop)
    {
        var tokenizer = Vocabulary(run, display);
        Randomness.SeedModel(Training.Seed);
        using var model = new T5(Shape.Config(tokenizer.VocabularySize, Dropout));
        model.Initialize();
        model.to(FineTuning.DeviceNamed(Device));
        return FineTuning.Run(model, tokenizer, run.Path, Task, Pairs, Validation, BatchSize, Training, run, display, stop);
    }

    private T5Tokenizer Vocabulary(RunFolder run, IProgressDisplay display)
    {
        if (File.Exists(Path.Combine(run.Path, T5Tokenizer.FileName)))
        {
            return T5Tokenizer.Load(run.Path);
        }

        if (Tokenizer is null)
        {
            display.Say($"training a vocabulary of {VocabularySize} pieces on {Pairs.Count} pairs");
        }

        var tokenizer = Tokenizer is null
            ? T5Tokenizer.FromModel(SentencePieceTraining.Train(Pairs.SelectMany(pair => new[] { Task.Prefix + pair.Source, pair.Target }), VocabularySize), Sentinels)
            : T5Tokenizer.Load(Tokenizer);
        tokenizer.Save(run.Path);
        return tokenizer;
    }
}
