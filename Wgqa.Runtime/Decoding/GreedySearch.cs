using Wgqa.Decoding.Processors;
using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>The likeliest token at every step; the lowest of equally likely ones.</summary>
internal static class GreedySearch
{
    public static GeneratedSequences Run(IDecodingSession session, IReadOnlyList<int[]> prompts, GenerationOptions options)
    {
        var promptLength = prompts[0].Length;
        var longest = options.MaxLengthAfter(promptLength);
        var processors = ScoreProcessors.For(options, promptLength);
        var history = new TokenHistory(prompts, longest);
        var choices = session is IChoosingSession choosing && processors.All(processor => processor.AppliesAt(promptLength) is not null)
            ? new DeviceChoices(choosing, processors, options, longest)
            : null;
        var inputs = Enumerable.Range(0, prompts.Count).ToArray();   // the input that each row still running belongs to
        var finished = new int[prompts.Count][];
        for (var unseen = promptLength; inputs.Length > 0; unseen = 1)
        {
            if (choices is not null)
            {
                choices.Extend(history);
            }
            else
            {
                history.Append(Choose(session, history, unseen, processors));
            }

            var running = new List<int>(inputs.Length);
            for (var row = 0; row < inputs.Length; row++)
            {
                var tokens = history.Row(row);
                if (tokens.Length == longest || options.EosTokenIds.Contains(tokens[^1]))
                {
                    finished[inputs[row]] = tokens.ToArray();
                }
                else
                {
                    running.Add(row);
                }
            }

            if (running.Count < inputs.Length)
            {
                // A row that has ended would go on costing as much as one that has not.
                inputs = [.. running.Select(row => inputs[row])];
                KeepRows(session, history, [.. running]);
            }
        }

        return GeneratedSequences.From(finished, null, options.PadTokenId);
    }

    private static int[] Choose(IDecodingSession session, TokenHistory history, int unseen, IReadOnlyList<IScoreProcessor> processors)
    {
        using var scope = NewDisposeScope();
        var logits = history.FeedTo(session, unseen).to_type(ScalarType.Float32);   // (rows, V)
        foreach (var processor in processors)
        {
            processor.Apply(history, logits);
        }

        return [.. logits.argmax(-1).cpu().data<long>().ToArray().Select(token => (int)token)];
    }

    private static void KeepRows(IDecodingSession session, TokenHistory history, int[] rows)
    {
        history.Select(rows);
        if (rows.Length > 0)
        {
            session.Reorder(rows);
        }
    }
}
