using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>A new order for the heads of a tensor. It is applied with views and one copy: no index tensor goes to the device.</summary>
internal sealed class HeadOrder
{
    private readonly int[] _heads;
    private readonly long _rows;          // above 1: heads laid out in this many rows are transposed
    private readonly long[] _lengths;     // runs of heads that stay together, as they lie in the tensor
    private readonly int[] _sequence;     // the runs, as they lie in the result

    /// <summary>An order.</summary>
    /// <param name="heads">A permutation of 0 … h − 1: place i of the result is what place <paramref name="heads"/>[i] was.</param>
    public HeadOrder(params int[] heads)
    {
        _heads = heads;
        var starts = Enumerable.Range(0, heads.Length).Where(place => place == 0 || heads[place] != heads[place - 1] + 1).ToArray();
        var ends = starts.Skip(1).Append(heads.Length);
        var runs = starts.Zip(ends, (start, end) => (Head: heads[start], Length: (long)(end - start))).ToArray();
        _lengths = [.. runs.OrderBy(run => run.Head).Select(run => run.Length)];
        _sequence = [.. runs.Select(run => runs.Count(other => other.Head < run.Head))];
        IsIdentity = runs.Length == 1;
        var columns = heads.Length > 1 && heads[1] > 0 && heads.Length % heads[1] == 0 ? heads[1] : 1;
        var rows = heads.Length / columns;
        _rows = !IsIdentity && heads.Select((head, place) => head == (place % rows * columns) + (place / rows)).All(same => same) ? rows : 1;
    }

    /// <summary>Whether nothing moves.</summary>
    public bool IsIdentity { get; }

    /// <summary>The order that undoes this one.</summary>
    public HeadOrder Inverse()
    {
        var places = new int[_heads.Length];
        for (var place = 0; place < places.Length; place++)
        {
            places[_heads[place]] = place;
        }

        return new(places);
    }

    /// <summary>The order that leads from what this one gives to what <paramref name="other"/> gives.</summary>
    public HeadOrder To(HeadOrder other)
    {
        var places = Inverse()._heads;
        return new([.. other._heads.Select(head => places[head])]);
    }

    /// <summary>The tensor with the heads along <paramref name="dim"/> in this order: differentiable, the caller's to dispose.</summary>
    public Tensor Apply(Tensor perHead, long dim)
    {
        if (IsIdentity)
        {
            return perHead.alias();
        }

        using var scope = NewDisposeScope();
        if (_rows > 1)
        {
            return perHead.unflatten(dim, _rows, _heads.Length / _rows).transpose(dim, dim + 1).flatten(dim, dim + 1).MoveToOuterDisposeScope();
        }

        // Split rather than narrowed run by run: the gradient is then put together once.
        var runs = perHead.split(_lengths, dim);
        return cat([.. _sequence.Select(run => runs[run])], dim).MoveToOuterDisposeScope();
    }
}
