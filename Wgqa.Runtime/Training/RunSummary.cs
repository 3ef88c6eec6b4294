namespace Wgqa.Training;

/// <summary>What a finished run came to.</summary>
public sealed record RunSummary
{
    /// <summary>Updates made.</summary>
    public required int Steps { get; init; }

    /// <summary>Trained parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Training loss averaged over the last logged steps.</summary>
    public required double Loss { get; init; }

    /// <summary>Validation loss after the last step, per target; null without validation data.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The lowest validation loss of the run.</summary>
    public double? BestValidationLoss { get; init; }

    /// <summary>The step after which it was measured.</summary>
    public int? BestStep { get; init; }

    /// <summary>Source and target tokens trained on, without padding.</summary>
    public required long Tokens { get; init; }

    /// <summary>Seconds of training, validation and checkpoints, over all the processes that the run took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Tokens per second of training alone.</summary>
    public required double TokensPerSecond { get; init; }
}
