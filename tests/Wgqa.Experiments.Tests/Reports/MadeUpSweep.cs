using System.Text.Json;
using Wgqa.Data;
using Wgqa.Experiments.Recipes;
using Wgqa.Experiments.Sweeps;
using Wgqa.Testing;
using Wgqa.Training;

namespace Wgqa.Experiments.Tests.Reports;

/// <summary>
/// A sweep's folder in which nothing was trained: texts are references with some words lost, more or fewer by variant. Seventeen variants of
/// three seeds; one cell failed, one was not begun and one is in the middle of its training, unless all are to be finished.
/// </summary>
internal sealed class MadeUpSweep : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly TemporaryFolder _folder = new();

    /// <summary>Writes the folder.</summary>
    /// <param name="seeds">How many seeds.</param>
    /// <param name="complete">Whether every cell is finished.</param>
    /// <param name="task">The kind of task.</param>
    public MadeUpSweep(int seeds = 3, bool complete = false, TextTask? task = null)
    {
        Plan = new SweepPlan
        {
            Recipe = "made up",
            Scaled = ["steps: 40 instead of 4,000"],
            Model = "/somewhere/private/pretrain/model",
            Variants = [.. Variants.Select(variant => variant.Name)],
            Seeds = [.. Enumerable.Range(1, seeds).Select(seed => (long)seed)],
            Tasks =
            [
                new SweepTask
                {
                    Name = "made-up",
                    Task = task ?? TextTask.Translation,
                    Data = "made-up.tsv",
                    Pairs = 4000,
                    TestPairs = 60,
                    BatchSize = 8,
                    EvaluatedOn = "60 pairs, beams 1",
                    Training = new TrainingOptions { Steps = 40, LearningRate = 0.000123 },
                },
            ],
        };
        Plan.Write(_folder.Path("sweep.json"));
        Test = [.. Enumerable.Range(0, 60).Select(Pair)];
        Directory.CreateDirectory(_folder.Path("tasks", "made-up"));
        new TaskData([], Test).WriteTest(_folder.Path("tasks", "made-up", "test.jsonl"));
        foreach (var (variant, index) in Variants.Select((variant, index) => (variant, index)))
        {
            foreach (var seed in Plan.Seeds)
            {
                var state = complete ? "finished" : (variant.Name, seed) switch { ("RandWMqa", 2) => "failed", ("RandColWMqa", 3) => "missing", ("RandRowWMqa", 3) => "training", _ => "finished" };
                Write(variant.Name, variant.Groups, variant.Quality, index, seed, state);
            }
        }
    }

    /// <summary>The folder.</summary>
    public string Root => _folder.Root;

    /// <summary>What it says was asked for.</summary>
    public SweepPlan Plan { get; }

    /// <summary>The test pairs.</summary>
    public IReadOnlyList<TextPair> Test { get; }

    private static (string Name, int Groups, double Quality)[] Variants { get; } =
    [
        ("Mha", 8, 0.95), ("Gqa", 4, 0.90), ("FairGqa", 4, 0.90), ("WGqa", 4, 0.905), ("RowWGqa", 4, 0.90), ("ColWGqa", 4, 0.90),
        ("Mqa", 1, 0.80), ("FairMqa", 1, 0.80), ("WMqa", 1, 0.83), ("RowWMqa", 1, 0.80), ("ColWMqa", 1, 0.80),
        ("RandWGqa", 4, 0.4), ("RandRowWGqa", 4, 0.4), ("RandColWGqa", 4, 0.4), ("RandWMqa", 1, 0.3), ("RandRowWMqa", 1, 0.3), ("RandColWMqa", 1, 0.3),
    ];

    /// <summary>A path in one of the cells.</summary>
    public string Cell(string variant, long seed, string file = "") => _folder.Path("cells", "made-up", variant, $"seed-{seed}", file);

    public void Dispose() => _folder.Dispose();

    private static TextPair Pair(int i)
    {
        string[] words = ["the", "dog", "runs", "past", "a", "red", "house", "near", "the", "river", "while", "children", "watch"];
        var reference = string.Join(' ', words.Select((word, at) => at % 5 == i % 5 ? $"{word}{i}" : word)) + ".";
        return new($"Quelle {i} <script>alert(1)</script> & mehr", reference) { References = [reference] };
    }

    private void Write(string variant, int groups, double quality, int index, long seed, string state)
    {
        if (state == "missing")
        {
            return;
        }

        Directory.CreateDirectory(Cell(variant, seed));
        if (state == "failed")
        {
            Save("failure.json", new CellFailure("The loss is not a number after update 17.", DateTimeOffset.UnixEpoch));
            return;
        }

        var random = new SeededRandom((ulong)seed, (ulong)index);
        var steps = state == "training" ? 20 : 40;
        File.WriteAllLines(Cell(variant, seed, "metrics.jsonl"), Enumerable.Range(1, steps / 5).Select(i => JsonSerializer.Serialize(
            new MetricsLine { Step = 5 * i, Epoch = 0, Loss = 2 + (4 * (1.2 - quality) * Math.Exp(-i / 3.0)) + (random.Next(100) / 1000.0), Lr = 1e-3, GradNorm = 1, TokensPerSecond = 1000, Seconds = 3 * i },
            Json)));
        Save("environment.json", new CellEnvironment
        {
            Version = "0.1.0",
            Commit = "abc1234",
            Torch = "1.13.1",
            Dotnet = "10.0.0",
            System = "Debian",
            Processor = "A processor",
            Cores = 2,
            Threads = 1,
            Device = "cpu",
            Started = DateTimeOffset.UnixEpoch.AddMinutes(index),
            Processes = 1,
            Finished = DateTimeOffset.UnixEpoch.AddMinutes(index + 1),
        });
        if (state == "training")
        {
            return;
        }

        string[] texts = [.. Test.Select(pair => string.Join(' ', pair.Target.Split(' ').Where(_ => random.Next(1000) < 1000 * quality)))];
        File.WriteAllLines(Cell(variant, seed, "predictions.txt"), texts);
        var learned = variant.Contains('W', StringComparison.Ordinal);
        Save("weights.json", (
            from site in new[] { Sites.DecoderSelf, Sites.DecoderCross }
            from layer in Enumerable.Range(0, 3)
            from kind in new[] { "key", "value" }
            let heads = Enumerable.Range(0, groups).Select(_ => (0.01 * (layer + 1)) + (random.Next(1000) * 1e-5)).ToArray()
            select new
            {
                site = site.ToString(),
                layer,
                kind,
                meanAbsoluteDifference = learned ? heads.Average() : (double?)null,
                perHead = learned ? heads : null,
                fromCheckpoint = 0.05,
                fromCheckpointPerHead = heads,
                meanAbsoluteWeight = 0.1,
            }).ToArray());
        var scores = Plan.Tasks[0].Task.Score(texts, [.. Test.Select(pair => pair.References)]);
        Save("row.json", new VariantRow
        {
            Task = "made-up",
            Variant = variant,
            Seed = seed,
            EvaluatedOn = Plan.Tasks[0].EvaluatedOn,
            Groups = groups,
            ExtraParameters = learned ? 96 : 0,
            TrainableParameters = 1_900_000,
            Loss = 2.1,
            Scores = scores,
            FoldedScores = scores,
            SameTexts = 60,
            Texts = 60,
            FoldMaxError = 0,
            KvBytesPerToken = 768 * groups,
            TokensPerSecond = 5000,
        });

        void Save(string file, object value) => File.WriteAllText(Cell(variant, seed, file), JsonSerializer.Serialize(value, Json));
    }
}
