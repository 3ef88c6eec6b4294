using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
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

        var table = new long[targets + sources - 1];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = Bucket(i - (sources - 1), _buckets, _maxDistance, _bidirectional);
        }

        if (_weight.device_type == DeviceType.CPU && !KeepsBuckets)
        {
            return tensor(table, dtype: ScalarType.Int64, device: _weight.device);
        }

        _kept?.Buckets.Dispose();
        using var ordinary = inference_mode(false);   // it may take part in a backward pass later
        var buckets = tensor(table, dtype: ScalarType.Int64, device: _weight.device).DetachFromDisposeScope();
        _kept = (targets, sources, buckets);
        return buckets.alias();
    }

    /// <summary>The bucket of a relative position (key − query): exact when near, logarithmic up to <paramref name="maxDistance"/>.</summary>
    public static int Bucket(long relativePosition, int buckets, int maxDistance, bool bidirectional)
    {
        var first = 0;
        long distance;
        if (bidirectional)
        {
            buckets /= 2;
            first = relativePosition > 0 ? buckets : 0;
            distance = Math.Abs(relativePosition);
        }
        else
        {
            distance = Math.Max(-relativePosition, 0);
        }

        var exact = buckets / 2;
        if (distance < exact)
        {
            return first + (int)distance;
        }

        var far = exact + (int)(Math.Log((double)distance / exact) / Math.Log((double)maxDistance / exact) * (buckets - exact));
        return first + Math.Min(far, buckets - 1);
    }
}
