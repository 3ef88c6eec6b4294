using System.Globalization;
using Wgqa.Data;
using Wgqa.Experiments.Processes;
using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Recipes;

/// <summary>What determines a training run, as its folder's config.json keeps it.</summary>
internal sealed record RunConfig
{
    /// <summary>The command that made the run.</summary>
    public required string Command { get; init; }

    /// <summary>The model folder that the run started from; null when trained from scratch.</summary>
    public string? Model { get; init; }

    /// <summary>The model's configuration when trained from scratch.</summary>
    public T5Config? Architecture { get; init; }

    /// <summary>The variant; null is multi-head.</summary>
    public string? Variant { get; init; }

    /// <summary>The data as the command line named it, and how many pairs were read.</summary>
    public required string Data { get; init; }

    /// <summary>Training pairs.</summary>
    public required int Pairs { get; init; }

    /// <summary>The task and its lengths.</summary>
    public required TextTask Task { get; init; }

    /// <summary>Pairs per batch; null where <see cref="BatchTokens"/> counts.</summary>
    public required int? BatchSize { get; init; }

    /// <summary>Tokens per batch, padding included.</summary>
    public int? BatchTokens { get; init; }

    /// <summary>The hyper-parameters.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Where the run computes.</summary>
    public required string Device { get; init; }
}

/// <summary>Training a T5 on pairs of texts.</summary>
internal static class FineTuning
{
    /// <summary>
    /// Trains a model in place, from the run folder's checkpoint if there is one; the tokenizer's files are copied beside the result.
    /// </summary>
    public static RunSummary Run(
        T5 model,
        T5Tokenizer tokenizer,
        string tokenizerFolder,
        TextTask task,
        IReadOnlyList<TextPair> train,
        IReadOnlyList<TextPair> validation,
        int batchSize,
        TrainingOptions options,
        RunFolder run,
        IProgressDisplay display,
        CancellationToken stop,
        Peers? peers = null,
        StepProfile? profile = null)
    {
        var examples = TrainingExamples.Encode(task, tokenizer, train, validation, batchSize, batchTokens: null);
        return Run(model, tokenizer, tokenizerFolder, examples, options, run, display, stop, peers, profile);
    }

    /// <summary>
    /// Trains a model in place, from the run folder's checkpoint if there is one; the tokenizer's files are copied beside the result.
    /// </summary>
    public static RunSummary Run(
        T5 model,
        T5Tokenizer tokenizer,
        string tokenizerFolder,
        TrainingExamples examples,
        TrainingOptions options,
        RunFolder run,
        IProgressDisplay display,
        CancellationToken stop,
        Peers? peers = null,
        StepProfile? profile = null)
    {
        tokenizer.EnsureFits(model.Config.VocabSize, "the model's configuration");
        return Trainer.Fit(examples.Task(model, options.Seed, tokenizerFolder), options, run, display, stop, peers?.Group, peers?.Exchange, profile);
    }

    /// <summary>A device by the name that users write: cpu, cuda or cuda:N.</summary>
    /// <exception cref="UserException">There is no such device here.</exception>
    public static Device DeviceNamed(string name)
    {
        var words = name.Split(':');
        var known = words is ["cpu"] or ["cuda"] || (words is ["cuda", var index] && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        if (!known)
        {
            throw new UserException($"--device is '{name}'; it must be cpu, cuda or cuda:N.");
        }

        if (words[0] == "cuda" && !cuda.is_available())
        {
            throw new UserException($"--device is '{name}', and this build of libtorch finds no CUDA device.");
        }

        if (words is ["cuda", var number] && int.Parse(number, CultureInfo.InvariantCulture) >= cuda.device_count())
        {
            throw new UserException($"--device is '{name}', and there are {cuda.device_count()} CUDA devices.");
        }

        return new Device(name);
    }
}
