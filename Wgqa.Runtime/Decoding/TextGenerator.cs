using Wgqa.Data;
using Wgqa.Models;
using Wgqa.Text;
using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>Texts in, texts out: a T5 and its tokenizer, in batches of texts of like length.</summary>
/// <param name="model">The model; it stays the caller's.</param>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="options">How to search.</param>
/// <param name="batchSize">Texts decoded together.</param>
/// <param name="maxSourceLength">Tokens of a text that the model reads, the end token included; the rest is cut off.</param>
public sealed class TextGenerator(T5 model, T5Tokenizer tokenizer, GenerationOptions options, int batchSize = 8, int maxSourceLength = 512)
{
    /// <summary>Measures where the time goes; null measures nothing.</summary>
    public DecodingProfile? Profile { get; init; }

    /// <summary>Generates from every text.</summary>
    /// <param name="texts">The texts, in any order.</param>
    /// <param name="progress">Told how many texts are done, after each batch.</param>
    /// <returns><c>num_return_sequences</c> texts for each text, best first, in the texts' order; no special tokens.</returns>
    /// <exception cref="UserException">The options contradict themselves or the model, or the tokenizer does not fit it.</exception>
    public IReadOnlyList<string> Generate(IReadOnlyList<string> texts, IProgress<int>? progress = null)
    {
        if (batchSize < 1)
        {
            throw new UserException($"the batch size is {batchSize}; it must be at least 1.");
        }

        if (maxSourceLength < 1)
        {
            throw new UserException($"the longest source is {maxSourceLength} tokens; it must be at least 1.");
        }

        tokenizer.EnsureFits(model.Config.VocabSize, "the model's configuration");
        using var measured = Profile?.Measure();
        var ids = tokenizer.EncodeBatch(texts, maxSourceLength);
        var generated = new string[texts.Count * options.NumReturnSequences];
        var done = 0;

        // The longest first: what does not fit in memory fails at once, and rows of a batch need little padding.
        foreach (var batch in Enumerable.Range(0, texts.Count).OrderByDescending(text => ids[text].Length).Chunk(batchSize))
        {
            var rows = Generate([.. batch.Select(text => ids[text])]).Tokens;
            for (var i = 0; i < rows.Count; i++)
            {
                var (row, rank) = Math.DivRem(i, options.NumReturnSequences);
                generated[(batch[row] * options.NumReturnSequences) + rank] = tokenizer.Decode(rows[i]);
            }

            progress?.Report(done += batch.Length);
        }

        return generated;
    }

    private GeneratedSequences Generate(int[][] rows)
    {
        var width = rows.Max(row => row.Length);
        var padded = new long[rows.Length * width];
        var mask = new long[rows.Length * width];
        Array.Fill(padded, options.PadTokenId);
        for (var row = 0; row < rows.Length; row++)
        {
            for (var i = 0; i < rows[row].Length; i++)
            {
                padded[(row * width) + i] = rows[row][i];
                mask[(row * width) + i] = 1;
            }
        }

        var device = model.parameters().First().device;
        using var inputIds = tensor(padded, [rows.Length, width], dtype: ScalarType.Int64).Sent(device);
        using var attentionMask = tensor(mask, [rows.Length, width], dtype: ScalarType.Int64).Sent(device);
        Profile?.Mark(DecodingPart.Text);
        return model.Generate(inputIds, options, attentionMask, Profile);
    }
}
