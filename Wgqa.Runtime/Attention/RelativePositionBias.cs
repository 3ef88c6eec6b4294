using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using Wgqa.Data;
using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// T5's learned bias per query head and bucket of relative position (Raffel et al. 2020, section 2.1). It belongs to
/// block 0 of a stack and is shared by all of its blocks.
/// </summary>
public sealed class RelativePositionBias : nn.Module<long, long, Tensor>
{
    private readonly int _buckets;
    private readonly int _maxDistance;
    private readonly bool _bidirectional;
    [ComponentName(Name = "weight")] private Parameter _weight;   // [buckets, h]
    private (long Targets, long Sources, Tensor Buckets)? _kept;   // on a device, to which a copy waits for all that it has to do

    /// <summary>A bias with freshly drawn weights.</summary>
    /// <param name="heads">Query heads h.</param>
    /// <param name="buckets">Buckets of relative position, half for each direction when bidirectional.</param>
    /// <param name="maxDistance">Distance from which on all positions share the last bucket.</param>
    /// <param name="bidirectional">Whether keys after the query have buckets of their own (an encoder).</param>
    /// <exception cref="UserException">There are too few buckets, or no distance is left for the logarithmic ones.</exception>
    public RelativePositionBias(int heads, int buckets, int maxDistance, bool bidirectional) : base(nameof(RelativePositionBias))
    {
        if (buckets < 4 || maxDistance <= buckets / 2)
        {
            throw new UserException($"relative position takes at least 4 buckets and a maximum distance beyond half of them; there are {buckets} and {maxDistance}.");
        }

        (_buckets, _maxDistance, _bidirectional) = (buckets, maxDistance, bidirectional);
        _weight = new Parameter(randn(buckets, heads));
        RegisterComponents();
    }

    /// <summary>Keeps the last lengths' buckets on the CPU too, for a test.</summary>
    internal bool KeepsBuckets { get; set; }

    /// <summary>The bias for queries at positions <c>sources − targets … sources − 1</c> and keys at <c>0 … sources − 1</c>.</summary>
    /// <param name="targets">Number of query positions t, the last of the sequence.</param>
    /// <param name="sources">Number of key positions s.</param>
    /// <returns>[1, h, t, s], the caller's to dispose.</returns>
    public override Tensor forward(long targets, long sources)
    {
        using var scope = NewDisposeScope();
        var buckets = Buckets(targets, sources);
        return _weight.index_select(0, buckets).transpose(0, 1)   // (h, t + s − 1), the relative position rising from 1 − s to t − 1
            .unfold(1, sources, 1)                                // (h, t, s), the last query first
            .flip(1).unsqueeze(0)                                 // (1, h, t, s)
            .MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _kept?.Buckets.Dispose();
            _kept = null;
        }

        base.Dispose(disposing);
    }

    /// <summary>Only t + s − 1 relative positions occur: each is looked up once, and row i of the bias is a window on them.</summary>
    private Tensor Buckets(long targets, long sources)
    {
        if (_kept is var (t, s, known) && (t, s) == (targets, sources) && known.device_type == _weight.device_type && known.device_index == _weight.device_index)
        {
            return known.alias();
        }

        var table = Buckets(1 - sources, targets - 1, _buckets, _maxDistance, _bidirectional);

        if (_weight.device_type == DeviceType.CPU && !KeepsBuckets)
        {
            return tensor(table, dtype: ScalarType.Int64);
        }

        _kept?.Buckets.Dispose();
        using var ordinary = inference_mode(false);   // it may take part in a backward pass later
        var buckets = tensor(table, dtype: ScalarType.Int64).Sent(_weight.device).DetachFromDisposeScope();
        _kept = (targets, sources, buckets);
        return buckets.alias();
    }

    /// <summary>The buckets of relative positions (key − query): exact when near, logarithmic up to <paramref name="maxDistance"/>.</summary>
    /// <param name="first">The first relative position.</param>
    /// <param name="last">The last one.</param>
    /// <param name="buckets">Buckets of relative position, half for each direction when bidirectional.</param>
    /// <param name="maxDistance">Distance from which on all positions share the last bucket.</param>
    /// <param name="bidirectional">Whether keys after the query have buckets of their own.</param>
    /// <returns>A bucket for each position from the first to the last.</returns>
    public static long[] Buckets(long first, long last, int buckets, int maxDistance, bool bidirectional)
    {
        var half = bidirectional ? buckets / 2 : buckets;
        var exact = half / 2;
        var far = FarBuckets(exact, Math.Min(Math.Max(Math.Abs(first), Math.Abs(last)), maxDistance), half, maxDistance);
        var table = new long[last - first + 1];
        for (var i = 0; i < table.Length; i++)
        {
            var position = first + i;
            var distance = Math.Min(bidirectional ? Math.Abs(position) : Math.Max(-position, 0), maxDistance);
            table[i] = (bidirectional && position > 0 ? half : 0) + (distance < exact ? distance : far[distance - exact]);
        }

        return table;
    }

    // By libtorch and in float32, as Hugging Face does: where a logarithm falls on a whole bucket, rounding decides, and double rounds otherwise.
    private static long[] FarBuckets(long exact, long longest, int buckets, int maxDistance)
    {
        if (longest < exact)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        using Scalar first = exact, end = longest + 1, near = exact, whole = Math.Log((double)maxDistance / exact), left = buckets - exact, most = buckets - 1;
        return arange(first, end, ScalarType.Float32).div(near).log().div(whole).mul(left)
            .to_type(ScalarType.Int64).add(near).clamp_max(most)
            .data<long>().ToArray();
    }
}
