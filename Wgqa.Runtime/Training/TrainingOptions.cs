namespace Wgqa.Training;

/// <summary>The rule that turns gradients into updates.</summary>
public enum UpdateRule
{
    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019), as <c>torch.optim.AdamW</c>.</summary>
    AdamW,

    /// <summary>Gradient descent with momentum, as <c>torch.optim.SGD</c>.</summary>
    Sgd,
}

/// <summary>How the learning rate goes on once the warm-up is over.</summary>
public enum LearningRateDecay
{
    /// <summary>Straight down, so that the step after the last one would have 0.</summary>
    Linear,

    /// <summary>Stays where it is.</summary>
    None,
}

/// <summary>
/// Everything about a run that is neither model nor data. The defaults are the paper's: AdamW at 1e-3 with linear decay,
/// weight decay 0.01 on every parameter, no warm-up and no clipping.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>Updates to make; a run of several epochs is that many batches divided by <see cref="Accumulation"/>.</summary>
    public required int Steps { get; init; }

    /// <summary>Where all of the run's randomness comes from: initial weights, dropout, order of the data.</summary>
    public long Seed { get; init; }

    /// <summary>The rule that turns gradients into updates.</summary>
    public UpdateRule UpdateRule { get; init; } = UpdateRule.AdamW;

    /// <summary>What matrix products are computed in; weights, their updates and what is saved are float32 in either.</summary>
    public Precision Precision { get; init; }

    /// <summary>Learning rate after the warm-up and before any decay.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>How the learning rate goes on after the warm-up.</summary>
    public LearningRateDecay Decay { get; init; } = LearningRateDecay.Linear;

    /// <summary>Steps over which the learning rate climbs from 0.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>Weight decay per unit of learning rate.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Whether norms and everything named "bias" (in T5 the relative attention bias) are decayed too; Hugging Face's Trainer exempts them.</summary>
    public bool DecayNormsAndBiases { get; init; } = true;

    /// <summary>AdamW: decay of the running mean of gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW: decay of the running mean of squared gradients.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>AdamW: what is added to the denominator.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Gradient descent: momentum.</summary>
    public double Momentum { get; init; }

    /// <summary>The L2 norm of all gradients together above which they are scaled down to it; null never scales.</summary>
    public double? ClipGradientNorm { get; init; }

    /// <summary>Batches whose losses are averaged into one update.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Steps from one line of the log to the next.</summary>
    public int LogEvery { get; init; } = 10;

    /// <summary>Steps from one validation to the next; 0 validates after the last step only.</summary>
    public int ValidateEvery { get; init; }

    /// <summary>Steps from one checkpoint to the next; 0 keeps one when the run is interrupted and none on the way.</summary>
    public int CheckpointEvery { get; init; } = 500;

    /// <summary>Whether the model with the lowest validation loss is kept beside the last one.</summary>
    public bool KeepBest { get; init; }

    /// <summary>The learning rate of one update, the first being step 0.</summary>
    public double LearningRateAt(int step)
    {
        if (step < WarmupSteps)
        {
            return LearningRate * step / WarmupSteps;
        }

        return Decay == LearningRateDecay.None ? LearningRate : LearningRate * Math.Max(0, Steps - step) / Math.Max(1, Steps - WarmupSteps);
    }

    /// <summary>Refuses what no run can use.</summary>
    /// <exception cref="UserException">A field is out of its range.</exception>
    public void Validate()
    {
        Require(Steps >= 1, nameof(Steps), Steps, "at least 1");
        Require(double.IsFinite(LearningRate) && LearningRate > 0, nameof(LearningRate), LearningRate, "positive");
        Require(WarmupSteps >= 0 && WarmupSteps <= Steps, nameof(WarmupSteps), WarmupSteps, $"from 0 to the run's {Steps} steps");
        Require(double.IsFinite(WeightDecay) && WeightDecay >= 0, nameof(WeightDecay), WeightDecay, "0 or more");
        Require(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "at least 0 and less than 1");
        Require(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "at least 0 and less than 1");
        Require(double.IsFinite(Epsilon) && Epsilon > 0, nameof(Epsilon), Epsilon, "positive");
        Require(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "at least 0 and less than 1");
        Require(ClipGradientNorm is null or > 0, nameof(ClipGradientNorm), ClipGradientNorm, "positive");
        Require(Accumulation >= 1, nameof(Accumulation), Accumulation, "at least 1");
        Require(LogEvery >= 1, nameof(LogEvery), LogEvery, "at least 1");
        Require(ValidateEvery >= 0, nameof(ValidateEvery), ValidateEvery, "0 or more");
        Require(CheckpointEvery >= 0, nameof(CheckpointEvery), CheckpointEvery, "0 or more");
    }

    private static void Require(bool holds, string field, object? value, string range)
    {
        if (!holds)
        {
            throw new UserException($"{char.ToLowerInvariant(field[0])}{field[1..]} is {value}; it must be {range}.");
        }
    }
}
