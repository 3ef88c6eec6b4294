using TorchSharp;
using Wgqa.Testing;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Training;

[Collection(nameof(GlobalGenerator))]
public sealed class TrainerTests : IDisposable
{
    private static readonly TrainingOptions Options = new() { Steps = 12, Seed = 7, LogEvery = 2, CheckpointEvery = 5, LearningRate = 0.05 };
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<int, int, bool, UpdateRule> StopAndCheckpoint => new()
    {
        // Stopped in the epoch's middle, at its end, inside an accumulated step, right after a checkpoint, before the first.
        { 8, 1, true, UpdateRule.AdamW },
        { 5, 1, false, UpdateRule.AdamW },
        { 10, 1, false, UpdateRule.Sgd },
        { 7, 2, true, UpdateRule.AdamW },
        { 1, 1, true, UpdateRule.Sgd },
        { 11, 3, false, UpdateRule.AdamW },
    };

    [Theory]
    [MemberData(nameof(StopAndCheckpoint))]
    public void ARunThatIsStoppedAndResumedEndsWithTheWeightsOfAnUninterruptedOne(int stopAfterBatches, int accumulation, bool decayNorms, UpdateRule rule)
    {
        var options = Options with { Accumulation = accumulation, DecayNormsAndBiases = decayNorms, UpdateRule = rule, Momentum = 0.9, ClipGradientNorm = 0.5 };
        var (straight, straightLines) = Train("straight", options);

        using (var stop = new CancellationTokenSource())
        using (var task = new Regression(options.Seed))
        {
            var batches = 0;
            task.OnLoss = loss =>
            {
                if (++batches == stopAfterBatches)
                {
                    stop.Cancel();
                }

                return loss;
            };
            using var run = RunFolder.Open(_scratch.Path("stopped"), options);
            var stopped = Assert.Throws<OperationCanceledException>(() => Trainer.Fit(task, options, run, stop: stop.Token));
            Assert.Contains($"Stopped after step {stopAfterBatches / accumulation} of 12", stopped.Message);
            Assert.Null(run.Summary);
        }

        var (resumed, resumedLines) = Train("stopped", options);

        Assert.Equal(straight, resumed);
        Assert.Equal(straightLines.Select(WithoutTimes), resumedLines.Select(WithoutTimes));
    }

    [Fact]
    public void ARunThatDiesBetweenTwoCheckpointsResumesFromTheLastOneAndLogsNoStepTwice()
    {
        var (straight, straightLines) = Train("straight", Options);

        using (var task = new Regression(Options.Seed))
        {
            var batches = 0;
            task.OnLoss = loss => ++batches == 9 ? throw new InvalidOperationException("as if the process had died") : loss;
            using var run = RunFolder.Open(_scratch.Path("died"), Options);
            Assert.Throws<InvalidOperationException>(() => Trainer.Fit(task, Options, run));
            Assert.Equal([2, 4, 6, 8], MetricsLog.Read(run.MetricsFile).Select(static line => line.Step));

            // What a kill in the middle of the next checkpoint, and of the next line of the log, would have left.
            Directory.CreateDirectory(_scratch.Path("died", "checkpoint", "step-00000010.partial"));
            File.AppendAllText(run.MetricsFile, """{"step":9,"epo""");
        }

        var (resumed, resumedLines) = Train("died", Options);

        Assert.Equal(straight, resumed);
        Assert.Equal(straightLines.Select(WithoutTimes), resumedLines.Select(WithoutTimes));
        Assert.Equal(["step-00000012"], Directory.GetDirectories(_scratch.Path("died", "checkpoint")).Select(Path.GetFileName));
    }

    [Fact]
    public void AFinishedRunIsNotDoneAgain()
    {
        Train("run", Options);
        using var task = new Regression(Options.Seed) { OnLoss = static _ => throw new InvalidOperationException("trained again") };
        using var run = RunFolder.Open(_scratch.Path("run"), Options);

        var summary = Trainer.Fit(task, Options, run);

        Assert.Equal(12, summary.Steps);
        Assert.Equal((4 * 8) + 8 + 8 + 8 + 8 + 1, summary.Parameters);
        Assert.Equal(12 * 6 * 4, summary.Tokens);
        Assert.Equal(MetricsLog.Read(run.MetricsFile)[^1].Loss, summary.Loss);
        Assert.True(File.Exists(Path.Combine(run.ModelFolder, "weights")));
    }

