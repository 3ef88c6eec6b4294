using System.Diagnostics;
using TorchSharp;
using Wgqa.Data;
using Wgqa.Decoding;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Recipes;

/// <summary>Measurements on a trained model and its fold.</summary>
internal static class FoldCheck
{
    /// <summary>The largest absolute difference between two models' logits over a batch, at positions with a label.</summary>
    public static double MaxError(T5 first, T5 second, Seq2SeqBatch batch)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        first.eval();
        second.eval();
        var read = T5.ShiftRight(batch.Labels, first.Config.DecoderStartTokenId, first.Config.PadTokenId);
        var difference = (first.forward(batch.InputIds, batch.AttentionMask, read) - second.forward(batch.InputIds, batch.AttentionMask, read)).abs();   // (b, t, V)
        var ignored = batch.Labels.eq(T5.IgnoredLabel).unsqueeze(-1);                                                                                // (b, t, 1)
        return difference.masked_fill(ignored, 0).max().ToDouble();
    }

    /// <summary>
    /// Tokens per second that a model generates greedily from a batch: a fixed number for every row, whatever it would rather
    /// say, so that models can be compared. The median run of a second, after a second to warm up.
    /// </summary>
    public static double TokensPerSecond(T5 model, Seq2SeqBatch batch)
    {
        const int NewTokens = 32;
        var options = new GenerationOptions
        {
            MaxNewTokens = NewTokens,
            MinNewTokens = NewTokens,
            PadTokenId = model.Config.PadTokenId,
            DecoderStartTokenId = model.Config.DecoderStartTokenId,
            EosTokenIds = [model.Config.EosTokenId],
        };

        // The first seconds of a process go to the just-in-time compiler: a model measured early would look slow.
        Measure(TimeSpan.FromSeconds(1), least: 1);
        return batch.Rows * NewTokens / Measure(TimeSpan.FromSeconds(1), least: 3);

        double Measure(TimeSpan time, int least)
        {
            var seconds = new List<double>();
            for (var all = Stopwatch.StartNew(); seconds.Count < least || all.Elapsed < time;)
            {
                var clock = Stopwatch.StartNew();
                model.Generate(batch.InputIds, options, batch.AttentionMask);
                seconds.Add(clock.Elapsed.TotalSeconds);
            }

            return seconds.Order().ElementAt(seconds.Count / 2);
        }
    }

    /// <summary>Bytes that the caches hold for one decoded and one source token of one text, after decoding the batch's labels.</summary>
    public static long CacheBytesPerToken(T5 model, Seq2SeqBatch batch)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        model.eval();
        var read = T5.ShiftRight(batch.Labels, model.Config.DecoderStartTokenId, model.Config.PadTokenId);
        var encoded = model.Encode(batch.InputIds, batch.AttentionMask);
        using var cache = model.NewCache(read.size(1));
        model.Decode(read, encoded, batch.AttentionMask, cache: cache);
        return cache.BytesPerToken;
    }
}
