using TorchSharp;
using Wgqa.Decoding;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>The searches on an invented model, against straightforward ones; token 1 ends a sequence.</summary>
public class SequenceDecoderTests
{
    private static readonly int[] Inputs = [3, 14, 15, 92, 65];

    [Fact]
    public void GreedySearchTakesTheLikeliestTokenOfEachRow()
    {
        using var session = new InventedSession(5, Inputs);
        var options = new GenerationOptions { MaxLength = 12 };
        var found = SequenceDecoder.Decode(session, Start(Inputs.Length), options);
        Assert.Null(found.Scores);
        var expected = Inputs.Select(input => Greedy(session, input, 12)).ToArray();
        var width = expected.Max(row => row.Length);
        Assert.True(expected.Any(row => row.Length < width), "the rows should end at different steps");
        Assert.Equal(expected.Select(row => (int[])[.. row, .. new int[width - row.Length]]), found.Tokens);
    }

    [Fact]
    public void GreedySearchComputesOnlyRowsThatHaveNotEnded()
    {
        using var session = new InventedSession(5, Inputs);
        var found = SequenceDecoder.Decode(session, Start(Inputs.Length), new() { MaxLength = 12 });
        var lengths = found.Tokens.Select(row => Array.IndexOf(row, 1) is var end && end < 0 ? row.Length : end + 1).ToArray();
        Assert.Equal(Enumerable.Range(1, lengths.Max() - 1).Select(step => lengths.Count(length => length > step)), session.RowsPerStep);
    }

    [Fact]
    public void TheLowestOfEquallyLikelyTokensWins()
    {
        using var session = new InventedSession(6, [0], (_, _) => [0, -1, 2, 2, 2, 1]);
        Assert.Equal([0, 2, 2, 2], SequenceDecoder.Decode(session, Start(1), new() { MaxLength = 4 }).Tokens[0]);
    }

