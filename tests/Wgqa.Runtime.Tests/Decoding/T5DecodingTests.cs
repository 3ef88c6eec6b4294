using TorchSharp;
using Wgqa.Decoding;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>A small random T5: what the cache, batching and memory must not change.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public class T5DecodingTests
{
    public static TheoryData<string, int> Searches
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var model in Configurations.Keys)
            {
                data.Add(model, 1);
                data.Add(model, 3);
            }

            return data;
        }
    }

    internal static readonly Dictionary<string, T5Config> Configurations = new()
    {
        ["tied"] = SmallT5.Tied,
        ["gated"] = SmallT5.Gated,
        ["two groups"] = SmallT5.Grouped(2),
        ["one group"] = SmallT5.Grouped(1),
    };

    [Theory]
    [MemberData(nameof(Searches))]
    public void TheCacheChangesNeitherLogitsNorTokens(string configuration, int beams)
    {
        using var model = SmallT5.Create(Configurations[configuration]);
        using var inputIds = SmallT5.Inputs();
        using var mask = inputIds.ne(0).to_type(ScalarType.Int64);
        var options = new GenerationOptions { MaxLength = 24, NumBeams = beams, NoRepeatNgramSize = 3 };
        RecordingSession.AssertAlike(new RecomputingSession(model, inputIds, mask), new T5DecodingSession(model, inputIds, mask, 24), 3, options, 1e-3f);
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public void EachRowAloneGivesWhatItGivesInABatch(string configuration, int beams)
    {
        using var model = SmallT5.Create(Configurations[configuration]);
        using var inputIds = SmallT5.Inputs();
        var options = new GenerationOptions { MaxLength = 24, NumBeams = beams };
        var batch = model.Generate(inputIds, options).Tokens;
        for (var row = 0; row < 3; row++)
        {
            using var padded = inputIds.select(0, row);
            using var alone = padded.masked_select(padded.ne(0)).unsqueeze(0);
            var found = model.Generate(alone, options).Tokens[0];
            Assert.Equal(batch[row][..found.Length], found);
            Assert.All(batch[row][found.Length..], token => Assert.Equal(0, token));
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    [InlineData(1)]
    public void TheCacheHoldsGHeadsAndNothingElse(int groups)
    {
        using var model = SmallT5.Create(SmallT5.Grouped(groups));
        using var inputIds = SmallT5.Inputs();
        using var encoded = model.Encode(inputIds, null);
        using var cache = model.NewCache(9);
        using var tokens = zeros([3, 1], ScalarType.Int64, TestDevice.Current);
        using var logits = model.Decode(tokens, encoded, null, cache: cache);
        using var self = cache.Self(1).Keys!;
        using var cross = cache.Cross(1).Values!;
        Assert.Equal([3, groups, 1, 8], self.shape);
        Assert.Equal([3, groups, 7, 8], cross.shape);
    }

    [Fact]
    public void BeamsOfOneInputShareItsCrossAttentionKeysAndValues()
    {
        using var model = SmallT5.Create(SmallT5.Grouped(2));
        using var inputIds = SmallT5.Inputs();
        using var mask = inputIds.ne(0).to_type(ScalarType.Int64);
        using var encoded = model.Encode(inputIds, mask);
        using var shared = model.NewCache(9);
        using var repeated = model.NewCache(9);
        using var beams = tensor(new long[] { 0, 0, 1, 1, 2, 2 }, dtype: ScalarType.Int64, device: TestDevice.Current);
        using var start = zeros([3, 1], ScalarType.Int64, TestDevice.Current);
        using var tokens = tensor(new long[] { 4, 5, 6, 7, 8, 9 }, [6, 1], dtype: ScalarType.Int64, device: TestDevice.Current);
        using var manyMasks = mask.index_select(0, beams);

        model.Decode(start, encoded, mask, cache: shared).Dispose();
        model.Decode(start, encoded, mask, cache: repeated).Dispose();
        shared.Reorder(beams, sameMemory: true);
        repeated.Reorder(beams);
        using var found = model.Decode(tokens, encoded, mask, cache: shared);
        using var expected = model.Decode(tokens, encoded, manyMasks, cache: repeated);

        Assert.Equal(3, shared.Cross(0).Rows);
        Assert.Equal(6, shared.Self(0).Rows);
        Assert.True(found.allclose(expected, 0, 1e-5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AnyRowsCanBeRepeatedSwappedAndDroppedAtAnyStep(int seed)
    {
        using var model = SmallT5.Create(SmallT5.Grouped(2));
        using var inputIds = SmallT5.Inputs();
        using var mask = inputIds.ne(0).to_type(ScalarType.Int64);
        using var cached = new T5DecodingSession(model, inputIds, mask, 48);
        using var recomputed = new RecomputingSession(model, inputIds, mask);
        RecordingSession.AssertAlikeWhenReordered(recomputed, cached, seed, static (step, rows, random) => (step % 3, step / 3 % 3) switch
        {
            (1, _) => null,
            (_, 0) => [.. Enumerable.Range(0, rows).SelectMany(row => (int[])[row, row])],                    // beams
            (_, 1) => [.. Enumerable.Range(0, rows).Select(_ => random.Next(rows)).Order().Take(5)],          // uneven runs
            _ => [.. Enumerable.Range(0, rows).Select(_ => random.Next(rows)).Take(3)],
        });
    }

    [Fact]
    public void PaddingIsMaskedUnlessAMaskSaysOtherwise()
    {
        using var model = SmallT5.Create(SmallT5.Tied);
        using var inputIds = SmallT5.Inputs();
        using var mask = inputIds.ne(0).to_type(ScalarType.Int64);
        using var everything = ones_like(inputIds);
        var options = new GenerationOptions { MaxLength = 12, NumBeams = 2 };
        var inferred = model.Generate(inputIds, options).Scores!;
        Assert.Equal(model.Generate(inputIds, options, mask).Scores, inferred);
        var unmasked = model.Generate(inputIds, options, everything).Scores!;
        Assert.Equal(inferred[0], unmasked[0], 1e-5f);    // the row without padding
        Assert.True(Math.Abs(inferred[1] - unmasked[1]) > 1e-3);
    }

    [Fact]
    public void AModelInTrainingGeneratesWithoutDropoutAndGoesOnTraining()
    {
        using var model = SmallT5.Create(SmallT5.Tied with { DropoutRate = 0.5 });
        using var inputIds = SmallT5.Inputs();
        var options = new GenerationOptions { MaxLength = 12, NumBeams = 2 };
        var expected = model.Generate(inputIds, options);
        model.train();
        Assert.Equal(expected.Scores, model.Generate(inputIds, options).Scores);
        Assert.True(model.training);
        Assert.All(model.modules(), module => Assert.True(module.training));

        using var scope = NewDisposeScope();
        var labels = inputIds.clone();
        var loss = T5.Loss(model.forward(inputIds, null, T5.ShiftRight(labels)), labels);
        loss.backward();
        Assert.All(model.parameters(), parameter => Assert.NotNull(parameter.grad));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AHundredStepsLeaveNoTensorBehind(int beams)
    {
        using var model = SmallT5.Create(SmallT5.Grouped(2));
        using var inputIds = SmallT5.Inputs();
        var options = new GenerationOptions { MaxNewTokens = 100, MinNewTokens = 100, NumBeams = beams };
        model.Generate(inputIds, options with { MinNewTokens = 1, MaxNewTokens = 1 });   // on a device, a position bias keeps its last lengths
        var before = LiveTensors;
        var counts = new List<long>();
        using (var session = new T5DecodingSession(model, inputIds, null, 101))
        {
            SequenceDecoder.Decode(new CountingSession(session, () => counts.Add(LiveTensors)), [[0], [0], [0]], options);
        }

        Assert.Equal(100, counts.Count);
        Assert.All(counts.Skip(2), count => Assert.Equal(counts[1], count));   // the first step fills the cache
        Assert.Equal(before, LiveTensors);

        model.Generate(inputIds, options);
        Assert.Equal(before, LiveTensors);
    }

    [Fact]
    public void ImpossibleOptionsAreRefusedBeforeTheEncoderRuns()
    {
        using var model = SmallT5.Create(SmallT5.Tied);
        using var inputIds = SmallT5.Inputs();
        var before = LiveTensors;
        Assert.Contains("num_beams", Assert.Throws<UserException>(() => model.Generate(inputIds, new() { NumBeams = 0 })).Message);
        Assert.Contains("suppress_tokens names token 40", Assert.Throws<UserException>(() => model.Generate(inputIds, new() { SuppressTokens = [40] })).Message);
        Assert.Equal(before, LiveTensors);
    }

    private static long LiveTensors => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
