namespace Wgqa.Data;

/// <summary>A text and what a model should make of it.</summary>
/// <param name="Source">What goes into the encoder.</param>
/// <param name="Target">What the decoder is trained on: of several references, the first.</param>
public sealed record TextPair(string Source, string Target)
{
    private readonly IReadOnlyList<string>? _references;

    /// <summary>All acceptable targets, <see cref="Target"/> first.</summary>
    public IReadOnlyList<string> References
    {
        get => _references ?? [Target];
        init => _references = value;
    }
}
