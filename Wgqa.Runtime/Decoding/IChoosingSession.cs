using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>A session that can choose the likeliest token itself, where it computes, and go on from it: the host hears of it when it asks.</summary>
internal interface IChoosingSession : IDecodingSession
{
    /// <summary>Gives the tokens to go on from.</summary>
    /// <param name="tokens">[rows, t] int64: the prompts.</param>
    void Start(Tensor tokens);

    /// <summary>Adds to every row's scores from now on.</summary>
    /// <param name="scores">[V] float32: 0 or −∞.</param>
    void Ban(Tensor scores);

    /// <summary>Extends each row by its likeliest token, the lowest of equally likely ones.</summary>
    void Extend();

    /// <summary>The newest tokens chosen.</summary>
    /// <param name="count">How many of each row.</param>
    /// <returns>[rows, count] int64, on the session's device; the caller's to dispose.</returns>
    Tensor Chosen(int count);
}
