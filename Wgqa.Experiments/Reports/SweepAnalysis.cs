using Wgqa.Data;
using Wgqa.Experiments.Statistics;
using Wgqa.Experiments.Sweeps;
using Wgqa.Metrics;
using Wgqa.Training;
using Cell = Wgqa.Experiments.Sweeps.SweepFolder.Cell;

namespace Wgqa.Experiments.Reports;

/// <summary>What a sweep's folder says so far, computed once for all forms of the report. Scores come from the generated texts.</summary>
internal sealed record SweepAnalysis
{
    /// <summary>The sweep's folder.</summary>
    public required string Path { get; init; }

    /// <summary>What was asked for.</summary>
    public required SweepPlan Plan { get; init; }

    /// <summary>The tasks in the order asked for.</summary>
    public required IReadOnlyList<TaskAnalysis> Tasks { get; init; }

    /// <summary>Trials of the tests over texts.</summary>
    public required int Trials { get; init; }

    /// <summary>Their seed.</summary>
    public required int Seed { get; init; }

    /// <summary>Where cells were computed: each environment that differs in more than time, with its cells' count.</summary>
    public required IReadOnlyList<(CellEnvironment Environment, int Cells)> Environments { get; init; }

    /// <summary>From the first cell's beginning to the last one's end; null before there is any.</summary>
    public required (DateTimeOffset First, DateTimeOffset Last)? Time { get; init; }

    /// <summary>The sum over cells of the time they trained.</summary>
    public required TimeSpan Training { get; init; }

    /// <summary>Every cell asked for.</summary>
    public IEnumerable<CellState> Cells => Tasks.SelectMany(task => task.Cells);

    /// <summary>Reads a sweep as it is now.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="trials">Trials of the tests over texts.</param>
    /// <param name="seed">Their seed.</param>
    public static SweepAnalysis Of(SweepFolder folder, int trials = PairedTests.DefaultTrials, int seed = 1)
    {
        var environments = folder.Cells.Select(cell => cell.Environment).OfType<CellEnvironment>().ToList();
        return new()
        {
            Path = folder.Path,
            Plan = folder.Plan,
            Tasks = [.. folder.Tasks.Select(task => TaskAnalysis.Of(task, [.. folder.Cells.Where(cell => cell.Task == task.Name)], folder.Plan, trials, seed))],
            Trials = trials,
            Seed = seed,
            Environments =
            [
                .. environments
                    .GroupBy(environment => environment with { Started = default, Finished = null, Processes = 1 })
                    .Select(group => (group.Key, group.Count())),
            ],
            Time = environments.Count == 0 ? null : (environments.Min(environment => environment.Started), environments.Max(environment => environment.Finished ?? environment.Started)),
            Training = TimeSpan.FromSeconds(folder.Cells.Sum(cell => cell.Metrics is [.., var last] ? last.Seconds : 0)),
        };
    }
}

/// <summary>How far a cell has come.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Row">Its results; null until it is finished.</param>
internal sealed record CellState(Cell Cell, VariantRow? Row)
{
    /// <summary>Why it has no results, in words; null where it has.</summary>
    public string? Obstacle => Row is not null ? Row.Obstacle is { } obstacle ? $"generated nothing: {obstacle}" : null
        : Cell.Failure is { } failure ? $"failed: {failure.Error}"
        : Cell.Metrics is [.., var last] ? $"not finished: {last.Step:N0} updates so far"
        : "not begun";
}

/// <summary>One task's results.</summary>
internal sealed record TaskAnalysis
{
    /// <summary>What was asked for.</summary>
    public required SweepTask Asked { get; init; }

    /// <summary>The metric of tables and charts.</summary>
    public string Metric => Asked.Task.MetricName;

    /// <summary>The test pairs.</summary>
    public required IReadOnlyList<TextPair> Test { get; init; }

    /// <summary>Every cell of the task.</summary>
    public required IReadOnlyList<CellState> Cells { get; init; }

    /// <summary>The variants in the order asked for.</summary>
    public required IReadOnlyList<VariantResult> Variants { get; init; }

    /// <summary>The paper's ordering.</summary>
    public required PaperOrdering Ordering { get; init; }

    /// <summary>Comparisons with a fair baseline: the family that their p-values are adjusted for.</summary>
    public int Comparisons => Variants.Count(variant => variant.Effect is not null);

    /// <summary>Cells whose recorded score is not that of their texts, in words.</summary>
    public required IReadOnlyList<string> Disagreements { get; init; }

    /// <summary>The variants that have a score.</summary>
    public IEnumerable<VariantResult> Scored => Variants.Where(variant => variant.Score is not null);

