using Wgqa.Decoding.Processors;
using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>
/// Greedy steps chosen on the device. The host waits for it only where a row may have ended: no step is waited for while the end tokens are banned. Each other one is: a row
/// that ends is worth more than the microseconds which a copy of one number a row takes, and steps computed after the last row's end would cost more than that.
/// </summary>
/// <param name="session">Chooses.</param>
/// <param name="processors">Rules that go by length alone.</param>
/// <param name="options">How to search.</param>
/// <param name="longest">The longest sequence.</param>
internal sealed class DeviceChoices(IChoosingSession session, IReadOnlyList<IScoreProcessor> processors, GenerationOptions options, int longest)
{
    private bool[]? _applied;   // which rules the session's bans are of
    private bool _mayEnd;

    /// <summary>Takes steps until a row may have ended.</summary>
    public void Extend(TokenHistory history)
    {
        if (_applied is null)
        {
            using var prompts = history.Newest(history.Length, session.Device);
            session.Start(prompts);
        }

        var length = history.Length;
        do
        {
            BanAt(length);
            session.Extend();
            length++;
        }
        while (length < longest && !_mayEnd);

        var added = length - history.Length;
        using var chosen = session.Chosen(added);
        using var onHost = chosen.cpu();
        var tokens = onHost.data<long>().ToArray();
        for (var step = 0; step < added; step++)
        {
            history.Append([.. Enumerable.Range(0, history.Rows).Select(row => (int)tokens[(row * added) + step])]);
        }
    }

    private void BanAt(int length)
    {
        bool[] applied = [.. processors.Select(processor => processor.AppliesAt(length) == true)];
        if (_applied?.SequenceEqual(applied) == true)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var scores = zeros([1, session.VocabularySize], ScalarType.Float32);
        var row = new TokenHistory([new int[length]], length);
        foreach (var processor in processors)
        {
            processor.Apply(row, scores);
        }

        var allowed = scores.view(-1).data<float>().ToArray();
        _mayEnd = options.EosTokenIds.Any(token => !float.IsNegativeInfinity(allowed[token]));
        session.Ban(scores.view(-1));
        _applied = applied;
    }
}
