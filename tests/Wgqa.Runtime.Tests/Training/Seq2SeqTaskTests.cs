using TorchSharp;
using Wgqa.Checkpoints;
using Wgqa.Data;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Testing;
using Wgqa.Tests.Text;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Training;

[Collection(nameof(GlobalGenerator))]
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class Seq2SeqTaskTests : IDisposable
{
    private static readonly T5Config Config = new()
    {
        VocabSize = 32,
        ModelDim = 16,
        HeadDim = 4,
        Heads = 4,
        FeedForwardDim = 32,
        EncoderLayers = 1,
        DecoderLayers = 2,
        DropoutRate = 0.1,
    };

    private static readonly TrainingOptions Options = new() { Steps = 100, Seed = 5, LogEvery = 10, CheckpointEvery = 30, LearningRate = 0.01 };
    private readonly TemporaryFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void AVariantLearnsToCopyLeavesNoTensorBehindAndSavesAFolderThatLoads()
    {
        using var model = Model(AttentionVariant.Of<GoldenColG2>());
        var live = new List<long>();
        var task = new Seq2SeqTask(model, Copies(40, seed: 1), batchSize: 8, Options.Seed, Copies(10, seed: 2));
        using var run = RunFolder.Open(_scratch.Path("run"), Options);

        var summary = Trainer.Fit(task, Options with { ValidateEvery = 25 }, run, new Watcher(() => live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount)));

        Assert.Equal(100, live.Count);
        Assert.Single(live.Skip(2).Distinct());
        var lines = MetricsLog.Read(run.MetricsFile);
        Assert.True(lines[^1].Loss < lines[0].Loss - 0.5, $"the loss went from {lines[0].Loss} to {lines[^1].Loss}");
        using var loaded = T5Folder.Load(run.ModelFolder, [AttentionVariant.Of<GoldenColG2>()], device: TestDevice.Current);
        Assert.Equal(Weights(model), Weights(loaded));
        var restored = new Seq2SeqTask(loaded, Copies(40, seed: 1), batchSize: 8, Options.Seed, Copies(10, seed: 2));
        Assert.Equal(summary.ValidationLoss!.Value, Validate(restored), 1e-12);
    }

    [Fact]
    public void BFloat16ReachesTheLossOfFloat32WithinFivePerCentAndSavesFloat32()
    {
        double Train(Precision precision)
        {
            using var model = Model(AttentionVariant.Of<GoldenColG2>());
            var options = Options with { Steps = 300, Precision = precision };
            using var run = RunFolder.Open(_scratch.Path($"{precision}"), options);
            var summary = Trainer.Fit(new Seq2SeqTask(model, Copies(40, seed: 1), batchSize: 8, Options.Seed), options, run);
            Assert.All(model.parameters(), static parameter => Assert.Equal(ScalarType.Float32, parameter.dtype));
            using var weights = CheckpointWeights.Open(run.ModelFolder);
            using var weight = weights.Read("shared.weight");
            Assert.Equal(ScalarType.Float32, weight.dtype);
            return summary.Loss;
        }

        var (wide, narrow) = (Train(Precision.Float32), Train(Precision.BFloat16));

        Assert.InRange(wide, 0, 2);   // a model that has learned nothing is at ln 32 = 3.5
        Assert.InRange(narrow, 0.95 * wide, 1.05 * wide);
        Assert.NotEqual(wide, narrow);
    }

    [Fact]
    public void AModelThatComputesInFloat32OnlyIsNotTrainedInAnother()
    {
        using var task = new Regression(1);
        using var run = RunFolder.Open(_scratch.Path("run"), Options);

        var error = Assert.Throws<UserException>(() => Trainer.Fit(task, Options with { Precision = Precision.BFloat16 }, run));

        Assert.Equal("precision is BFloat16, and SmallNetwork computes in float32 only.", error.Message);
    }

    [Fact]
    public void AStoppedRunResumesBitForBit()
    {
        var options = Options with { Steps = 20, Accumulation = 2, ClipGradientNorm = 1 };
        using var straight = Model(AttentionVariant.Of<GoldenRowG1>());
        Fit(straight, "straight", options, stopAt: null);
        using (var stopped = Model(AttentionVariant.Of<GoldenRowG1>()))
        {
            Assert.Throws<OperationCanceledException>(() => Fit(stopped, "stopped", options, stopAt: 13));
        }

        using var resumed = Model(AttentionVariant.Of<GoldenRowG1>());
        Fit(resumed, "stopped", options, stopAt: null);

        Assert.Equal(Weights(straight), Weights(resumed));
    }

    [Fact]
    [Trait(TestDevice.Needs, "libsentencepiece")]
    public void ARunOnPlainTextThatIsStoppedGoesOnToTheSameWeights()
    {
        var options = Options with { Steps = 40, CheckpointEvery = 10 };
        var tokenizer = SmallVocabulary.Tokenizer;
        var text = new PlainText([_scratch.Write("novel.txt.gz", string.Join("\n\n", SmallVocabulary.Sentences))]);

        float[] Train(string name, int? stopAt)
        {
            Randomness.SeedModel(Options.Seed);
            using var model = new T5(Config with { VocabSize = tokenizer.VocabularySize });
            model.Initialize();
            Fit(new Seq2SeqTask(model, new SpanCorruptedText(text, tokenizer, new(), inputLength: 24, batchSize: 8, seed: 3)), name, options, stopAt);
            return Weights(model);
        }

        var straight = Train("straight", null);
        Assert.Throws<OperationCanceledException>(() => Train("stopped", 33));

        Assert.Equal(straight, Train("stopped", null));
        var losses = MetricsLog.Read(_scratch.Path("straight", "metrics.jsonl")).Select(line => line.Loss).ToList();
        Assert.True(losses[^1] < losses[0], $"{losses[0]} fell to {losses[^1]}");
        Assert.Contains(MetricsLog.Read(_scratch.Path("straight", "metrics.jsonl")), line => line.Epoch > 0);
    }

    [Fact]
    public void AnEpochContinuesWhereItWasLeft()
    {
        using var model = Model(null);
        var task = new Seq2SeqTask(model, Copies(40, seed: 1), batchSize: 8, seed: 9);

        long[][] Inputs(int epoch, int skip) => [.. task.Epoch(epoch, skip).Select(static batch =>
        {
            using (batch)
            {
                return batch.InputIds.data<long>().ToArray();
            }
        })];

        Assert.Equal(5, Inputs(2, 0).Length);
        Assert.Equal(Inputs(2, 0)[3..], Inputs(2, 3));
        Assert.NotEqual(Inputs(1, 0), Inputs(2, 0));
    }

    private void Fit(T5 model, string name, TrainingOptions options, int? stopAt) =>
        Fit(new Seq2SeqTask(model, Copies(24, seed: 1), batchSize: 8, options.Seed), name, options, stopAt);

    private void Fit(Seq2SeqTask task, string name, TrainingOptions options, int? stopAt)
    {
        using var stop = new CancellationTokenSource();
        var step = 0;
        using var run = RunFolder.Open(_scratch.Path(name), options);
        Trainer.Fit(task, options, run, new Watcher(() =>
        {
            if (++step == stopAt)
            {
                stop.Cancel();
            }
        }), stop.Token);
    }

    private static T5 Model(AttentionVariant? variant)
    {
        Randomness.SeedModel(Options.Seed);
        var model = new T5(Config, variant);
        model.Initialize();
        model.to(TestDevice.Current);
        return model;
    }

    /// <summary>Sequences of random tokens, each its own target.</summary>
    private static Seq2SeqExample[] Copies(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(2, 7)).Select(_ => random.Next(2, 32)), 1];
            return new Seq2SeqExample(ids, ids);
        })];
    }

    private static double Validate(Seq2SeqTask task)
    {
        using var frozen = torch.no_grad();
        task.Model.eval();
        var (total, targets) = (0.0, 0L);
        foreach (var batch in task.Validation())
        {
            using var loss = task.Loss(batch);
            total += loss.ToDouble() * task.Size(batch).Targets;
            targets += task.Size(batch).Targets;
            batch.Dispose();
        }

        return total / targets;
    }

    private static float[] Weights(T5 model) => [.. model.parameters().SelectMany(static parameter => parameter.data<float>().ToArray())];

    private sealed class Watcher(Action onStep) : IProgressDisplay, IProgress
    {
        public IProgress Start(string title, long total, long done = 0) => this;

        public void Say(string sentence)
        {
        }

        public void Report(long done, string detail) => onStep();

        public void Dispose()
        {
        }
    }
}
