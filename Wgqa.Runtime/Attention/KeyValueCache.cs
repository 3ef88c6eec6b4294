using Wgqa.Kernels;
using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// Keys and values of one attention block while decoding: G heads, never h. It also holds the block's folded
/// projections, so that merging costs once per decoding and not once per token.
/// </summary>
/// <remarks>For inference only: nothing kept here takes part in a backward pass.</remarks>
public sealed class KeyValueCache : IDisposable
{
    private const long RoomAfterReorder = 16;

    private readonly long _capacity;
    private readonly StepPlace? _place;
    private Tensor? _keyWeight;     // [gk·d, m]
    private Tensor? _valueWeight;   // [gv·d, m]
    private Tensor? _keys;          // [b, gk, up to capacity, d], the first Length of them filled
    private Tensor? _values;        // [b, gv, up to capacity, d], likewise

    private KeyValueCache(long capacity, StepPlace? place = null) => (_capacity, _place) = (capacity, place);

    /// <summary>Tokens whose keys and values are held.</summary>
    public long Length { get => _place?.Length ?? field; private set; }

    /// <summary>Bytes that a token's keys and values take, per row of the batch: (Gk + Gv)·d elements. 0 while empty.</summary>
    public long BytesPerToken => _keys is null ? 0 : (_keys.size(1) + _values!.size(1)) * _keys.size(3) * _keys.element_size();

    /// <summary>Rows of the batch b; null while empty.</summary>
    public long? Rows => _keys?.size(0);

    /// <summary>The keys held, [b, Gk, Length, d]: a new view, the caller's to dispose. Null while empty.</summary>
    public Tensor? Keys => _keys?.narrow(2, 0, Attended);

    /// <summary>The values held, [b, Gv, Length, d]: a new view, the caller's to dispose. Null while empty.</summary>
    public Tensor? Values => _values?.narrow(2, 0, Attended);

    private long Attended => _place?.Window ?? Length;

    /// <summary>A cache for self-attention: each call appends, up to <paramref name="capacity"/> tokens, allocated at the first.</summary>
    public static KeyValueCache Growing(long capacity) => new(capacity);

    /// <summary>A cache for self-attention of one token at a time, each written where <paramref name="place"/> says on the device, and all of its window attended to: the same operators at every token.</summary>
    internal static KeyValueCache At(StepPlace place) => new(place.Capacity, place);

    /// <summary>A cache for cross-attention: the first call's memory is projected, and later calls reuse it.</summary>
    public static KeyValueCache Fixed() => new(0);

