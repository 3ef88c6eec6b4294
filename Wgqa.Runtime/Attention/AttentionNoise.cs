using TorchSharp;
using Wgqa.Data;
using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// Perturbed attention (PGQA; Khan et al. 2024): noise with each head's own deviation is subtracted from what the head attended to, before the output projection.
/// </summary>
/// <remarks>
/// Row r of a group's noise, for its r-th head, is t·d uniform numbers, of which number r is set to zero (the authors' "sparse
/// noise"), shifted and scaled to mean 0 and deviation 1. All rows of the batch share it. <see cref="Mode.Safe"/>
/// scales it by the head's deviation over its own t·d outputs, in training alone. <see cref="Mode.Faithful"/> adds the head's mean to that, and perturbs in evaluation too.
/// </remarks>
public sealed class AttentionNoise : nn.Module<Tensor, HeadMap, Tensor>, IUnsteady
{
    private readonly Mode _mode;
    private readonly double _scale;

    /// <summary>Noise of <paramref name="scale"/> times each head's deviation; 1 as published, 0 for none.</summary>
    /// <exception cref="UserException">The scale is negative or not finite.</exception>
    public AttentionNoise(Mode mode = Mode.Safe, double scale = 1) : base(nameof(AttentionNoise))
    {
        if (!double.IsFinite(scale) || scale < 0)
        {
            throw new UserException($"the scale of perturbed attention is {scale}; it must be a finite number of at least 0.");
        }

        (_mode, _scale) = (mode, scale);
    }

    /// <summary>Stands in for the uniform numbers, a row [t·d] per head group by group, so that a test can pin them down; null in ordinary use.</summary>
    internal Func<long, long, Tensor>? Substitute { get; set; }

    bool IUnsteady.IsUnsteady => _mode == Mode.Faithful && _scale > 0;

    /// <summary>Perturbs what the heads attended to; in evaluation the identity, unless <see cref="Mode.Faithful"/>.</summary>
    /// <param name="attended">[b, t, h·d].</param>
    /// <param name="map">The groups that the heads form.</param>
    /// <returns>[b, t, h·d]: a new tensor, the caller's to dispose. Gradients also pass through the heads' deviations (and means).</returns>
    public override Tensor forward(Tensor attended, HeadMap map)
    {
        if (_scale == 0 || (_mode == Mode.Safe && !training))
        {
            return attended.alias();
        }

        using var scope = NewDisposeScope();
        var (b, t, width) = (attended.size(0), attended.size(1), attended.size(2));
        var (h, d) = (map.Heads, width / map.Heads);
        if (t * d < 2)
        {
            throw new UserException($"attention of {t} token with heads of width {d} cannot be perturbed: a single number has no deviation.");
        }

        var precision = attended.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var heads = attended.to_type(precision).view(b, t, h, d).transpose(1, 2).reshape(b, h, t * d);   // (b, h, t·d)
        var noise = Standardised(map, t * d, precision, attended.device).mul(heads.std(-1, unbiased: true, keepdim: true));
        if (_mode == Mode.Faithful)
        {
            noise = noise.Plus(heads.mean([-1L], keepdim: true));                                        // (b, h, t·d)
        }

        using Scalar scale = _scale;
        return heads.sub(noise.mul(scale)).view(b, h, t, d).transpose(1, 2).reshape(b, t, width)          // (b, t, h·d)
            .to_type(attended.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>[h, n] numbers, each row of mean 0 and deviation 1.</summary>
    private Tensor Standardised(HeadMap map, long n, ScalarType precision, Device device)
    {
        // A row per head, group by group: what the authors draw in one matrix per group.
        var rows = Substitute?.Invoke(map.Heads, n) ?? rand([(long)map.Heads, n], precision, device);
        var place = 0;
        foreach (var size in map.Sizes)
        {
            for (var row = 0; row < Math.Min(size, n); row++)
            {
                rows.narrow(0, place + row, 1).narrow(1, row, 1).zero_();
            }

            place += size;
        }

        var deviation = rows.std(-1, unbiased: true, keepdim: true);
        using Scalar none = 0, one = 1;
        rows = rows.sub(rows.mean([-1L], keepdim: true)).div(deviation.masked_fill(deviation.eq(none), one));
        if (map.IsContiguous)
        {
            return rows;
        }

        // Row i is the noise of head Order[i].
        var places = map.Order.Select((head, at) => (head, at)).OrderBy(static pair => pair.head).Select(static pair => (long)pair.at).ToArray();
        return rows.index_select(0, tensor(places).Sent(device));
    }
}
