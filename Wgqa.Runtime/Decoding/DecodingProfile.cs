using Wgqa.Profiling;
using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>A part of decoding.</summary>
public enum DecodingPart
{
    /// <summary>Texts to ids, padding, and ids to texts.</summary>
    Text,

    /// <summary>The encoder.</summary>
    Encode,

    /// <summary>The decoder's steps, to the logits.</summary>
    Decode,

    /// <summary>Choosing tokens: logits to the processor, processors of scores, hypotheses.</summary>
    Search,

    /// <summary>Rows of the caches that move, multiply or are dropped.</summary>
    Reorder,
}

/// <summary>
/// Where decoding's time goes: give one to what decodes, and ask it afterwards. What happens between two pieces of work is not counted. On a CUDA device
/// each part is waited for, which makes decoding slower.
/// </summary>
public sealed class DecodingProfile
{
    private readonly PartClock<DecodingPart> _clock = new();
    private int _steps;
    private bool _measuring;

    /// <summary>What has been measured; null where nothing was decoded.</summary>
    public Profile? Measured => _steps == 0 ? null : _clock.Measured("decoding step", _steps);

    /// <summary>The time since the last mark belongs to this part.</summary>
    internal void Mark(DecodingPart part) => _clock.Mark(part);

    /// <summary>A piece of work begins, which ends when the result is disposed; within another one it is part of it.</summary>
    internal IDisposable? Measure()
    {
        if (_measuring)
        {
            return null;
        }

        _measuring = true;
        _clock.Skip();
        OperatorTimes.Begin();
        return new Work(this);
    }

    internal void CountStep() => _steps++;

    private sealed class Work(DecodingProfile profile) : IDisposable
    {
        public void Dispose()
        {
            profile.Mark(DecodingPart.Text);
            OperatorTimes.End();
            profile._measuring = false;
        }
    }
}

/// <summary>A session that says what its time is spent on; it stays the caller's.</summary>
internal class ProfiledSession(IDecodingSession session, DecodingProfile profile) : IDecodingSession
{
    /// <summary>One that can choose where the session can.</summary>
    public static ProfiledSession Over(IDecodingSession session, DecodingProfile profile) =>
        session is IChoosingSession choosing ? new ProfiledChoosingSession(choosing, profile) : new ProfiledSession(session, profile);

    /// <inheritdoc/>
    public Device Device => session.Device;

    /// <inheritdoc/>
    public long VocabularySize => session.VocabularySize;

    /// <inheritdoc/>
    public Tensor Step(Tensor tokens)
    {
        profile.Mark(DecodingPart.Search);
        var logits = session.Step(tokens);
        profile.Mark(DecodingPart.Decode);
        profile.CountStep();
        return logits;
    }

    /// <inheritdoc/>
    public void Reorder(ReadOnlySpan<int> rows)
    {
        profile.Mark(DecodingPart.Search);
        session.Reorder(rows);
        profile.Mark(DecodingPart.Reorder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

/// <summary>The same of a session that chooses tokens itself.</summary>
internal sealed class ProfiledChoosingSession(IChoosingSession session, DecodingProfile profile) : ProfiledSession(session, profile), IChoosingSession
{
    private readonly DecodingProfile _profile = profile;

    /// <inheritdoc/>
    public void Start(Tensor tokens) => session.Start(tokens);

    /// <inheritdoc/>
    public void Ban(Tensor scores) => session.Ban(scores);

    /// <inheritdoc/>
    public void Extend()
    {
        _profile.Mark(DecodingPart.Search);
        session.Extend();
        _profile.Mark(DecodingPart.Decode);
        _profile.CountStep();
    }

    /// <inheritdoc/>
    public Tensor Chosen(int count) => session.Chosen(count);
}
