using TorchSharp;
using Wgqa.Conversion;
using Wgqa.Data;
using Wgqa.Folding;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Runtime.Tests.Training;
using Wgqa.Testing;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Attention;

/// <summary>T5 models whose maps, noise or blends are made while running: converted, trained, stopped and resumed, decoded, frozen, folded.</summary>
[Collection(nameof(GlobalGenerator))]
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class DrivenModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Every => DrivenVariants.Every;

    public static TheoryData<string> Pure => DrivenVariants.Pure;

    public static TheoryData<string> KeyDriven => DrivenVariants.KeyDriven;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Pure))]
    public void AConvertedModelBeginsAsPlainGroupedQueryAttention(string name)
    {
        using var scope = NewDisposeScope();
        using var multiHead = SmallModels.Create();
        using var model = ModelConversion.Convert(multiHead, DrivenVariants.Named(name));
        var maps = model.Attentions.ToDictionary(static block => block.Name, static block => block.Attention.Maps);
        var grouped = SmallModels.Config with { Grouping = new(null, Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder, maps) };
        using var plain = ModelConversion.Rebuild(multiHead, new T5(grouped), static (projections, _, block) => block.LoadMultiHead(projections));
        var (input, mask, decoder) = SmallModels.Batch();
        Closeness.AssertWithin(1e-5, plain.forward(input, mask, decoder), model.forward(input, mask, decoder), name);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void ATrainingStepMovesTheModelAndLeavesNoTensorBehind(string name)
    {
        using var model = Converted(name);
        var before = State(model);
        Train(model, steps: 2);
        var live = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Train(model, steps: 3);
        Assert.Equal(live, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        var after = State(model);
        Assert.All(before.Keys.Where(static key => !key.EndsWith(".sizes", StringComparison.Ordinal)), key => Assert.NotEqual(before[key], after[key]));
        Assert.All(after.Where(static entry => entry.Key.EndsWith(".passes", StringComparison.Ordinal)), static entry => Assert.Equal([5.0], entry.Value));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void AStoppedRunResumesBitForBit(string name)
    {
        var options = new TrainingOptions { Steps = 9, Seed = 5, LogEvery = 3, CheckpointEvery = 4, LearningRate = 0.01 };
        T5 Fit(string run, int? stopAt)
        {
            Randomness.SeedModel(options.Seed);
            var model = new T5(SmallModels.Config, DrivenVariants.Named(name));
            model.Initialize();
            model.to(TestDevice.Current);
            using var stop = new CancellationTokenSource();
            var step = 0;
            using var folder = RunFolder.Open(_folder.Path(run), options);
            void Steps() => Trainer.Fit(new Seq2SeqTask(model, Copies(), batchSize: 4, options.Seed), options, folder, new StepWatcher(() =>
            {
                if (++step == stopAt)
                {
                    stop.Cancel();
                }
            }), stop.Token);
            if (stopAt is null)
            {
                Steps();
            }
            else
            {
                Assert.Throws<OperationCanceledException>(Steps);
            }

            return model;
        }

        using var straight = Fit("straight", stopAt: null);
        Fit("stopped", stopAt: 5).Dispose();
        using var resumed = Fit("stopped", stopAt: null);
        Assert.Equal(State(straight), State(resumed));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void WhatIsSavedIsLoadedBitForBit(string name)
    {
        using var model = Converted(name);
        Train(model, steps: 3);
        T5Folder.Save(model, _folder.Path("model"));
        using var loaded = T5Folder.Load(_folder.Path("model"), DrivenVariants.All, device: TestDevice.Current);
        Assert.Equal(State(model), State(loaded));

        using var half = T5Folder.Load(_folder.Path("model"), DrivenVariants.All, ScalarType.BFloat16, TestDevice.Current);
        foreach (var (buffer, value) in model.named_buffers().Zip(half.named_buffers()).Select(static pair => (pair.First.buffer, pair.Second.buffer)))
        {
            Assert.Equal(buffer.dtype, value.dtype);
            Assert.Equal(LoopAttention.Numbers(buffer), LoopAttention.Numbers(value));
        }
    }

    [Theory]
    [MemberData(nameof(Pure))]
    public void CachedDecodingComputesWhatTeacherForcingDoesAndChangesNothing(string name)
    {
        using var scope = NewDisposeScope();
        using var model = Trained(name);
        var before = State(model);
        var (input, mask, decoder) = SmallModels.Batch();
        var forced = model.forward(input, mask, decoder);
        var encoded = model.Encode(input, mask);
        using var cache = model.NewCache(decoder.size(1));
        for (var at = 0; at < decoder.size(1); at++)
        {
            Closeness.AssertWithin(1e-4, forced.narrow(1, at, 1), model.Decode(decoder.narrow(1, at, 1), encoded, mask, cache: cache), $"token {at}");
        }

        Assert.Equal(before, State(model));
    }

    [Fact]
    public void DifferencesAsPublishedAreUndefinedFromTheSecondTokenOnBecauseTheMemoryStaysAsItIs()
    {
        using var scope = NewDisposeScope();
        using var model = Trained(nameof(ByDifferenceAsPublished));
        var (input, mask, decoder) = SmallModels.Batch();
        var encoded = model.Encode(input, mask);
        using var cache = model.NewCache(decoder.size(1));
        model.Decode(decoder.narrow(1, 0, 1), encoded, mask, cache: cache);
        Assert.Equal("12 query heads cannot be allocated to 3 key heads as published, which divides 0 by 0 where all key heads have the norms that they had; Mode.Safe splits evenly.",
            Assert.Throws<UserException>(() => model.Decode(decoder.narrow(1, 1, 1), encoded, mask, cache: cache)).Message);
    }

    [Theory]
    [MemberData(nameof(Pure))]
    public void NoRowChangesAnother(string name)
    {
        using var scope = NewDisposeScope();
        using var model = Trained(name);
        var (input, mask, decoder) = SmallModels.Batch();
        var together = model.forward(input, mask, decoder);
        for (var row = 0; row < 2; row++)
        {
            var alone = model.forward(input.narrow(0, row, 1), mask.narrow(0, row, 1), decoder.narrow(0, row, 1));
            Closeness.AssertWithin(1e-5, together.narrow(0, row, 1), alone, $"row {row}");
        }
    }

    [Theory]
    [MemberData(nameof(KeyDriven))]
    public void AFrozenModelKeepsItsMapsAndFoldsExactly(string name)
    {
        using var scope = NewDisposeScope();
        using var model = Trained(name);
        using var frozen = ModelFreezing.Freeze(model);
        Assert.Equal(model.Attentions.Select(static block => block.Attention.Maps), frozen.Attentions.Select(static block => block.Attention.Maps));
        Assert.Contains(frozen.Attentions, static block => !block.Attention.Maps.ArePlain);
        var (input, mask, decoder) = SmallModels.Batch();
        var computed = frozen.forward(input, mask, decoder);
        if (!name.EndsWith("AsPublished", StringComparison.Ordinal))
        {
            Closeness.AssertWithin(0, model.forward(input, mask, decoder), computed, "the frozen model");
        }

        using var folded = ModelFolding.Fold(frozen);
        Closeness.AssertWithin(0, computed, folded.forward(input, mask, decoder), "the folded model");
        Assert.Empty(folded.named_buffers());
        T5Folder.Save(folded, _folder.Path("folded"));
        using var loaded = T5Folder.Load(_folder.Path("folded"), device: TestDevice.Current);
        Closeness.AssertWithin(0, computed, loaded.forward(input, mask, decoder), "the folded model, loaded");
        using var expanded = ModelFolding.Expand(folded);
        Closeness.AssertWithin(1e-4, computed, expanded.forward(input, mask, decoder), "the expanded model");

        T5Folder.Save(frozen, _folder.Path("frozen"));
        using var again = T5Folder.Load(_folder.Path("frozen"), DrivenVariants.All, device: TestDevice.Current);
        Closeness.AssertWithin(0, computed, again.forward(input, mask, decoder), "the frozen model, loaded");
        Train(again, steps: 2);
        Assert.Equal(frozen.Attentions.Select(static block => block.Attention.Maps), again.Attentions.Select(static block => block.Attention.Maps));
    }

    [Theory]
    [MemberData(nameof(KeyDriven))]
    public void AnAllocationThatIsNotFrozenDoesNotFold(string name)
    {
        using var model = Converted(name);
        Assert.Equal($"the variant {name} makes its head maps while running, so it can only be folded once they are frozen.",
            Assert.Throws<UserException>(() => ModelFolding.Fold(model)).Message);
    }

    [Theory]
    [InlineData(nameof(Noisy), true)]
    [InlineData(nameof(NoisyStrides), true)]
    [InlineData(nameof(NoisyAsPublished), false)]
    [InlineData(nameof(Blended), false)]
    public void NoiseForTrainingAloneFoldsAndNothingElse(string name, bool folds)
    {
        using var scope = NewDisposeScope();
        using var model = Trained(name);
        if (!folds)
        {
            Assert.Throws<UserException>(() => ModelFolding.Fold(model));
            return;
        }

        var (input, mask, decoder) = SmallModels.Batch();
        using var folded = ModelFolding.Fold(model);
        Closeness.AssertWithin(0, model.forward(input, mask, decoder), folded.forward(input, mask, decoder), "the folded model");
    }

    private static T5 Converted(string name)
    {
        using var multiHead = SmallModels.Create();
        using (NewDisposeScope())
        using (no_grad())
        {
            // Heads of different strength: else all maps would stay even.
            var strength = linspace(0.3, 2, SmallModels.Config.Heads, device: TestDevice.Current).repeat_interleave(SmallModels.Config.HeadDim).unsqueeze(-1);
            foreach (var (_, key) in multiHead.named_parameters().Where(static each => each.name.EndsWith(".k.weight", StringComparison.Ordinal)))
            {
                key.mul_(strength);
            }
        }

        return ModelConversion.Convert(multiHead, DrivenVariants.Named(name));
    }

    /// <summary>Trained a little, and in evaluation mode.</summary>
    private static T5 Trained(string name)
    {
        var model = Converted(name);
        Train(model, steps: 4);
        model.eval();
        return model;
    }

    private static void Train(T5 model, int steps)
    {
        model.train();
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            manual_seed(40 + step);
            var (input, mask, labels) = SmallModels.Batch(seed: step);
            model.zero_grad();
            T5.Loss(model.forward(input, mask, T5.ShiftRight(labels)), labels).backward();
            using var frozen = no_grad();
            foreach (var (_, parameter) in model.named_parameters())
            {
                parameter.sub_(parameter.grad!.mul(0.05));
            }
        }
    }

    /// <summary>Sequences of random tokens, each its own target.</summary>
    private static Seq2SeqExample[] Copies()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 12).Select(_ =>
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(2, 7)).Select(_ => random.Next(2, 40)), 1];
            return new Seq2SeqExample(ids, ids);
        })];
    }

    /// <summary>All parameters and buffers.</summary>
    private static Dictionary<string, double[]> State(T5 model) => model.state_dict().ToDictionary(static entry => entry.Key, static entry => LoopAttention.Numbers(entry.Value));

    private sealed class StepWatcher(Action onStep) : IProgressDisplay, IProgress
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
