using Wgqa.Experiments.Demo;
using Wgqa.Experiments.Sweeps;
using Wgqa.Training;

namespace Wgqa.Experiments.Recipes;

/// <summary>The main job on embedded data: a vocabulary, a small multi-head T5, every row of Table 1.</summary>
internal sealed record Demonstration
{
    private const string Origin = "embedded German–English grammar";

    /// <summary>Pairs that the model is pretrained on.</summary>
    public required int PretrainingPairs { get; init; }

    /// <summary>Updates of pretraining.</summary>
    public required int PretrainingSteps { get; init; }

    /// <summary>Updates of each variant's fine-tuning.</summary>
    public required int FineTuningSteps { get; init; }

    /// <summary>Held-out pairs that scores are computed on.</summary>
    public required int TestPairs { get; init; }

    /// <summary>What all of it is computed in.</summary>
    public Precision Precision { get; init; }

    /// <summary>What the README shows: some minutes on two cores.</summary>
    public static Demonstration Full { get; } = new() { PretrainingPairs = 100_000, PretrainingSteps = 1600, FineTuningSteps = 80, TestPairs = 200 };

    /// <summary>The same path, trained too little to be good.</summary>
    public static Demonstration Quick { get; } = new() { PretrainingPairs = 20_000, PretrainingSteps = 150, FineTuningSteps = 20, TestPairs = 32 };

    /// <summary>Removes an earlier demonstration's folder.</summary>
    /// <exception cref="UserException">The folder holds something else.</exception>
    public static void Clear(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        if (!File.Exists(Path.Combine(folder, "pretrain", "config.json")))
        {
            throw new UserException($"{folder} holds no earlier demonstration; nothing was removed.");
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Runs what is missing in the folder.</summary>
    public SweepTable Run(string folder, int seed, IProgressDisplay display, CancellationToken stop)
    {
        var task = TextTask.Translation with { MaxSourceTokens = 64, MaxTargetTokens = 48 };
        var train = Grammar.Pairs((ulong)seed, PretrainingPairs);
        var test = Grammar.Pairs((ulong)seed, TestPairs, GrammarPart.HeldOut);
        var pretraining = new Pretraining
        {
            Made = new(ModelShape.Named("demo"), VocabularySize: 1000, Tokenizer: null, Dropout: 0),
            Task = task,
            Data = Origin,
            Pairs = train,
            BatchSize = 64,
            Training = new() { Steps = PretrainingSteps, Seed = seed, Precision = Precision, LearningRate = 3e-3, WarmupSteps = Math.Min(100, PretrainingSteps / 4), ClipGradientNorm = 1, LogEvery = 25 },
        };
        using (var run = pretraining.Open(Path.Combine(folder, "pretrain")))
        {
            pretraining.Run(run, display, stop);
        }

        var data = new TaskData(train, test);
        var sweep = new Sweep
        {
            Plan = new()
            {
                Model = Path.GetFullPath(Path.Combine(folder, "pretrain", "model")),
                Variants = [.. PaperTable.Select("paper").Select(variant => variant.Info.Name)],
                Seeds = [seed],
                Tasks =
                [
                    new()
                    {
                        Name = task.Name,
                        Task = task,
                        Data = Origin,
                        Pairs = train.Count,
                        TestPairs = test.Count,
                        EvaluatedOn = data.EvaluatedOn(beams: 1),
                        BatchSize = 64,
                        Training = new() { Steps = FineTuningSteps, Precision = Precision, LogEvery = 10 },
                    },
                ],
            },
            Data = new Dictionary<string, TaskData> { [task.Name] = data },
        };
        return sweep.Run(folder, display, stop);
    }
}
