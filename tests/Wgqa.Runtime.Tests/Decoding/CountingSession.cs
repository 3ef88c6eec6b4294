using Wgqa.Decoding;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>Passes everything on and says so before each step.</summary>
internal sealed class CountingSession(IDecodingSession session, Action onStep) : IDecodingSession
{
    public Device Device => session.Device;

    public long VocabularySize => session.VocabularySize;

    public Tensor Step(Tensor tokens)
    {
        onStep();
        return session.Step(tokens);
    }

    public void Reorder(ReadOnlySpan<int> rows) => session.Reorder(rows);

    public void Dispose() => session.Dispose();
}
