using Wgqa.Decoding;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>A model whose next-token logits are an arbitrary but fixed function of a row's input and all of its tokens.</summary>
internal sealed class InventedSession(int vocabulary, int[] inputs, Func<int, float[], float[]>? shape = null) : IDecodingSession
{
    private List<(int Input, int[] Tokens)> _rows = [.. inputs.Select(input => (input, Array.Empty<int>()))];

    public Device Device => CPU;

    public long VocabularySize => vocabulary;

    /// <summary>Rows computed in each step so far.</summary>
    public List<int> RowsPerStep { get; } = [];

    public float[] Logits(int input, ReadOnlySpan<int> tokens)
    {
        var seed = 17 + input;
        foreach (var token in tokens)
        {
            seed = unchecked((seed * 31) + token + 1);
        }

        var random = new Random(seed);
        float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => (float)(random.NextDouble() * 4))];
        return shape?.Invoke(tokens.Length, logits) ?? logits;
    }

    public double[] LogProbabilities(int input, ReadOnlySpan<int> tokens)
    {
        var logits = Logits(input, tokens);
        var normalizer = Math.Log(logits.Sum(logit => Math.Exp(logit)));
        return [.. logits.Select(logit => logit - normalizer)];
    }

    public Tensor Step(Tensor tokens)
    {
        Assert.Equal(_rows.Count, tokens.size(0));
        var width = (int)tokens.size(1);
        var added = tokens.data<long>().ToArray();
        _rows = [.. _rows.Select((row, i) => (row.Input, (int[])[.. row.Tokens, .. added[(i * width)..((i + 1) * width)].Select(token => (int)token)]))];
        RowsPerStep.Add(_rows.Count);
        return tensor([.. _rows.SelectMany(row => Logits(row.Input, row.Tokens))], [_rows.Count, vocabulary]);
    }

    public void Reorder(ReadOnlySpan<int> rows) => _rows = [.. rows.ToArray().Select(row => _rows[row])];

    public void Dispose()
    {
    }
}
