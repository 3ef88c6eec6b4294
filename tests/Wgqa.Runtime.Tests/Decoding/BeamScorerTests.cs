using Wgqa.Decoding;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>Beam scoring on hand-made log-probabilities; token 1 ends a sequence.</summary>
public class BeamScorerTests
{
    private static readonly GenerationOptions TwoBeams = new() { NumBeams = 2, NumReturnSequences = 2, MaxLength = 6 };

    [Fact]
    public void OnlyTheFirstBeamCountsAtTheStart() =>
        Assert.Equal([0f, -1e9f], new BeamScorer(TwoBeams, 1).Scores);

    [Fact]
    public void TheBestCandidatesThatDoNotEndBecomeTheBeams()
    {
        var scorer = new BeamScorer(TwoBeams, 1);
        scorer.Advance([new(-1, 0, 5), new(-2, 1, 1), new(-3, 1, 7), new(-4, 0, 8)], History([0], [0]), 0);
        Assert.Equal([-1f, -3f], scorer.Scores);
        Assert.Equal([0, 1], scorer.Parents);
        Assert.Equal([5, 7], scorer.Tokens);
        Assert.False(scorer.IsDone);
    }

    [Fact]
    public void AnEndRankedBelowTheBeamsIsDropped()
    {
        var scorer = new BeamScorer(TwoBeams, 1);
        scorer.Advance([new(-1, 0, 5), new(-2, 0, 6), new(-3, 1, 1), new(-4, 1, 1)], History([0], [0]), 0);
        Assert.Empty(scorer.Best(2));
    }

    [Fact]
    public void AnEndRankedAmongTheBeamsBecomesAHypothesisOfItsParentsTokens()
    {
        var scorer = new BeamScorer(TwoBeams, 1);
        scorer.Advance([new(-1, 1, 1), new(-2, 0, 6), new(-3, 0, 7), new(-4, 0, 8)], History([9], [9], [0, 3], [0, 4]), 2);
        var hypothesis = Assert.Single(scorer.Best(2));
        Assert.Equal([0, 4], hypothesis.Tokens);
        Assert.Equal(-1.0 / 2, hypothesis.Score);   // two tokens generated: 4 and the end
    }

    [Theory]
    [InlineData(0.0, -3.0)]
    [InlineData(1.0, -1.0)]
    [InlineData(2.0, -1.0 / 3)]
    [InlineData(-1.0, -9.0)]
    public void TheLengthPenaltyIsAnExponentOfGeneratedTokensEndIncluded(double penalty, double expected)
    {
        var finished = new FinishedHypotheses(TwoBeams with { LengthPenalty = penalty }, promptLength: 1);
        finished.Add([0, 5, 6], -3, generated: 3);
        Assert.Equal(expected, Assert.Single(finished.Best(1)).Score, 12);
    }

    [Fact]
    public void OnlyTheBestHypothesesAreKeptAndTheyComeBestFirst()
    {
        var finished = new FinishedHypotheses(TwoBeams with { LengthPenalty = 0 }, promptLength: 1);
        finished.Add([0, 5], -3, 2);
        finished.Add([0, 6], -1, 2);
        finished.Add([0, 7], -2, 2);
        finished.Add([0, 8], -4, 2);
        Assert.Equal([-1.0, -2.0], finished.Best(9).Select(hypothesis => hypothesis.Score));
    }

    [Fact]
    public void AHypothesisAsGoodAsTheWorstDoesNotReplaceIt()
    {
        var finished = new FinishedHypotheses(TwoBeams with { LengthPenalty = 0 }, promptLength: 1);
        finished.Add([0, 5], -1, 2);
        finished.Add([0, 6], -2, 2);
        finished.Add([0, 7], -2, 2);
        Assert.Equal([[0, 5], [0, 6]], finished.Best(2).Select(hypothesis => hypothesis.Tokens));
    }

    [Theory]
    // Both finished hypotheses score −1 per token. An open beam of −5 over 4 tokens scores −1.25 now, −0.83 at best over 6.
    [InlineData(EarlyStopping.WhenEnoughFinished, -5.0, true)]
    [InlineData(EarlyStopping.Heuristic, -5.0, true)]
    [InlineData(EarlyStopping.WhenNoneCanImprove, -5.0, false)]
    [InlineData(EarlyStopping.WhenEnoughFinished, -3.0, true)]
    [InlineData(EarlyStopping.Heuristic, -3.0, false)]
    [InlineData(EarlyStopping.WhenNoneCanImprove, -3.0, false)]
    [InlineData(EarlyStopping.WhenNoneCanImprove, -6.5, true)]
    public void TheSearchEndsWhenEarlyStoppingSaysSo(EarlyStopping stopping, double best, bool settled)
    {
        var finished = new FinishedHypotheses(TwoBeams with { MaxLength = 7, EarlyStopping = stopping }, promptLength: 1);
        finished.Add([0, 5, 6], -3, 3);
        Assert.False(finished.IsSettled(best, length: 5));
        finished.Add([0, 5, 7], -3, 3);
        Assert.Equal(settled, finished.IsSettled(best, length: 5));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    public void WithoutARewardForLengthNoneCanImproveIsTheHeuristic(double penalty)
    {
        var options = TwoBeams with { MaxLength = 100, LengthPenalty = penalty };
        foreach (var stopping in new[] { EarlyStopping.Heuristic, EarlyStopping.WhenNoneCanImprove })
        {
            var finished = new FinishedHypotheses(options with { EarlyStopping = stopping }, promptLength: 1);
            finished.Add([0, 5], -3, 2);
            finished.Add([0, 6], -3, 2);
            Assert.True(finished.IsSettled(-3, length: 3));
        }
    }

    [Fact]
    public void BeamsOpenAtTheMaximumLengthCompeteWithFinishedOnes()
    {
        var scorer = new BeamScorer(TwoBeams with { MaxLength = 3 }, 1);
        var history = History([0, 4], [0, 5]);
        scorer.Advance([new(-8, 0, 1), new(-1, 1, 6), new(-2, 0, 7), new(-3, 0, 8)], history, 0);
        history.Select(scorer.Parents);
        history.Append(scorer.Tokens);
        scorer.CloseBeams(history, 0);
        Assert.Equal([[0, 5, 6], [0, 4, 7]], scorer.Best(2).Select(hypothesis => hypothesis.Tokens));
        Assert.Equal([-0.5, -1.0], scorer.Best(2).Select(hypothesis => hypothesis.Score));
    }

    [Fact]
    public void EveryEndTokenLeavesEnoughCandidatesForTheBeams()
    {
        Assert.Equal(4, BeamScorer.CandidatesPerStep(TwoBeams with { EosTokenIds = [] }));
        Assert.Equal(4, BeamScorer.CandidatesPerStep(TwoBeams));
        Assert.Equal(8, BeamScorer.CandidatesPerStep(TwoBeams with { EosTokenIds = [1, 2, 3] }));
    }

    [Fact]
    public void EqualCandidatesAreOrderedByBeamThenToken()
    {
        Candidate[] candidates = [new(-1, 1, 0), new(-1, 0, 9), new(0, 1, 1), new(-1, 0, 3)];
        Array.Sort(candidates, Candidate.BestFirst);
        Assert.Equal([new(0, 1, 1), new(-1, 0, 3), new(-1, 0, 9), new(-1, 1, 0)], candidates);
    }

    internal static TokenHistory History(params int[][] rows)
    {
        var longest = rows.Max(row => row.Length);
        return new([.. rows.Select(row => (int[])[.. row, .. new int[longest - row.Length]])], capacity: longest + 4);
    }
}
