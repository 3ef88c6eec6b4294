using Wgqa.Profiling;

namespace Wgqa.Experiments.Benchmarks;

/// <summary>One case, ours beside the peer's, runs alternating.</summary>
internal sealed record BenchmarkResult
{
    /// <summary>What was done: <c>train</c>, <c>decode</c>, <c>beam</c>, <c>folded</c> (the peer is then plain grouping), <c>step</c> (decoding without the encoder), <c>overhead</c> (the peer is then the fair baseline), <c>rouge</c>, <c>bleu</c>, <c>tokenize</c>.</summary>
    public required string Task { get; init; }

    /// <summary>The model's shape, the variant and the sizes, such as <c>t5-small MHA, batch 8, 512/128</c>.</summary>
    public required string Case { get; init; }

    /// <summary>Our seconds: the median run.</summary>
    public required double Seconds { get; init; }

    /// <summary>The peer's; null without one, as in what follows.</summary>
    public double? PeerSeconds { get; init; }

    /// <summary>How many times faster we are than the peer.</summary>
    public double? Ratio => PeerSeconds / Seconds;

    /// <summary>Runs that the medians are of.</summary>
    public required int Runs { get; init; }

    /// <summary>Tokens generated or trained on per second, or texts scored or tokenized.</summary>
    public required double PerSecond { get; init; }

    /// <summary>The seconds that reading weights and caches once per step takes at this machine's memory bandwidth; null where that is no floor.</summary>
    public double? FloorSeconds { get; init; }

    /// <summary>The bytes of weights and caches behind <see cref="FloorSeconds"/>.</summary>
    public long? Bytes { get; init; }

    /// <summary>Our process's most resident bytes during the case.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>The peer's.</summary>
    public long? PeerPeakBytes { get; init; }

    /// <summary>Whether both computed the same: generated ids equal, or first losses within 1e-4 (1e-2 in bfloat16).</summary>
    public bool? Agrees { get; init; }

    /// <summary>Where our time went; null where it was not asked for.</summary>
    public Profile? Profile { get; init; }
}
