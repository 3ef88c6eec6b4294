using System.Text.Json;
using System.Text.Json.Serialization;
using Wgqa.Data;
using Wgqa.Training;

namespace Wgqa.Experiments.Sweeps;

/// <summary>The folder of a sweep, to be read: what was asked for, and of each cell what there is so far. <c>docs/sweeps.md</c> has the layout.</summary>
internal sealed class SweepFolder
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private SweepFolder(string path, SweepPlan plan)
    {
        (Path, Plan) = (path, plan);
        Tasks = [.. plan.Tasks.Select(task => new Task(task, TestFile(path, task.Name)))];
        Cells = [.. plan.Tasks.SelectMany(task => plan.Variants.SelectMany(variant => plan.Seeds.Select(seed => new Cell(task, variant, seed, CellPath(path, new(task.Name, variant, seed))))))];
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>What was asked for.</summary>
    public SweepPlan Plan { get; }

    /// <summary>The tasks, in the order of the table.</summary>
    public IReadOnlyList<Task> Tasks { get; }

    /// <summary>Every cell that was asked for, finished or not, by task, then variant, then seed.</summary>
    public IReadOnlyList<Cell> Cells { get; }

    /// <summary>Opens a sweep's folder.</summary>
    /// <exception cref="UserException">It holds no sweep.</exception>
    public static SweepFolder Open(string path) => new(System.IO.Path.GetFullPath(path), SweepPlan.Read(PlanFile(path)));

    internal static string PlanFile(string path) => System.IO.Path.Combine(path, "sweep.json");

    internal static string TestFile(string path, string task) => System.IO.Path.Combine(path, "tasks", task, "test.jsonl");

    internal static string CellPath(string path, CellKey cell) => System.IO.Path.Combine(path, "cells", cell.Task, cell.Variant, $"seed-{cell.Seed}");

    /// <summary>One task of the sweep.</summary>
    internal sealed class Task(SweepTask asked, string testFile)
    {
        /// <summary>The task's name.</summary>
        public string Name => asked.Name;

        /// <summary>What was asked for.</summary>
        public SweepTask Asked => asked;

        /// <summary>The test pairs, in the order of the predictions.</summary>
        public IReadOnlyList<TextPair> Test => field ??= TaskData.ReadTest(testFile);
    }

    /// <summary>One cell of the sweep. Files are read when they are asked for.</summary>
    internal sealed class Cell(SweepTask task, string variant, long seed, string path)
    {
        internal const string RowFile = "row.json";
        internal const string FailureFile = "failure.json";
        internal const string PredictionsFile = "predictions.txt";
        internal const string BlocksFile = "weights.json";
        internal const string EnvironmentFile = "environment.json";
        internal const string ProfileFile = "profile.json";

        /// <summary>The task's name.</summary>
        public string Task => task.Name;

        /// <summary>The variant's name.</summary>
        public string Variant => variant;

        /// <summary>The seed.</summary>
        public long Seed => seed;

        /// <summary>The cell's run folder.</summary>
        public string Path => path;

        /// <summary>Task, variant and seed.</summary>
        public CellKey Key => new(Task, Variant, Seed);

        /// <summary>Whether the cell is finished or has failed.</summary>
        public bool IsSettled => Row is not null || Failure is not null;

        /// <summary>The cell's results; null until it is finished, and again where it was evaluated on other texts than the sweep's.</summary>
        public VariantRow? Row => Read<VariantRow>(RowFile) is { } row && row.EvaluatedOn == task.EvaluatedOn ? row : null;

        /// <summary>Why the cell failed; null where it did not.</summary>
        public CellFailure? Failure => Read<CellFailure>(FailureFile);

        /// <summary>On what it was computed; null before it began.</summary>
        public CellEnvironment? Environment => Read<CellEnvironment>(EnvironmentFile);

        /// <summary>Generated texts, in the order of the test pairs, of the fold where there is one; null where nothing was generated (yet).</summary>
        public IReadOnlyList<string>? Predictions => File.Exists(At(PredictionsFile)) ? File.ReadAllLines(At(PredictionsFile)) : null;

        /// <summary>What was logged while training.</summary>
        public IReadOnlyList<MetricsLine> Metrics => MetricsLog.Read(At("metrics.jsonl"));

        /// <summary>How far each block's merged projections lie from mean pooling; empty before the cell is trained.</summary>
        public IReadOnlyList<MergedWeights> Blocks => Read<MergedWeights[]>(BlocksFile) ?? [];

        /// <summary>Where the time of its steps went; null where it was not asked for.</summary>
        public CellProfile? Profile => Read<CellProfile>(ProfileFile);

        private string At(string file) => System.IO.Path.Combine(path, file);

        private T? Read<T>(string file)
            where T : class
        {
            if (!File.Exists(At(file)))
            {
                return null;
            }

            try
            {
                return JsonSerializer.Deserialize<T>(File.ReadAllText(At(file)), Json);
            }
            catch (JsonException error)
            {
                throw new UserException($"{At(file)} was not written by a sweep: {error.Message}", error);
            }
        }
    }
}

/// <summary>Why a cell failed.</summary>
/// <param name="Error">One sentence.</param>
/// <param name="Time">When.</param>
internal sealed record CellFailure(string Error, DateTimeOffset Time);
