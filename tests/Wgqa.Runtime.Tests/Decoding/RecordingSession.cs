using Wgqa.Decoding;
using Wgqa.Decoding.Processors;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>Passes everything on and keeps, for each step, the inputs still decoded and their scores after the rules.</summary>
internal sealed class RecordingSession(IDecodingSession session, GenerationOptions options) : IDecodingSession
{
    private readonly List<int[]> _fed = [];   // per row, every token so far
    private int[] _inputs = [];

    /// <summary>Searches with both from a start token a row: the same tokens, and at each step the same rows and, within a tolerance, scores.</summary>
    public static void AssertAlike(IDecodingSession expected, IDecodingSession found, int rows, GenerationOptions options, float tolerance)
    {
        using var one = new RecordingSession(expected, options);
        using var other = new RecordingSession(found, options);
        int[][] prompts = [.. Enumerable.Repeat((int[])[0], rows)];

        Assert.Equal(SequenceDecoder.Decode(one, prompts, options).Tokens, SequenceDecoder.Decode(other, prompts, options).Tokens);
        Assert.Equal(one.Steps.Count, other.Steps.Count);
        foreach (var (x, y) in one.Steps.Zip(other.Steps))
        {
            Assert.Equal(x.Inputs, y.Inputs);
            Assert.All(x.Scores.SelectMany(row => row).Zip(y.Scores.SelectMany(row => row)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
    }

    /// <summary>Forty steps of both from three rows, drawn tokens in each, with the same rows repeated, swapped and dropped between them, as <paramref name="reorder"/> says after each step of so many (null leaves them): the same logits.</summary>
    public static void AssertAlikeWhenReordered(IDecodingSession expected, IDecodingSession found, int seed, Func<int, int, Random, int[]?> reorder)
    {
        var random = new Random(seed);
        var rows = 3;
        for (var step = 0; step < 40; step++)
        {
            using var tokens = tensor([.. Enumerable.Range(0, rows).Select(_ => (long)random.Next(2, 40))], [rows, 1], dtype: ScalarType.Int64, device: TestDevice.Current);
            using var logits = found.Step(tokens);
            using var same = expected.Step(tokens);
            Assert.True(logits.allclose(same, 0, 1e-4), $"step {step}");
            if (reorder(step, rows, random) is { } order)
            {
                found.Reorder(order);
                expected.Reorder(order);
                rows = order.Length;
            }
        }
    }

    public List<(int[] Inputs, float[][] Scores)> Steps { get; } = [];

    public Device Device => session.Device;

    public long VocabularySize => session.VocabularySize;

    public Tensor Step(Tensor tokens)
    {
        var added = tokens.cpu().data<long>().ToArray().Chunk((int)tokens.size(1)).Select(row => row.Select(token => (int)token).ToArray()).ToArray();
        if (_fed.Count == 0)
        {
            _fed.AddRange(added);
            _inputs = [.. Enumerable.Range(0, added.Length)];
        }
        else
        {
            for (var row = 0; row < added.Length; row++)
            {
                _fed[row] = [.. _fed[row], .. added[row]];
            }
        }

        var logits = session.Step(tokens);
        using var scores = logits.to_type(ScalarType.Float32).clone();
        var history = new TokenHistory(_fed, _fed[0].Length);
        foreach (var processor in ScoreProcessors.For(options, 1))
        {
            processor.Apply(history, scores);
        }

        Steps.Add((_inputs, [.. scores.data<float>().ToArray().Chunk((int)VocabularySize)]));
        return logits;
    }

    public void Reorder(ReadOnlySpan<int> rows)
    {
        session.Reorder(rows);
        int[][] fed = [.. rows.ToArray().Select(row => _fed[row])];
        _inputs = [.. rows.ToArray().Select(row => _inputs[row])];
        _fed.Clear();
        _fed.AddRange(fed);
    }

    public void Dispose() => session.Dispose();
}
