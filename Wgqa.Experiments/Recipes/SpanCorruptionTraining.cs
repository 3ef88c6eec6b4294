using TorchSharp;
using Wgqa.Data;
using Wgqa.Experiments.Processes;
using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;

namespace Wgqa.Experiments.Recipes;

/// <summary>What determines a run on plain text, as its folder's config.json keeps it.</summary>
internal sealed record SpanCorruptionConfig
{
    /// <summary>The command that made the run.</summary>
    public required string Command { get; init; }

    /// <summary>The model folder that the run started from; null when trained from scratch.</summary>
    public string? Model { get; init; }

    /// <summary>The model's configuration when trained from scratch.</summary>
    public T5Config? Architecture { get; init; }

    /// <summary>The variant that the model was converted to; null leaves it as it is.</summary>
    public string? Variant { get; init; }

    /// <summary>The text as the command line named it.</summary>
    public required string Data { get; init; }

    /// <summary>The objective.</summary>
    public required SpanCorruption Corruption { get; init; }

    /// <summary>Ids of every input.</summary>
    public required int InputLength { get; init; }

    /// <summary>Sequences per batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The hyper-parameters.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Where the run computes.</summary>
    public required string Device { get; init; }
}

/// <summary>Training a T5 on plain text by T5's own objective: from nothing, or an existing model for a share of its pretraining.</summary>
internal sealed class SpanCorruptionTraining
{
    // A loss over this many sequences moves by less than a hundredth from draw to draw.
    private const int HeldOutSequences = 256;

    // Some ten megabytes of text, which a vocabulary is trained on in a minute.
    private const int VocabularyLines = 100_000;
    private const int CalibrationBatches = 4;

    /// <summary>The text as the user named it.</summary>
    public required string Data { get; init; }

    /// <summary>Held-out text, of which the beginning is used; null validates on none.</summary>
    public string? HeldOut { get; init; }

    /// <summary>The objective.</summary>
    public SpanCorruption Corruption { get; init; } = new();

    /// <summary>Ids of every input, sentinels and end included.</summary>
    public required int InputLength { get; init; }

    /// <summary>Sequences per batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Hyper-parameters.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Where to compute.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The processes that share the work.</summary>
    public Peers Peers { get; init; } = Peers.None;

    /// <summary>Measures where the time goes.</summary>
    public StepProfile? Profile { get; init; }

    /// <summary>Trains a vocabulary and then a model; the result is in the run's model folder.</summary>
    public (RunFolder Run, RunSummary Summary) Pretrain(NewModel made, string folder, IProgressDisplay display, CancellationToken stop)
    {
        var text = PlainText.Parse(Data);
        var run = RunFolder.Open(folder, Config("pretrain") with { Architecture = made.Config }, Peers.Group);
        using (run)
        {
            var tokenizer = made.Vocabulary(run, () => text.Sample(VocabularyLines, (ulong)Training.Seed), $"{VocabularyLines:N0} lines of {Data}", display, Peers);
            var batches = Batches(text, tokenizer);
            using var model = made.Create(tokenizer, Training.Seed, Peers.Place(Device));
            return (run, Fit(model, batches, tokenizer, run.Path, run, display, stop));
        }
    }

    /// <summary>Trains an existing model on, converted to a variant first if one is given.</summary>
    public (RunFolder Run, RunSummary Summary) Uptrain(string source, AttentionVariant? variant, string folder, IProgressDisplay display, CancellationToken stop)
    {
        var text = PlainText.Parse(Data);
        var tokenizer = T5Tokenizer.Load(source);
        var batches = Batches(text, tokenizer);
        var device = Peers.Place(Device);
        Randomness.SeedModel(Training.Seed);
        var loaded = T5Folder.Load(source, VariantCatalog.All);
        using var model = variant is null ? loaded : Converted(loaded, variant, batches);
        tokenizer.EnsureFits(model.Config.VocabSize, "the model's configuration");

        // Only now: a model that will not do leaves no run folder, which would be in the way of the next attempt.
        using var run = RunFolder.Open(folder, Config("uptrain") with { Model = Path.GetFullPath(source), Variant = variant?.Info.Name }, Peers.Group);
        model.to(device);
        return (run, Fit(model, batches, tokenizer, source, run, display, stop));
    }

    private static T5 Converted(T5 multiHead, AttentionVariant variant, SpanCorruptedText batches)
    {
        using (multiHead)
        {
            return VariantConversion.Convert(multiHead, variant, () => batches.Epoch(0, 0).Take(CalibrationBatches));
        }
    }

    private RunSummary Fit(T5 model, SpanCorruptedText batches, T5Tokenizer tokenizer, string tokenizerFolder, RunFolder run, IProgressDisplay display, CancellationToken stop)
    {
        var heldOut = HeldOut is null ? null : Batches(PlainText.Parse(HeldOut), tokenizer).HeldOut(HeldOutSequences);
        return Trainer.Fit(new Seq2SeqTask(model, batches, heldOut) { TokenizerFrom = tokenizerFolder }, Training, run, display, stop, Peers.Group, Peers.Exchange, Profile);
    }

    private SpanCorruptedText Batches(PlainText text, T5Tokenizer tokenizer) =>
        new(text, tokenizer, Corruption, InputLength, BatchSize, unchecked((ulong)Training.Seed));

    private SpanCorruptionConfig Config(string command) => new()
    {
        Command = command,
        Data = Data,
        Corruption = Corruption,
        InputLength = InputLength,
        BatchSize = BatchSize,
        Training = Training,
        Device = Device,
    };
}