    /// <summary>Keys and values to attend to, [b, Gk, s, d] and [b, Gv, s, d]: views that the caller disposes.</summary>
    /// <param name="source">[b, s, m]: the new tokens, or the memory.</param>
    /// <param name="maps">Head maps with as many key and value heads as the block has.</param>
    /// <param name="foldKey">The block's folded key projection, asked for once.</param>
    /// <param name="foldValue">The block's folded value projection, asked for once.</param>
    public (Tensor Keys, Tensor Values) Advance(Tensor source, HeadMaps maps, Func<Tensor> foldKey, Func<Tensor> foldValue)
    {
        using var scope = NewDisposeScope();
        if (_capacity > 0 || _keys is null)
        {
            _keyWeight ??= foldKey().detach().to_type(source.dtype).DetachFromDisposeScope();
            _valueWeight ??= foldValue().detach().to_type(source.dtype).DetachFromDisposeScope();
            if (_place is not null)
            {
                Write(source, maps, _place, _keyWeight, _valueWeight);
            }
            else if (_capacity > 0)
            {
                Append(source, maps, _keyWeight, _valueWeight);
            }
            else
            {
                var k = GroupedAttention.Project(source, _keyWeight, maps.Key.Groups);        // (b, g, s, d)
                var v = GroupedAttention.Project(source, _valueWeight, maps.Value.Groups);    // (b, g, s, d)
                (_keys, _values, Length) = (k.contiguous().DetachFromDisposeScope(), v.contiguous().DetachFromDisposeScope(), k.size(2));
            }
        }

        return (Keys!.MoveToOuterDisposeScope(), Values!.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// For a kernel that appends a token to a growing cache itself, and calls <see cref="CountOne"/> then: the projections and the memory, [b, G, room, d] with room for one
    /// more, all of them the cache's. Null where nothing is held yet, or nothing more fits.
    /// </summary>
    internal (Tensor KeyWeight, Tensor ValueWeight, Tensor Keys, Tensor Values)? RoomForOne()
    {
        if (_keys is null || _values is null || _keyWeight is null || _valueWeight is null || Length >= _capacity)
        {
            return null;
        }

        (_keys, _values) = (WithRoom(_keys, Length + 1), WithRoom(_values, Length + 1));
        return (_keyWeight, _valueWeight, _keys, _values);
    }

    /// <summary>Counts a token that a kernel has appended.</summary>
    internal void CountOne() => Length++;

    /// <summary>What a cache of the memory holds, [b, G, s, d], the cache's; null while empty.</summary>
    internal (Tensor Keys, Tensor Values)? Memory => _keys is null ? null : (_keys, _values!);

    /// <summary>Makes row i of the batch what row <paramref name="rows"/>[i] was: beams that moved, finished sequences dropped.</summary>
    /// <param name="rows">[b'] int64, on the cache's device.</param>
    public void Reorder(Tensor rows)
    {
        if (_keys is null || _values is null)
        {
            return;
        }

        // Beams move at almost every token: only what is filled is copied, and a little room to append to.
        var kept = _place is null ? Math.Min(_keys.size(2), Length + RoomAfterReorder) : _capacity;
        (_keys, _values) = (Pick(_keys), Pick(_values));

        Tensor Pick(Tensor held)
        {
            using var before = held;
            using var filled = held.narrow(2, 0, kept);
            return filled.index_select(0, rows).DetachFromDisposeScope();
        }
    }

    /// <summary>As <see cref="Reorder"/>, for as many rows as there are, within the memory that holds them.</summary>
    internal void Move(Tensor rows)
    {
        using var scope = NewDisposeScope();
        foreach (var held in new[] { Keys, Values })
        {
            held?.copy_(held.index_select(0, rows));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _keyWeight?.Dispose();
        _valueWeight?.Dispose();
        _keys?.Dispose();
        _values?.Dispose();
        (_keyWeight, _valueWeight, _keys, _values, Length) = (null, null, null, null, 0);
    }

    private void Write(Tensor source, HeadMaps maps, StepPlace place, Tensor keyWeight, Tensor valueWeight)
    {
        if (source.size(1) != 1)
        {
            throw new InvalidOperationException($"this key/value cache takes one token at a time, not {source.size(1)}");
        }

        _keys ??= Room(source, maps.Key, keyWeight);
        _values ??= Room(source, maps.Value, valueWeight);
        _keys.index_copy_(2, place.Position, GroupedAttention.Project(source, keyWeight, maps.Key.Groups));            // (b, g, 1, d)
        _values.index_copy_(2, place.Position, GroupedAttention.Project(source, valueWeight, maps.Value.Groups));      // (b, g, 1, d)
    }

    private void Append(Tensor source, HeadMaps maps, Tensor keyWeight, Tensor valueWeight)
    {
        var added = source.size(1);
        if (Length + added > _capacity)
        {
            throw new InvalidOperationException($"the key/value cache holds {_capacity} tokens; {Length} are in it and {added} more do not fit");
        }

        (_keys, _values) = (WithRoom(_keys ?? Room(source, maps.Key, keyWeight), Length + added), WithRoom(_values ?? Room(source, maps.Value, valueWeight), Length + added));
        if (!DecodingKernels.Append(source, keyWeight, _keys, valueWeight, _values, Length))
        {
            _keys.narrow(2, Length, added).copy_(GroupedAttention.Project(source, keyWeight, maps.Key.Groups));          // (b, g, t, d)
            _values.narrow(2, Length, added).copy_(GroupedAttention.Project(source, valueWeight, maps.Value.Groups));    // (b, g, t, d)
        }

        Length += added;
    }

    private Tensor Room(Tensor source, HeadMap map, Tensor weight)
    {
        long[] shape = [source.size(0), map.Groups, _capacity, weight.size(0) / map.Groups];
        // Zeros where all of a window is attended to: what is hidden is still multiplied by a probability of 0.
        var room = _place is null ? empty(shape, source.dtype, source.device) : zeros(shape, source.dtype, source.device);
        return room.DetachFromDisposeScope();
    }

    // What a reorder has cut down grows by doubling.
    private Tensor WithRoom(Tensor held, long needed)
    {
        if (held.size(2) >= needed)
        {
            return held;
        }

        using var scope = NewDisposeScope();
        var room = empty([held.size(0), held.size(1), Math.Min(_capacity, 2 * needed), held.size(3)], held.dtype, held.device);
        room.narrow(2, 0, Length).copy_(held.narrow(2, 0, Length));
        held.Dispose();
        return room.DetachFromDisposeScope();
    }
}
