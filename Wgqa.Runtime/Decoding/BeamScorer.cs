namespace Wgqa.Decoding;

/// <summary>One way to continue a beam.</summary>
/// <param name="Score">Σ log p with the new token.</param>
/// <param name="Beam">The beam continued, 0 … num_beams−1.</param>
/// <param name="Token">The new token.</param>
internal readonly record struct Candidate(float Score, int Beam, int Token)
{
    /// <summary>Best first; of two equals the lower beam, then the lower token.</summary>
    public static readonly Comparison<Candidate> BestFirst = (x, y) =>
        y.Score.CompareTo(x.Score) is not 0 and var byScore ? byScore
        : x.Beam.CompareTo(y.Beam) is not 0 and var byBeam ? byBeam
        : x.Token.CompareTo(y.Token);
}

/// <summary>The beams of one input and its finished hypotheses: which candidates live, end or fall away at each step.</summary>
internal sealed class BeamScorer
{
    // What Hugging Face gives every beam but the first at the start, when all hold the same tokens.
    private const float NotYetDistinct = -1e9f;

    private readonly GenerationOptions _options;
    private readonly FinishedHypotheses _finished;
    private readonly int _promptLength;

    public BeamScorer(GenerationOptions options, int promptLength)
    {
        (_options, _promptLength) = (options, promptLength);
        _finished = new(options, promptLength);
        Scores = new float[options.NumBeams];
        Scores.AsSpan(1).Fill(NotYetDistinct);
        (Parents, Tokens) = (new int[options.NumBeams], new int[options.NumBeams]);
    }

    /// <summary>Candidates that a step needs, so that beams remain whatever ends.</summary>
    public static int CandidatesPerStep(GenerationOptions options) => Math.Max(2, 1 + options.EosTokenIds.Count) * options.NumBeams;

    /// <summary>Σ log p of each beam.</summary>
    public float[] Scores { get; }

    /// <summary>The beam that each beam continues, after a step.</summary>
    public int[] Parents { get; }

    /// <summary>Each beam's newest token, after a step.</summary>
    public int[] Tokens { get; }

    /// <summary>Whether the search for this input is over.</summary>
    public bool IsDone { get; private set; }

    /// <summary>One step.</summary>
    /// <param name="candidates">The best continuations, in <see cref="Candidate.BestFirst"/> order.</param>
    /// <param name="history">The beams' tokens so far.</param>
    /// <param name="firstRow">The history's row of beam 0.</param>
    public void Advance(ReadOnlySpan<Candidate> candidates, TokenHistory history, int firstRow)
    {
        var length = history.Length + 1;
        var open = 0;
        for (var rank = 0; rank < candidates.Length && open < _options.NumBeams; rank++)
        {
            var candidate = candidates[rank];
            if (!_options.EosTokenIds.Contains(candidate.Token))
            {
                (Scores[open], Parents[open], Tokens[open]) = (candidate.Score, candidate.Beam, candidate.Token);
                open++;
            }
            else if (rank < _options.NumBeams)
            {
                _finished.Add(history.Row(firstRow + candidate.Beam), candidate.Score, length - _promptLength);
            }
        }

        if (open < _options.NumBeams)
        {
            throw new InvalidOperationException($"{candidates.Length} candidates leave {open} of {_options.NumBeams} beams");
        }

        IsDone |= _finished.IsSettled(candidates[0].Score, length);
    }

    /// <summary>At the maximum length: lets the beams still open compete with finished hypotheses.</summary>
    /// <param name="history">The beams' tokens, the last step's included.</param>
    /// <param name="firstRow">The history's row of beam 0.</param>
    public void CloseBeams(TokenHistory history, int firstRow)
    {
        for (var beam = 0; beam < _options.NumBeams; beam++)
        {
            _finished.Add(history.Row(firstRow + beam), Scores[beam], history.Length - _promptLength);
        }
    }

    /// <summary>The best hypotheses, best first.</summary>
    public IEnumerable<Hypothesis> Best(int count) => _finished.Best(count);
}
