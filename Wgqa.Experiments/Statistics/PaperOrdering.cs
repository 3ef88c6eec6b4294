using MathNet.Numerics;
using Wgqa.Metrics;

namespace Wgqa.Experiments.Statistics;

/// <summary>
/// Whether the order that "Weighted Grouped Query Attention" (arXiv 2407.10855) reports holds: MHA ≥ weighted ≥ GQA ≥ weighted MQA ≥ MQA ≥
/// random inits. Where a place has several variants, it has the mean of their scores.
/// </summary>
internal sealed record PaperOrdering(IReadOnlyList<PaperOrdering.Link> Links)
{
    /// <summary>The order's places from the best, each with the variants that stand there.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<string> Variants)> Places { get; } =
    [
        ("MHA", ["Mha"]),
        ("weighted GQA", ["WGqa", "RowWGqa", "ColWGqa"]),
        ("GQA", ["Gqa"]),
        ("weighted MQA", ["WMqa", "RowWMqa", "ColWMqa"]),
        ("MQA", ["Mqa"]),
        ("random inits", ["RandWGqa", "RandRowWGqa", "RandColWGqa", "RandWMqa", "RandRowWMqa", "RandColWMqa"]),
    ];

    /// <summary>Judges each link; the five are one family of comparisons.</summary>
    /// <param name="variants">Statistics by variant and seed.</param>
    /// <param name="trials">Trials of the tests over texts.</param>
    /// <param name="seed">Their seed.</param>
    public static PaperOrdering Of(IReadOnlyDictionary<string, IReadOnlyDictionary<long, SufficientStatistics>> variants, int trials, int seed)
    {
        var places = Places.Select(place => (place.Name, Present: place.Variants.Where(variants.ContainsKey).ToList())).ToList();
        var names = places.Zip(places.Skip(1)).ToList();
        var effects = Effect.Family(names.Select(link => PairOf(link.First, link.Second)), trials, seed);
        return new([.. names.Select(link => new Link(
            link.First.Name,
            link.Second.Name,
            [.. link.First.Present],
            [.. link.Second.Present],
            effects.FirstOrDefault(effect => effect.Of == link.First.Name)))]);

        // A trial exchanges outputs one for one: with three variants against one, that one stands three times.
        Effect.Pair PairOf((string Name, List<string> Present) better, (string Name, List<string> Present) worse)
        {
            var times = (int)Euclid.LeastCommonMultiple(better.Present.Count, worse.Present.Count);
            return new(better.Name, worse.Name, MeanOf(better.Present, times), MeanOf(worse.Present, times));
        }

        Dictionary<long, SufficientStatistics> MeanOf(List<string> present, int times) => times == 0
            ? []
            : present.Select(variant => variants[variant].Keys).Aggregate<IEnumerable<long>>((common, seeds) => common.Intersect(seeds))
                .ToDictionary(seed => seed, seed => SufficientStatistics.MeanOver([.. Enumerable.Range(0, times).Select(i => variants[present[i % present.Count]][seed])]));
    }

    /// <summary>The whole in a sentence.</summary>
    public string Words
    {
        get
        {
            var judged = Links.Where(link => link.Effect is not null).ToList();
            if (judged.Count == 0)
            {
                return "The paper's ordering cannot be judged: no two of its neighbouring places have finished runs of the same seed.";
            }

            var holds = judged.Count(link => link.Holds == true);
            var reversed = judged.Count(link => link.Holds == false);
            var open = judged.Count - holds - reversed;
            var missing = Links.Count - judged.Count;
            string[] parts =
            [
                $"{holds} of its {Links.Count} links {(holds == 1 ? "holds" : "hold")}",
                .. reversed > 0 ? [$"{reversed} {(reversed == 1 ? "is" : "are")} reversed"] : Array.Empty<string>(),
                .. open > 0 ? [$"{open} {(open == 1 ? "is" : "are")} not settled by these runs"] : Array.Empty<string>(),
                .. missing > 0 ? [$"{missing} {(missing == 1 ? "has" : "have")} no finished runs"] : Array.Empty<string>(),
            ];
            var outcome = holds == Links.Count ? "The paper's ordering holds" : reversed > 0 ? "The paper's ordering does not hold" : "The paper's ordering is not established";
            var smallest = judged.MinBy(link => link.Effect!.Mean)!;
            return $"{outcome}: {string.Join(", ", parts)}. Its smallest step is that from {smallest.Worse} to {smallest.Better}, {Reports.Numbers.Difference(smallest.Effect!.Mean)}.";
        }
    }

    /// <summary>One "at least as good as".</summary>
    /// <param name="Better">The place that is to be at least as good.</param>
    /// <param name="Worse">The next place.</param>
    /// <param name="BetterVariants">The first place's variants that were run.</param>
    /// <param name="WorseVariants">The second place's.</param>
    /// <param name="Effect">The difference; null where there are no runs to judge by.</param>
    internal sealed record Link(string Better, string Worse, IReadOnlyList<string> BetterVariants, IReadOnlyList<string> WorseVariants, Effect? Effect)
    {
        /// <summary>True and false where the difference is significant, null where these runs do not tell.</summary>
        public bool? Holds => Effect is { IsSignificant: true } effect ? effect.Mean > 0 : null;

        /// <summary>The judgement in words.</summary>
        public string Words => (Effect, Holds) switch
        {
            (null, _) => "not judged: there are no finished runs of the same seed on both sides",
            (_, true) => $"holds: {Effect.Words}",
            (_, false) => $"reversed: {Effect.Words}",
            _ => $"not settled: {Effect.Words}",
        };
    }
}
