using Wgqa.Decoding;
using Wgqa.Decoding.Processors;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>Each rule on hand-made scores over a vocabulary of six tokens; token 1 ends a sequence.</summary>
public class ScoreProcessorTests
{
    private const float No = float.NegativeInfinity;

    [Fact]
    public void TheRepetitionPenaltyPushesEverySeenTokenDownOnce() =>
        Expect([[1, 1, 2, -4, 4, -1], [0.5f, 2, 2, -2, 4, -1]], new RepetitionPenalty(2), [[0, 1, 3, 1, 0], [0, 0, 0, 0, 0]], [[2, 2, 2, -2, 4, -1], [1, 2, 2, -2, 4, -1]]);

    [Fact]
    public void APenaltyBelowOneRewardsRepetition() =>
        Expect([[4, 0, -0.5f, 0, 0, 0]], new RepetitionPenalty(0.5), [[0, 2]], [[2, 0, -1, 0, 0, 0]]);

    [Theory]
    [InlineData(1, new[] { 0, 2, 3 }, new[] { 0, 2, 3 })]
    [InlineData(2, new[] { 0, 2, 3, 2, 4, 2 }, new[] { 3, 4 })]
    [InlineData(2, new[] { 0, 2 }, new int[0])]
    [InlineData(3, new[] { 2, 3, 4, 5, 2, 3 }, new[] { 4 })]
    [InlineData(3, new[] { 2, 3 }, new int[0])]
    [InlineData(3, new[] { 0, 0, 0 }, new[] { 0 })]
    [InlineData(2, new[] { 0, 4, 0 }, new[] { 4 })]   // the start token counts
    public void TokensThatWouldRepeatAnNgramAreBanned(int size, int[] row, int[] banned) => ExpectBanned(new NoRepeatNgram(size), [row], [banned]);

    [Fact]
    public void RowsAreJudgedByTheirOwnTokens() => ExpectBanned(new NoRepeatNgram(2), [[2, 3, 2], [3, 4, 5], [4, 5, 4]], [[3], [], [5]]);

    [Theory]
    [InlineData(new[] { 4 }, new[] { 0 }, new[] { 4 })]
    [InlineData(new[] { 2, 3 }, new[] { 0, 2 }, new[] { 3 })]
    [InlineData(new[] { 2, 3 }, new[] { 0, 3 }, new int[0])]
    [InlineData(new[] { 2, 3, 4 }, new[] { 0, 2, 3 }, new[] { 4 })]
    [InlineData(new[] { 2, 3, 4 }, new[] { 2, 3 }, new int[0])]
    [InlineData(new[] { 2, 1 }, new[] { 0, 2 }, new[] { 1 })]
    [InlineData(new[] { 1 }, new[] { 0, 2 }, new int[0])]   // the end token alone is no word
    public void TheLastTokenOfABadWordIsBanned(int[] word, int[] row, int[] banned) => ExpectBanned(new BadWords([word], [1]), [row], [banned]);

    [Theory]
    [InlineData(2, new int[0])]
    [InlineData(3, new[] { 1 })]
    public void NothingEndsBelowTheMinimumLength(int shortest, int[] banned) => ExpectBanned(new MinimumLength(shortest, [1]), [[0, 4]], [banned]);

    [Fact]
    public void EveryEndTokenIsBannedBelowTheMinimumLength() => ExpectBanned(new MinimumLength(3, [1, 5]), [[0, 4], [0, 2]], [[1, 5], [1, 5]]);

    [Fact]
    public void SuppressedTokensAreAlwaysBanned() => ExpectBanned(new SuppressedTokens([0, 3]), [[0], [2]], [[0, 3], [0, 3]]);

    [Fact]
    public void AForcedTokenIsTheOnlyOneAtItsPositionAndFreeElsewhere()
    {
        Expect([[No, No, No, No, 0, No]], new ForcedToken(2, 4), [[0, 2]], [[1, 2, 3, 4, 5, 6]]);
        Expect([[1, 2, 3, 4, 5, 6]], new ForcedToken(2, 4), [[0, 2, 3]], [[1, 2, 3, 4, 5, 6]]);
    }

    [Fact]
    public void RulesAreAppliedInHuggingFacesOrder()
    {
        var options = new GenerationOptions
        {
            MaxLength = 8,
            RepetitionPenalty = 1.2,
            NoRepeatNgramSize = 2,
            BadWordsIds = [[3]],
            MinLength = 3,
            ForcedBosTokenId = 2,
            ForcedEosTokenId = 1,
            SuppressTokens = [4],
        };
        Assert.Equal(
            [typeof(RepetitionPenalty), typeof(NoRepeatNgram), typeof(BadWords), typeof(MinimumLength), typeof(ForcedToken), typeof(ForcedToken), typeof(SuppressedTokens)],
            ScoreProcessors.For(options, 1).Select(processor => processor.GetType()));
        Assert.Empty(ScoreProcessors.For(new(), 1));
    }

    [Fact]
    public void TheStartTokenCountsForTheMinimumLengthAndNotForTheMinimumOfNewTokens()
    {
        ExpectBanned(Assert.Single(ScoreProcessors.For(new() { MinLength = 3 }, 1)), [[0, 4]], [[1]]);
        ExpectBanned(Assert.Single(ScoreProcessors.For(new() { MinLength = 3 }, 1)), [[0, 4, 4]], [[]]);
        ExpectBanned(Assert.Single(ScoreProcessors.For(new() { MinNewTokens = 3 }, 1)), [[0, 4, 4]], [[1]]);
        ExpectBanned(Assert.Single(ScoreProcessors.For(new() { MinNewTokens = 3 }, 1)), [[0, 4, 4, 4]], [[]]);
    }

    private static void ExpectBanned(IScoreProcessor processor, int[][] rows, int[][] banned) =>
        Expect([.. banned.Select(tokens => (float[])[.. Enumerable.Range(0, 6).Select(token => tokens.Contains(token) ? No : token)])], processor, rows, [.. rows.Select(_ => new float[] { 0, 1, 2, 3, 4, 5 })]);

    private static void Expect(float[][] expected, IScoreProcessor processor, int[][] rows, float[][] before)
    {
        using var scores = tensor([.. before.SelectMany(row => row)], [before.Length, 6]);
        processor.Apply(new(rows, capacity: rows[0].Length + 1), scores);
        Assert.Equal(expected.SelectMany(row => row), scores.data<float>().ToArray());
    }
}
