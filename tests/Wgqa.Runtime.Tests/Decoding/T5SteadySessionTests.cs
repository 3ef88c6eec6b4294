using TorchSharp;
using Wgqa.Decoding;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>Steps that are all alike give what steps of growing length give.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class T5SteadySessionTests(T5GoldenGenerationTests.Models models) : IClassFixture<T5GoldenGenerationTests.Models>
{
    public static TheoryData<string, int> Searches => T5DecodingTests.Searches;

    public static TheoryData<string, string> Cases => T5GoldenGenerationTests.Cases;

    public static TheoryData<string> Variants => [.. VariantNames];

    internal static IEnumerable<string> VariantNames => VariantCatalog.All.Select(variant => variant.Info.Name).Where(name => name.StartsWith("Steady", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Searches))]
    public void LogitsAndTokensAreThoseOfAGrowingCache(string configuration, int beams)
    {
        using var model = SmallT5.Create(T5DecodingTests.Configurations[configuration]);
        using var inputIds = SmallT5.Inputs();
        using var mask = inputIds.ne(0).to_type(ScalarType.Int64);
        var options = new GenerationOptions { MaxLength = 24, NumBeams = beams, NoRepeatNgramSize = 3 };
        // Kernels and operators round in other orders: over libtorch 2.6, 1.2e-4 of a logit near 11.
        RecordingSession.AssertAlike(new T5DecodingSession(model, inputIds, mask, 24), Steady.Open(model, inputIds, mask, 24), 3, options, 5e-4f);
    }

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void IdsAndScoresAreHuggingFaces(string model, string name) =>
        T5GoldenGenerationTests.AssertHuggingFaces(models, model, name, static (t5, inputIds, options) => Steady.Generate(t5, inputIds, options));

    [Theory]
    [MemberData(nameof(Variants))]
    public void EveryVariantGivesTheSame(string name)
    {
        using var model = Of(name);
        Assert.True(T5SteadySession.Fits(model));
        var (input, mask, decoder) = SmallModels.Batch();
        foreach (var beams in new[] { 1, 2 })
        {
            var options = new GenerationOptions { MaxNewTokens = 10, NumBeams = beams };
            Assert.Equal(model.Generate(input, options).Tokens, Steady.Generate(model, input, options).Tokens);
        }

        input.Dispose();
        mask.Dispose();
        decoder.Dispose();
    }

    [Theory]
    [InlineData(nameof(UnsteadyKeyDriven))]
    [InlineData(nameof(UnsteadyPerturbed))]
    public void AModelThatLooksAtItsKeysOrDrawsNoiseInEvaluationDoesNotFit(string name)
    {
        using var model = Of(name);
        Assert.False(T5SteadySession.Fits(model));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(6, 0)]
    [InlineData(0, 9)]
    public void RulesThatGoByLengthAreTheSameWhereTheDeviceChooses(int least, int forced)
    {
        using var model = SmallT5.Create(SmallT5.Gated, seed: 5);
        using var inputIds = SmallT5.Inputs();
        var options = new GenerationOptions
        {
            MaxLength = 20,
            MinLength = least,
            SuppressTokens = [7, 22],
            ForcedBosTokenId = forced > 0 ? forced : null,
            ForcedEosTokenId = forced > 0 ? 1 : null,
            EosTokenIds = [.. Enumerable.Range(1, 6)],
        };
        Assert.Equal(model.Generate(inputIds, options).Tokens, Steady.Generate(model, inputIds, options).Tokens);
    }

    [Fact]
    public void TheHostAsksOnlyWhereARowMayEnd()
    {
        using var model = SmallT5.Create(SmallT5.Tied);
        using var inputIds = SmallT5.Inputs();
        using var open = new AskedSession(Steady.Open(model, inputIds, null, 21));
        SequenceDecoder.Decode(open, [[0], [0], [0]], new GenerationOptions { MaxLength = 21, MinLength = 15, EosTokenIds = [39] });
        Assert.Equal(15, open.Asked[0]);   // the token after 15 is the first that may end a row
        Assert.All(open.Asked.Skip(1), count => Assert.Equal(1, count));

        using var closed = new AskedSession(Steady.Open(model, inputIds, null, 21));
        SequenceDecoder.Decode(closed, [[0], [0], [0]], new GenerationOptions { MaxLength = 21, MinLength = 21 });
        Assert.Equal([20], closed.Asked);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AnyRowsCanBeRepeatedSwappedAndDroppedAtAnyStep(int seed)
    {
        using var model = SmallT5.Create(SmallT5.Grouped(2));
        using var inputIds = SmallT5.Inputs();
        using var mask = inputIds.ne(0).to_type(ScalarType.Int64);
        using var steady = Steady.Open(model, inputIds, mask, 48);
        using var growing = new T5DecodingSession(model, inputIds, mask, 48);
        RecordingSession.AssertAlikeWhenReordered(growing, steady, seed, static (step, rows, random) => (step % 7) switch
        {
            0 => [.. Enumerable.Range(0, rows).SelectMany(row => (int[])[row, row])],                         // beams
            1 or 2 => [.. Enumerable.Range(0, rows / 2).SelectMany(input => (int[])[(2 * input) + random.Next(2), (2 * input) + random.Next(2)])],   // beams that move
            3 => [.. Enumerable.Range(0, rows).Skip(2)],                                                      // an input that ends
            4 => [.. Enumerable.Range(0, rows).Select(_ => random.Next(rows)).Order().Take(5)],               // uneven runs
            5 => [.. Enumerable.Range(0, rows).Where(row => row != 1)],                                       // a row that ends
            _ => [.. Enumerable.Range(0, 3).Select(_ => random.Next(rows))],
        });
    }

    [Fact]
    public void RowsThatEndAreComputedAlongUntilHalfOfManyAreGone()
    {
        using var model = SmallT5.Create(SmallT5.Tied);
        using var inputIds = SmallT5.Inputs().repeat(6, 1);
        using var steady = Steady.Open(model, inputIds, null, 9);
        using var growing = new T5DecodingSession(model, inputIds, null, 9);
        int[] kept = [.. Enumerable.Range(0, 18)];
        foreach (var (left, computed) in new[] { (18, 18), (10, 18), (9, 9), (8, 9), (2, 9) })
        {
            int[] order = [.. Enumerable.Range(kept.Length - left, left)];
            steady.Reorder(order);
            growing.Reorder(order);
            kept = order;
            Assert.Equal(computed, steady.RowsComputed);
            using var tokens = arange(3, 3 + left, ScalarType.Int64, TestDevice.Current).unsqueeze(1);
            using var found = steady.Step(tokens);
            using var expected = growing.Step(tokens);
            Assert.True(found.allclose(expected, 0, 1e-4), $"{left} rows");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AHundredStepsLeaveNoTensorBehindAndStayWhereTheyAre(int beams)
    {
        using var model = SmallT5.Create(SmallT5.Grouped(2));
        using var inputIds = SmallT5.Inputs();
        var options = new GenerationOptions { MaxNewTokens = 100, MinNewTokens = 100, NumBeams = beams, RepetitionPenalty = 1.1 };
        model.Generate(inputIds, options with { MinNewTokens = 1, MaxNewTokens = 1 });   // on a device, a position bias keeps its last lengths
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var counts = new List<long>();
        using (var session = Steady.Open(model, inputIds, null, 101, firstWindow: 101))
        {
            SequenceDecoder.Decode(new CountingSession(session, () => counts.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount)), [[0], [0], [0]], options);
        }

        Assert.Equal(100, counts.Count);
        Assert.All(counts.Skip(3), count => Assert.Equal(counts[2], count));
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void MoreTokensThanTheCapacityAreRefused()
    {
        using var model = SmallT5.Create(SmallT5.Tied);
        using var inputIds = SmallT5.Inputs();
        using var session = Steady.Open(model, inputIds, null, 2);
        using var tokens = zeros([3, 1], ScalarType.Int64, TestDevice.Current);
        session.Step(tokens).Dispose();
        session.Step(tokens).Dispose();
        Assert.Contains("holds 2 tokens", Assert.Throws<InvalidOperationException>(() => session.Step(tokens)).Message, StringComparison.Ordinal);
    }

    private static T5 Of(string name) => SmallModels.Create(variant: VariantCatalog.All.Single(variant => variant.Info.Name == name));

    /// <summary>Notes how many tokens the host asks for each time.</summary>
    private sealed class AskedSession(IChoosingSession session) : IChoosingSession
    {
        public List<int> Asked { get; } = [];

        public Device Device => session.Device;

        public long VocabularySize => session.VocabularySize;

        public Tensor Step(Tensor tokens) => session.Step(tokens);

        public void Reorder(ReadOnlySpan<int> rows) => session.Reorder(rows);

        public void Start(Tensor tokens) => session.Start(tokens);

        public void Ban(Tensor scores) => session.Ban(scores);

        public void Extend() => session.Extend();

        public Tensor Chosen(int count)
        {
            Asked.Add(count);
            return session.Chosen(count);
        }

        public void Dispose() => session.Dispose();
    }
}