    [Theory]
    [InlineData(float.NaN, "The loss became NaN in step 7 at learning rate 0.025")]
    [InlineData(float.PositiveInfinity, "The loss became Infinity in step 7 at learning rate 0.025")]
    public void ALossThatIsNoNumberEndsTheRunAndKeepsTheCheckpoint(float factor, string expected)
    {
        using var task = new Regression(Options.Seed);
        var batches = 0;
        task.OnLoss = loss => ++batches == 7 ? loss.mul_(factor) : loss;
        using var run = RunFolder.Open(_scratch.Path("run"), Options);

        var error = Assert.Throws<UserException>(() => Trainer.Fit(task, Options, run));

        Assert.StartsWith(expected, error.Message);
        Assert.Contains("step-00000005", error.Message);
        Assert.True(Directory.Exists(_scratch.Path("run", "checkpoint", "step-00000005")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AccumulatedLossesAndGradientsAreMeans(int accumulation)
    {
        using var task = new Regression(1);
        var weight = task.Model.parameters().First();
        task.OnLoss = loss =>
        {
            loss.Dispose();
            using var squares = weight.square();
            return squares.sum();
        };
        var energy = weight.data<float>().Sum(static value => (double)value * value);
        using var updates = new Updates<RegressionBatch>(task, Options with { Accumulation = accumulation });

        var update = updates.Next(() => task.Epoch(0, 0).First(), 0)!.Value;

        Assert.Equal(energy, update.Loss, 1e-5);
        Assert.Equal(2 * Math.Sqrt(energy), update.GradientNorm, 1e-5);
    }

    [Fact]
    public void TrainingStepsLeaveTheLiveTensorsAsTheyWere()
    {
        var options = Options with { Steps = 104, Accumulation = 2, ValidateEvery = 10, CheckpointEvery = 20 };
        using var task = new Regression(options.Seed) { ValidationBatches = 2 };
        var live = new List<long>();
        task.OnLoss = loss =>
        {
            if (task.Model.training)
            {
                live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            }

            return loss;
        };
        using var run = RunFolder.Open(_scratch.Path("run"), options);

        Trainer.Fit(task, options, run);

        Assert.Equal(208, live.Count);
        Assert.Single(live.Skip(4).Chunk(2).Select(step => (step[0], step[1])).Distinct());   // the first batch's loss is kept until the update
    }

    [Fact]
    public void ValidationIsDoneInEvaluationModeAndChangesNothing()
    {
        var (alone, _) = Train("alone", Options);
        var options = Options with { ValidateEvery = 3, KeepBest = true };
        using var task = new Regression(options.Seed) { ValidationBatches = 2 };
        using var run = RunFolder.Open(_scratch.Path("validated"), options);

        var summary = Trainer.Fit(task, options, run);

        Assert.Equal(alone, task.Weights());
        Assert.Equal(12, task.Modes.Count(static training => training));
        Assert.Equal(4 * 2, task.Modes.Count(static training => !training));
        var validated = MetricsLog.Read(run.MetricsFile).Where(static line => line.ValidationLoss is not null).ToArray();
        Assert.Equal([3, 6, 9, 12], validated.Select(static line => line.Step));
        Assert.Equal(validated[^1].ValidationLoss, summary.ValidationLoss);
        Assert.Equal(validated.Min(static line => line.ValidationLoss), summary.BestValidationLoss);
        Assert.Equal(validated.MinBy(static line => line.ValidationLoss)!.Step, summary.BestStep);
        Assert.True(File.Exists(Path.Combine(run.BestModelFolder, "weights")));
    }

    [Fact]
    public void TheSeedDecidesTheWeights()
    {
        var (one, _) = Train("one", Options);
        var (again, _) = Train("again", Options);
        var (other, _) = Train("other", Options with { Seed = 8 });

        Assert.Equal(one, again);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void DropoutDiffersFromStepToStepAndRepeatsWithTheStep()
    {
        float[] Draw(long seed, int step)
        {
            Randomness.SeedStep(seed, step);
            using var drawn = rand(8);
            return drawn.data<float>().ToArray();
        }

        Assert.Equal(Draw(1, 3), Draw(1, 3));
        Assert.NotEqual(Draw(1, 3), Draw(1, 4));
        Assert.NotEqual(Draw(1, 3), Draw(2, 3));
    }

    [Fact]
    public void DataWithoutABatchIsRefused()
    {
        using var run = RunFolder.Open(_scratch.Path("run"), Options);
        using var task = new NoData();

        var error = Assert.Throws<UserException>(() => Trainer.Fit(task, Options, run));

        Assert.Equal("The training data has no batch in epoch 0.", error.Message);
    }

    [Fact]
    public void ACheckpointOfAnotherModelIsRefused()
    {
        Train("run", Options);
        File.Delete(_scratch.Path("run", "summary.json"));
        File.WriteAllText(Directory.GetFiles(_scratch.Path("run", "checkpoint"), "model.safetensors", SearchOption.AllDirectories).Single(), "");

        var error = Assert.Throws<UserException>(() => Train("run", Options));

        Assert.Contains("step-00000012", error.Message);
        Assert.Contains("delete it to begin the run anew", error.Message);
    }

    private (float[] Weights, IReadOnlyList<MetricsLine> Lines) Train(string name, TrainingOptions options)
    {
        using var task = new Regression(options.Seed);
        using var run = RunFolder.Open(_scratch.Path(name), options);
        Trainer.Fit(task, options, run);
        return (task.Weights(), MetricsLog.Read(run.MetricsFile));
    }

    private static MetricsLine WithoutTimes(MetricsLine line) => line with { Seconds = 0, TokensPerSecond = 0 };

    private sealed class NoData : ITrainingTask<RegressionBatch>, IDisposable
    {
        private readonly SmallNetwork _model = new();

        public nn.Module Model => _model;

        public IEnumerable<RegressionBatch> Epoch(int epoch, int skip) => [];

        public IEnumerable<RegressionBatch> Validation() => [];

        public Tensor Loss(RegressionBatch batch) => throw new InvalidOperationException();

        public BatchSize Size(RegressionBatch batch) => throw new InvalidOperationException();

        public void SaveModel(string folder) => throw new InvalidOperationException();

        public void Dispose() => _model.Dispose();
    }
}
