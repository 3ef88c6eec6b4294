using TorchSharp;
using Wgqa.Attention;
using Wgqa.Kernels;
using static TorchSharp.torch;

namespace Wgqa.Models;

/// <summary>
/// What a decoder keeps between tokens: per block the keys and values of its own tokens and of the encoder's output, G
/// heads each, and the position bias of the newest token. Made by <see cref="T5.NewCache(long)"/>.
/// </summary>
public sealed class DecoderCache : IDisposable
{
    private readonly long _capacity;
    private readonly KeyValueCache[] _self;
    private readonly KeyValueCache[] _cross;
    private readonly StepPlace? _place;
    private DecodingStep? _step;
    private Tensor? _positionBias;   // [1, h, 1, capacity]: the last of capacity tokens looking back; with a place [h, 2·capacity − 1], what comes after the token blocked
    private Tensor? _memoryBias;     // [b, 1, 1, s], with a place

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

    /// <summary>A cache whose steps are all alike: one token at a time, written where <paramref name="place"/> says.</summary>
    /// <param name="blocks">Decoder blocks.</param>
    /// <param name="place">The caller's, to count on and to dispose.</param>
    internal DecoderCache(int blocks, StepPlace place)
    {
        (_capacity, _place) = (place.Capacity, place);
        _self = [.. Enumerable.Range(0, blocks).Select(_ => KeyValueCache.At(place))];
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

        if (!sameMemory)
        {
            ForgetMemoryBias();
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

        ForgetMemoryBias();
    }

    /// <summary>The decoder's own tokens reordered within their memory: as many rows as there are, each keeping its encoder output.</summary>
    /// <param name="rows">[b] int64, on the model's device.</param>
    internal void Move(Tensor rows)
    {
        foreach (var cache in _self)
        {
            cache.Move(rows);
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
        ForgetMemoryBias();
    }

    internal KeyValueCache Self(int block) => _self[block];

    internal KeyValueCache Cross(int block) => _cross[block];

    /// <summary>One more token a row through all of the decoder at once, where kernels do that.</summary>
    /// <param name="model">The model that the cache is of.</param>
    /// <param name="tokens">[rows, t].</param>
    /// <param name="mask">[rows of the memory, s]; null sees padding too.</param>
    /// <returns>Logits [rows, 1, V], the caller's to dispose; null where they do not, and nothing has changed then.</returns>
    internal Tensor? Step(T5 model, Tensor tokens, Tensor? mask) =>
        _place is null && Length > 0 && DecodingKernels.AreAvailable && tokens.size(1) == 1 ? (_step ??= new(model, this)).Run(tokens, mask) : null;

    /// <summary>Makes sure that <paramref name="tokens"/> more fit.</summary>
    internal void Reserve(long tokens)
    {
        if (Length + tokens > _capacity)
        {
            throw new InvalidOperationException($"the decoder's cache holds {_capacity} tokens; {Length} are in it and {tokens} more do not fit");
        }
    }

    /// <summary>The bias of the token that comes next, [1, h, 1, keys attended to]: relative positions only, so one row serves every step.</summary>
    internal Tensor PositionBias(RelativePositionBias bias)
    {
        if (_place is not null)
        {
            return BiasAt(_place, bias);
        }

        if (_positionBias is null)
        {
            using var made = bias.forward(1, _capacity);
            _positionBias = made.contiguous().DetachFromDisposeScope();
        }

        return _positionBias.narrow(3, _capacity - Length - 1, Length + 1);
    }

    /// <summary>What hides the memory's padding: made anew at each step, or once where all steps are alike.</summary>
    internal Tensor MemoryBias(Func<Tensor> make) => _place is null ? make() : (_memoryBias ??= make().DetachFromDisposeScope()).alias();

    private Tensor BiasAt(StepPlace place, RelativePositionBias bias)
    {
        using var scope = NewDisposeScope();
        if (_positionBias is null)
        {
            var looking = bias.forward(1, _capacity).flatten(0, 2);                                                       // (h, capacity)
            using Scalar never = finfo(looking.dtype).min;
            var blocked = full([looking.size(0), _capacity - 1], never, looking.dtype, looking.device);
            _positionBias = cat([looking, blocked], 1).DetachFromDisposeScope();                                          // (h, 2·capacity − 1)
        }

        // Column c is of the key c − (capacity − 1) places from the query.
        var columns = place.Offsets.narrow(0, 0, place.Window).sub(place.Position);                                       // (window)
        return _positionBias.index_select(1, columns).view(1, -1, 1, place.Window).MoveToOuterDisposeScope();             // (1, h, 1, window)
    }

    private void ForgetMemoryBias()
    {
        _memoryBias?.Dispose();
        _memoryBias = null;
    }
}
