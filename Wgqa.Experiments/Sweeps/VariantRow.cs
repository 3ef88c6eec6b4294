using Wgqa.Experiments.Recipes;

namespace Wgqa.Experiments.Sweeps;

/// <summary>One variant, fine-tuned, evaluated, folded and evaluated again.</summary>
internal sealed record VariantRow
{
    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary>The variant's name.</summary>
    public required string Variant { get; init; }

    /// <summary>Where all of the run's randomness came from.</summary>
    public required long Seed { get; init; }

    /// <summary>What the scores were computed on: how many test pairs and which, and with how many beams.</summary>
    public required string EvaluatedOn { get; init; }

    /// <summary>Key/value heads G at its sites; null where keys and values, or blocks, differ.</summary>
    public int? Groups { get; init; }

    /// <summary>The same in words.</summary>
    public string? KeyValueHeads { get; init; }

    /// <summary>Learned merge weights, which folding removes.</summary>
    public required long ExtraParameters { get; init; }

    /// <summary>All trainable parameters while fine-tuning.</summary>
    public required long TrainableParameters { get; init; }

    /// <summary>Mean loss over the last logged steps.</summary>
    public required double Loss { get; init; }

    /// <summary>Corpus scores of the trained variant, 0–100; null where it cannot generate (<see cref="Obstacle"/>).</summary>
    public IReadOnlyDictionary<string, double>? Scores { get; init; }

    /// <summary>Why the trained variant cannot generate: a published rule may be undefined for what decoding meets. Null where it can.</summary>
    public string? Obstacle { get; init; }

    /// <summary>Corpus scores of its fold; null where it does not fold, as in what follows.</summary>
    public IReadOnlyDictionary<string, double>? FoldedScores { get; init; }

    /// <summary>Test texts for which the folded model generated exactly the same text.</summary>
    public int? SameTexts { get; init; }

    /// <summary>Test texts.</summary>
    public required int Texts { get; init; }

    /// <summary>The largest difference between a logit of the variant and of its fold, over a test batch.</summary>
    public double? FoldMaxError { get; init; }

    /// <summary>Bytes that the decoder's caches held, folded where it folds, per decoded plus per source token.</summary>
    public required long KvBytesPerToken { get; init; }

    /// <summary>Tokens per second that the model, folded where it folds, generates greedily, at a fixed length (<see cref="FoldCheck.TokensPerSecond"/>).</summary>
    public required double TokensPerSecond { get; init; }
}
