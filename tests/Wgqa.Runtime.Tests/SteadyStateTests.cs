using TorchSharp;
using Wgqa.Data;
using Wgqa.Decoding;
using Wgqa.Kernels;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Runtime.Tests.Training;
using Wgqa.Testing;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests;

/// <summary>
/// Work that is repeated holds what it held before: tensors, pieces of memory, bytes, and how far into the range of large tensors it reaches. The vocabulary is large enough
/// for embeddings and logits to lie in that range, and nothing else runs meanwhile.
/// </summary>
[Collection(nameof(GlobalGenerator))]
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class SteadyStateTests : IDisposable
{
    private static readonly T5Config Config = new()
    {
        VocabSize = 1 << 14,
        ModelDim = 16,
        HeadDim = 4,
        Heads = 4,
        FeedForwardDim = 32,
        EncoderLayers = 1,
        DecoderLayers = 2,
        DropoutRate = 0.1,
    };

    private readonly TemporaryFolder _scratch = new();

    public SteadyStateTests()
    {
        // What earlier tests left to the collector is not to be freed while memory is counted here.
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(true, Precision.Float32)]
    [InlineData(false, Precision.Float32)]
    [InlineData(true, Precision.BFloat16)]
    [InlineData(false, Precision.BFloat16)]
    public void ATrainingRunWithAllThatHappensInOneHoldsWhatItHeld(bool kernels, Precision precision)
    {
        using var withheld = kernels ? null : NativeKernels.Withhold();
        var examples = Copies(30, seed: 1);
        var batches = new TokenBudgetPlan(examples, budget: 60, seed: 3).Epoch(0);   // the same ones in each epoch, so that nothing new is needed
        var updates = batches.Count / 2;
        var options = new TrainingOptions
        {
            Steps = 6 * updates,
            Seed = 5,
            Accumulation = 2,
            ClipGradientNorm = 1,
            LogEvery = 3,
            ValidateEvery = 4,
            KeepBest = true,
            CheckpointEvery = 5,
            Precision = precision,
        };
        using var model = Create();
        using var inputs = tensor(new long[] { 17, 4, 29, 1 }, [1, 4], device: TestDevice.Current);
        var task = new Seq2SeqTask(model, new PlannedBatches(examples, _ => batches), [Copies(4, seed: 2), Copies(3, seed: 4)]);
        using var run = RunFolder.Open(_scratch.Path("run"), options);
        var held = new List<Holding>();

        Trainer.Fit(task, options, run, new EachStep(() =>
        {
            if (held.Count % updates == 1)
            {
                model.Generate(inputs, new() { MaxLength = 8 });
            }

            held.Add(Holding.Now);
        }));

        Assert.True(batches.Select(batch => batch.Length).Distinct().Count() > 1, "batches differ in size");
        Assert.Equal(options.Steps, held.Count);
        Assert.Single(held.Skip(2).Select(now => now.Tensors).Distinct());
        Assert.Single(held.Skip(2).Select(now => (now.Memory?.Blocks, now.Memory?.Bytes)).Distinct());
        Assert.Single(held.Skip(2 * updates).Distinct());   // in the first epochs a batch or a validation can need more than any before it
        Assert.All(held, now => Assert.True(now.Memory is null or { Reached: > 0 }));
    }

    [Theory]
    [InlineData(1, true, Precision.Float32)]
    [InlineData(1, false, Precision.Float32)]
    [InlineData(3, true, Precision.Float32)]
    [InlineData(3, false, Precision.Float32)]
    [InlineData(1, true, Precision.BFloat16)]
    [InlineData(3, true, Precision.BFloat16)]
    public void DecodingBatchAfterBatchHoldsWhatItHeld(int beams, bool kernels, Precision precision)
    {
        using var withheld = kernels ? null : NativeKernels.Withhold();
        using var model = Create();
        model.Deploy(precision);
        model.eval();
        Tensor[] batches = [Inputs(5, 9), Inputs(2, 30), Inputs(1, 3), Inputs(4, 17)];
        var options = new GenerationOptions { MaxLength = 24, NumBeams = beams, NumReturnSequences = beams, NoRepeatNgramSize = 1, EosTokenIds = [], EarlyStopping = EarlyStopping.WhenEnoughFinished };

        // Tokens that rows come to at different steps.
        var unended = model.Generate(batches[0], options).Tokens;
        options = options with { EosTokenIds = [.. unended.SelectMany((row, i) => row.Skip(3 + i)).Distinct()] };
        var ends = model.Generate(batches[0], options).Tokens.Select(row => Array.FindIndex(row, options.EosTokenIds.Contains)).ToArray();
        Assert.True(ends.Any(end => end is > 0 and < 20) && (beams > 1 || ends.Distinct().Count() > 1), "rows end, and at different steps");
        var held = new List<Holding>();
        for (var i = 0; i < 5 * batches.Length; i++)
        {
            model.Generate(batches[i % batches.Length], options);
            held.Add(Holding.Now);
        }

        Assert.Single(held.Select(now => now.Tensors).Distinct());
        Assert.Single(held.Select(now => (now.Memory?.Blocks, now.Memory?.Bytes)).Distinct());
        Assert.Single(held.Skip(batches.Length).Distinct());
        foreach (var batch in batches)
        {
            batch.Dispose();
        }
    }

    [Fact]
    public void ATensorIsCountedUntilItIsDisposed()
    {
        if (NativeMemory.Now is not { } before)
        {
            return;   // another TorchSharp, whose memory nobody counts
        }

        var small = zeros(100);
        var large = zeros(3, 1 << 20);
        var with = NativeMemory.Now!.Value;
        Assert.Equal(before.Blocks + 2, with.Blocks);
        Assert.InRange(with.Bytes - before.Bytes, (3 << 22) + 400, (3 << 22) + 4096);
        Assert.True(with.Reached >= 3 << 22);
        small.Dispose();
        large.Dispose();
        Assert.Equal(before with { Reached = with.Reached }, NativeMemory.Now!.Value);
    }

    private static T5 Create()
    {
        Randomness.SeedModel(7);
        var model = new T5(Config, AttentionVariant.Of<GoldenColG2>());
        model.Initialize();
        model.to(TestDevice.Current);
        return model;
    }

    private static Tensor Inputs(long rows, long length)
    {
        using var random = new Generator((ulong)(rows * length));
        return randint(2, Config.VocabSize, [rows, length], dtype: ScalarType.Int64, generator: random).to(TestDevice.Current);
    }

    /// <summary>Sequences of random tokens, each its own target.</summary>
    private static Seq2SeqExample[] Copies(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(2, 12)).Select(_ => random.Next(2, Config.VocabSize)), 1];
            return new Seq2SeqExample(ids, ids);
        })];
    }

    private readonly record struct Holding(long Tensors, NativeMemory? Memory)
    {
        public static Holding Now => new(DisposeScopeManager.Statistics.ThreadTotalLiveCount, PretendCuda.Exists ? null : NativeMemory.Now);   // the stand-in's device memory is the CPU's
    }

    private sealed class EachStep(Action onStep) : IProgressDisplay, IProgress
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
