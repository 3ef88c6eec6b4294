using Wgqa.Attention;
using Wgqa.Data;
using Wgqa.Decoding.Processors;
using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>
/// The best <c>num_beams</c> open sequences of each input, extended together. The rows of the session and of the history
/// are the beams of the first input still searched, then those of the second, and so on.
/// </summary>
internal static class BeamSearch
{
    public static GeneratedSequences Run(IDecodingSession session, IReadOnlyList<int[]> prompts, GenerationOptions options)
    {
        var promptLength = prompts[0].Length;
        var longest = options.MaxLengthAfter(promptLength);
        var processors = ScoreProcessors.For(options, promptLength);
        var history = new TokenHistory(prompts, longest);
        BeamScorer[] inputs = [.. prompts.Select(_ => new BeamScorer(options, promptLength))];
        var open = inputs;
        var logits = ExpandToBeams(session, history, options.NumBeams);
        while (true)
        {
            var candidates = Candidates(logits, history, processors, open, options);
            for (var i = 0; i < open.Length; i++)
            {
                open[i].Advance(candidates[i], history, i * options.NumBeams);
            }

            var (parents, tokens) = Survivors(open, options.NumBeams);
            history.Select(parents);
            history.Append(tokens);
            open = [.. open.Where(input => !input.IsDone)];
            if (open.Length == 0 || history.Length == longest)
            {
                break;
            }

            session.Reorder(parents);
            logits = history.FeedTo(session, 1);
        }

        for (var i = 0; i < open.Length; i++)
        {
            open[i].CloseBeams(history, i * options.NumBeams);
        }

        Hypothesis[] found = [.. inputs.SelectMany(input => input.Best(options.NumReturnSequences))];
        return GeneratedSequences.From(
            [.. found.Select(hypothesis => hypothesis.Tokens.Length < longest ? [.. hypothesis.Tokens, options.EosTokenIds[0]] : hypothesis.Tokens)],
            [.. found.Select(hypothesis => (float)hypothesis.Score)],
            options.PadTokenId);
    }

    /// <summary>Feeds the prompts once per input, and only then makes every row <paramref name="beams"/> rows.</summary>
    /// <returns>[b·beams, V].</returns>
    private static Tensor ExpandToBeams(IDecodingSession session, TokenHistory history, int beams)
    {
        using var logits = history.FeedTo(session, history.Length);   // (b, V)
        int[] rows = [.. Enumerable.Range(0, history.Rows * beams).Select(row => row / beams)];
        session.Reorder(rows);
        history.Select(rows);
        return logits.repeat_interleave(beams, 0);                    // (b·beams, V)
    }

    /// <summary>Each open input's best continuations, in <see cref="Candidate.BestFirst"/> order. Disposes the logits.</summary>
    private static Candidate[][] Candidates(
        Tensor logits, TokenHistory history, IReadOnlyList<IScoreProcessor> processors, BeamScorer[] open, GenerationOptions options)
    {
        using var consumed = logits;
        using var scope = NewDisposeScope();
        var logProbabilities = logits.log_softmax(-1, ScalarType.Float32);                                  // (rows, V)
        foreach (var processor in processors)
        {
            processor.Apply(history, logProbabilities);
        }

        float[] beamScores = [.. open.SelectMany(input => input.Scores)];
        var vocabulary = logits.size(1);
        var totals = logProbabilities
            .Increase(tensor(beamScores, [beamScores.Length, 1]).Sent(logits.device))                       // (rows, V)
            .view(open.Length, options.NumBeams * vocabulary);                                              // (inputs, beams·V)
        var (best, positions) = totals.topk(BeamScorer.CandidatesPerStep(options), 1);                      // (inputs, candidates)
        var scores = best.cpu().data<float>().ToArray();
        var indices = positions.cpu().data<long>().ToArray();
        var perInput = scores.Zip(indices, (score, index) => new Candidate(score, (int)(index / vocabulary), (int)(index % vocabulary)))
            .Chunk(BeamScorer.CandidatesPerStep(options))
            .ToArray();
        foreach (var candidates in perInput)
        {
            Array.Sort(candidates, Candidate.BestFirst);
        }

        return perInput;
    }

    /// <summary>The rows that the beams of inputs not yet done continue, and their new tokens.</summary>
    private static (int[] Parents, int[] Tokens) Survivors(BeamScorer[] open, int beams)
    {
        var parents = new List<int>(open.Length * beams);
        var tokens = new List<int>(open.Length * beams);
        for (var i = 0; i < open.Length; i++)
        {
            if (!open[i].IsDone)
            {
                parents.AddRange(open[i].Parents.Select(beam => (i * beams) + beam));
                tokens.AddRange(open[i].Tokens);
            }
        }

        return ([.. parents], [.. tokens]);
    }
}
