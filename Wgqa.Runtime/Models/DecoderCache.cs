using Wgqa.Attention;
using static TorchSharp.torch;

namespace Wgqa.Models;

/// <summary>
/// What a decoder keeps between tokens: per block the keys and values of its own tokens and of the encoder's output, G
/// heads each, and the position bias of the newest token. Made by <see cref="T5.NewCache"/>.
/// </summary>
public sealed class DecoderCache : IDisposable
{
    private readonly long _capacity;
    private readonly KeyValueCache[] _self;
    private readonly KeyValueCache[] _cross;
    private Tensor? _positionBias;   // [1, h, 1, capacity]: the last of capacity tokens looking back

    internal DecoderCache(int blocks, long capacity)
    {
        if (capacity < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "a cache holds at least one token");
        }

        _capacity = capacity;
        _self = [.. Enumerable.Range(0, blocks).Select(_ => KeyValueCache.Growing(capacity))];
        _cross = [.. Enumerable.Range(0, blocks).Select(_ => KeyValueCache.Fixed())];
    }

    /// <summary>Decoder tokens held.</summary>
    public long Length => _self[0].Length;

    /// <summary>
    /// Bytes that are held per row for one decoder token and one encoder token together, over all blocks; 0 while empty.
    /// </summary>
    public long BytesPerToken => _self.Concat(_cross).Sum(cache => cache.BytesPerToken);

    /// <summary>
    /// Makes row i of the batch what row <paramref name="rows"/>[i] was, in every block: beams that moved or multiplied, finished
    /// sequences dropped. The masks given to <see cref="T5.Decode"/> have to be reordered by the caller.
    /// </summary>
    /// <param name="rows">[b'] int64, on the model's device.</param>
    /// <param name="sameMemory">Whether each row keeps the encoder output that it had, as beams of one sentence do: it is then left alone.</param>
    public void Reorder(Tensor rows, bool sameMemory = false)
    {
        foreach (var cache in sameMemory ? _self : _self.Concat(_cross))
        {
            cache.Reorder(rows);
        }
    }

    /// <summary>The same for the encoder's outputs alone, where beams share them: row i becomes what row <paramref name="rows"/>[i] was.</summary>
    /// <param name="rows">[rows of the encoder's output] int64, on the model's device.</param>
    public void ReorderMemory(Tensor rows)
    {
        foreach (var cache in _cross)
        {
            cache.Reorder(rows);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var cache in _self.Concat(_cross))
        {
            cache.Dispose();
        }

        _positionBias?.Dispose();
        _positionBias = null;
    }

    internal KeyValueCache Self(int block) => _self[block];

    internal KeyValueCache Cross(int block) => _cross[block];

    /// <summary>Makes sure that <paramref name="tokens"/> more fit.</summary>
    internal void Reserve(long tokens)
    {
        if (Length + tokens > _capacity)
        {
            throw new InvalidOperationException($"the decoder's cache holds {_capacity} tokens; {Length} are in it and {tokens} more do not fit");
        }
    }

    /// <summary>The bias of the token that comes next, [1, h, 1, Length + 1], a view: relative positions only, so one row serves every step.</summary>
    internal Tensor PositionBias(RelativePositionBias bias)
    {
        _positionBias ??= bias.forward(1, _capacity).DetachFromDisposeScope();
        return _positionBias.narrow(3, _capacity - Length - 1, Length + 1);
    }
}
