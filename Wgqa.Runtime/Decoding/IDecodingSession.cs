using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>A model part-way through a batch of sequences: all that a search needs to know of it.</summary>
public interface IDecodingSession : IDisposable
{
    /// <summary>Where the model computes.</summary>
    Device Device { get; }

    /// <summary>Tokens V that the model scores.</summary>
    long VocabularySize { get; }

    /// <summary>Extends each sequence and scores what comes next.</summary>
    /// <param name="tokens">[rows, t] int64: the prompts at first, then one token a row.</param>
    /// <returns>[rows, V], contiguous: logits of the token after the last one given. The caller's to change and dispose.</returns>
    Tensor Step(Tensor tokens);

    /// <summary>Makes sequence i what sequence <paramref name="rows"/>[i] was; sequences may be repeated or left out.</summary>
    void Reorder(ReadOnlySpan<int> rows);
}