    [Fact]
    public void APromptOfSeveralTokensIsReadAtOnce()
    {
        using var session = new InventedSession(5, [7]);
        var found = SequenceDecoder.Decode(session, [[0, 4, 3]], new() { MaxNewTokens = 1 }).Tokens[0];
        Assert.Equal([0, 4, 3, Likeliest(session.Logits(7, [0, 4, 3]))], found);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(2.0)]
    public void BeamsThatHoldEverySequenceFindTheBestOfAll(double penalty)
    {
        using var session = new InventedSession(4, Inputs);
        var options = new GenerationOptions { NumBeams = 128, NumReturnSequences = 3, MaxLength = 5, LengthPenalty = penalty, EarlyStopping = EarlyStopping.WhenNoneCanImprove };
        var found = SequenceDecoder.Decode(session, Start(Inputs.Length), options);
        var expected = Inputs
            .SelectMany(input => Everything(session, input, 5).Select(sequence => (sequence.Tokens, Score: sequence.Sum / Math.Pow(sequence.Tokens.Length - 1, penalty))).OrderByDescending(sequence => sequence.Score).Take(3))
            .ToArray();
        Assert.Equal(expected.Select(sequence => (int[])[.. sequence.Tokens, .. new int[found.Tokens[0].Length - sequence.Tokens.Length]]), found.Tokens);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Score, found.Scores![i], 1e-4);
        }
    }

    [Theory]
    [InlineData(EarlyStopping.Heuristic)]
    [InlineData(EarlyStopping.WhenEnoughFinished)]
    public void OneBeamFindsWhatGreedySearchFinds(EarlyStopping stopping)
    {
        var options = new GenerationOptions { MaxLength = 12, NoRepeatNgramSize = 2, MinLength = 3, EarlyStopping = stopping };
        using var greedy = new InventedSession(9, Inputs);
        using var beam = new InventedSession(9, Inputs);
        Assert.Equal(GreedySearch.Run(greedy, Start(Inputs.Length), options).Tokens, BeamSearch.Run(beam, Start(Inputs.Length), options).Tokens);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void EachRowAloneGivesWhatItGivesInABatch(int beams)
    {
        var options = new GenerationOptions { MaxLength = 12, NumBeams = beams, NumReturnSequences = beams, RepetitionPenalty = 1.2 };
        using var together = new InventedSession(7, Inputs);
        var batch = SequenceDecoder.Decode(together, Start(Inputs.Length), options).Tokens.Select(WithoutPadding).ToArray();
        for (var i = 0; i < Inputs.Length; i++)
        {
            using var alone = new InventedSession(7, [Inputs[i]]);
            var found = SequenceDecoder.Decode(alone, Start(1), options).Tokens.Select(WithoutPadding).ToArray();
            Assert.Equal(batch[(i * beams)..((i + 1) * beams)], found);
        }
    }

    [Fact]
    public void BeamSearchReadsThePromptOncePerInputAndDropsInputsThatAreDone()
    {
        using var session = new InventedSession(5, Inputs);
        SequenceDecoder.Decode(session, Start(Inputs.Length), new() { NumBeams = 3, MaxLength = 30, EarlyStopping = EarlyStopping.WhenEnoughFinished });
        Assert.Equal(Inputs.Length, session.RowsPerStep[0]);
        Assert.Equal(Inputs.Length * 3, session.RowsPerStep[1]);
        Assert.True(session.RowsPerStep[^1] < Inputs.Length * 3);
        Assert.All(session.RowsPerStep.Skip(1), rows => Assert.Equal(0, rows % 3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void AForcedEndStandsAtTheMaximumLength(int beams)
    {
        using var session = new InventedSession(9, Inputs);
        var options = new GenerationOptions { MaxLength = 6, MinLength = 6, ForcedBosTokenId = 8, ForcedEosTokenId = 1, NumBeams = beams };
        // min_length 6 forbids the end as the sixth token too; the forced token overrides it.
        Assert.All(SequenceDecoder.Decode(session, Start(Inputs.Length), options).Tokens, row => Assert.True(row is [0, 8, _, _, _, 1]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void WithoutAnEndTokenEverySequenceReachesTheMaximumLength(int beams)
    {
        using var session = new InventedSession(9, Inputs);
        var found = SequenceDecoder.Decode(session, Start(Inputs.Length), new() { MaxLength = 7, EosTokenIds = [], NumBeams = beams });
        Assert.Equal(7, found.Tokens[0].Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AnyOfSeveralEndTokensEndsASequence(int beams)
    {
        using var session = new InventedSession(5, Inputs);
        var options = new GenerationOptions { MaxLength = 12, EosTokenIds = [1, 4], NumBeams = beams, PadTokenId = 3 };
        foreach (var row in SequenceDecoder.Decode(session, Start(Inputs.Length), options).Tokens)
        {
            var end = Array.FindIndex(row, token => token is 1 or 4);
            Assert.True(end < 0 || row[(end + 1)..].All(token => token == 3));
        }
    }

    [Fact]
    public void NoInputsGiveNoSequences()
    {
        using var session = new InventedSession(5, []);
        Assert.Empty(SequenceDecoder.Decode(session, [], new()).Tokens);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void NoTensorOutlivesASearch(int beams)
    {
        using var session = new InventedSession(7, Inputs);
        var options = new GenerationOptions { MaxLength = 12, NumBeams = beams, RepetitionPenalty = 1.1, NoRepeatNgramSize = 2, MinLength = 4, BadWordsIds = [[5]], SuppressTokens = [6], ForcedEosTokenId = 1 };
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        SequenceDecoder.Decode(session, Start(Inputs.Length), options);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static int[][] Start(int rows) => [.. Enumerable.Repeat((int[])[0], rows)];

    private static int Likeliest(float[] logits) => Array.IndexOf(logits, logits.Max());

    private static int[] WithoutPadding(int[] row) => row[..(row.Length - row.Reverse().TakeWhile(token => token == 0).Count())];

    private static int[] Greedy(InventedSession session, int input, int longest)
    {
        var tokens = new List<int> { 0 };
        while (tokens.Count < longest && tokens[^1] != 1)
        {
            tokens.Add(Likeliest(session.Logits(input, [.. tokens])));
        }

        return [.. tokens];
    }

    private static IEnumerable<(int[] Tokens, double Sum)> Everything(InventedSession session, int input, int longest)
    {
        IEnumerable<(int[] Tokens, double Sum)> open = [([0], 0)];
        for (var length = 1; length < longest; length++)
        {
            var longer = open.SelectMany(sequence => session.LogProbabilities(input, sequence.Tokens).Select((p, token) => (Tokens: (int[])[.. sequence.Tokens, token], Sum: sequence.Sum + p))).ToArray();
            foreach (var ended in longer.Where(sequence => sequence.Tokens[^1] == 1))
            {
                yield return ended;
            }

            open = longer.Where(sequence => sequence.Tokens[^1] != 1);
        }

        foreach (var cut in open)
        {
            yield return cut;
        }
    }
}