    internal static TaskAnalysis Of(SweepFolder.Task task, IReadOnlyList<Cell> cells, SweepPlan plan, int trials, int seed)
    {
        CellState[] states = [.. cells.Select(cell => new CellState(cell, cell.Row))];
        var test = states.Any(state => state.Row is not null) ? task.Test : [];
        IReadOnlyList<IReadOnlyList<string>> references = [.. test.Select(pair => pair.References)];
        List<string> disagreements = [];
        var statistics = new Dictionary<string, IReadOnlyDictionary<long, SufficientStatistics>>();
        foreach (var variant in plan.Variants)
        {
            var bySeed = new Dictionary<long, SufficientStatistics>();
            foreach (var (cell, row) in states.Where(state => state.Cell.Variant == variant).Select(state => (state.Cell, state.Row)))
            {
                if (row is null || cell.Predictions is not { } predictions)
                {
                    continue;
                }

                bySeed[cell.Seed] = TaskScores.Of(task.Asked.Task, predictions, references);
                var (recorded, computed) = ((row.FoldedScores ?? row.Scores)?[task.Asked.Task.Metric], bySeed[cell.Seed].CorpusScore);
                if (recorded is { } score && Math.Abs(score - computed) > 0.005)
                {
                    disagreements.Add($"{variant}, seed {cell.Seed}: {Numbers.Score(score)} recorded, {Numbers.Score(computed)} from its texts");
                }
            }

            if (bySeed.Count > 0)
            {
                statistics[variant] = bySeed;
            }
        }

        return new()
        {
            Asked = task.Asked,
            Test = test,
            Cells = states,
            Variants = Results(states, plan, statistics, trials, seed),
            Ordering = PaperOrdering.Of(statistics, trials, seed),
            Disagreements = disagreements,
        };
    }

    private static IReadOnlyList<VariantResult> Results(
        CellState[] states,
        SweepPlan plan,
        Dictionary<string, IReadOnlyDictionary<long, SufficientStatistics>> statistics,
        int trials,
        int seed)
    {
        var results = plan.Variants.Select((variant, index) => new VariantResult
        {
            Number = index + 1,
            Name = variant,
            Kind = VariantKinds.Of(variant),
            Cells = [.. states.Where(state => state.Cell.Variant == variant)],
            Scores = statistics.GetValueOrDefault(variant)?.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value.CorpusScore)).ToList() ?? [],
        }).ToList();
        var fair = results.Where(result => result.Kind == VariantKind.Fair && result.Groups is not null && result.Scores.Count > 0)
            .GroupBy(result => result.Groups).ToDictionary(group => group.Key!.Value, group => group.First().Name);
        var effects = Effect.Family(
            results.Where(result => result.Kind is not (VariantKind.MultiHead or VariantKind.Fair) && result.Groups is { } groups && fair.ContainsKey(groups) && result.Scores.Count > 0)
                .Select(result => new Effect.Pair(result.Name, fair[result.Groups!.Value], statistics[result.Name], statistics[fair[result.Groups.Value]])),
            trials,
            seed).ToDictionary(effect => effect.Of);
        return [.. results.Select(result => result with
        {
            Effect = effects.GetValueOrDefault(result.Name),
            IsOnFront = result is { Score: { } score, CacheBytes: { } bytes } && !results.Any(other =>
                other is { Score: { } its, CacheBytes: { } itsBytes } && itsBytes <= bytes && its.Mean >= score.Mean && (itsBytes < bytes || its.Mean > score.Mean)),
        })];
    }
}

/// <summary>One variant on one task, over its seeds.</summary>
internal sealed record VariantResult
{
    /// <summary>Its place in the table, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its sort.</summary>
    public required VariantKind Kind { get; init; }

    /// <summary>Its cells, one for each seed.</summary>
    public required IReadOnlyList<CellState> Cells { get; init; }

    /// <summary>For each finished seed the score of its texts.</summary>
    public required IReadOnlyList<(long Seed, double Score)> Scores { get; init; }

    /// <summary>The difference from the fair baseline; null where there is none.</summary>
    public Effect? Effect { get; init; }

    /// <summary>Whether no other variant is at least as good in both score and cache.</summary>
    public bool IsOnFront { get; init; }

    /// <summary>Mean and standard error over seeds; null without a finished seed.</summary>
    public MeanAndError? Score => MeanAndError.Of(Scores.Select(score => score.Score));

    /// <summary>A finished cell's row; what it says beside scores is the same for every seed.</summary>
    public VariantRow? Row => Cells.Select(cell => cell.Row).FirstOrDefault(row => row is not null);

    /// <summary>Key/value heads; null where blocks differ, or before a cell is finished.</summary>
    public int? Groups => Row?.Groups;

    /// <summary>Bytes that the caches hold for each token.</summary>
    public long? CacheBytes => Row?.KvBytesPerToken;

    /// <summary>What was logged while training, for each seed that has begun.</summary>
    public IReadOnlyList<(long Seed, IReadOnlyList<MetricsLine> Lines)> Curves =>
        field ??= [.. Cells.Select(cell => (cell.Cell.Seed, Lines: cell.Cell.Metrics)).Where(curve => curve.Lines.Count > 0)];

    /// <summary>The blocks' distances from mean pooling, for each trained seed.</summary>
    public IReadOnlyList<MergedWeights> Blocks => field ??= [.. Cells.SelectMany(cell => cell.Cell.Blocks)];
}
