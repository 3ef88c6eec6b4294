using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// Makes a key-driven block's head map from its keys (Khan et al. 2024): neighbouring query heads, more of them to the key heads
/// whose norms are larger (KDGQA) or have changed more (DGQA).
/// </summary>
/// <remarks>
/// <para>
/// <see cref="Mode.Safe"/>: a norm is the root mean square length of a key, averaged over the batch, so that neither its rows nor
/// its length count. Each group has at least one head, ties go to the lower group, equal norms are an even split. Training
/// passes allocate by their own keys (KDGQA), or every window-th of them does (DGQA); evaluation changes nothing and uses the
/// <see cref="Calibrated"/> map, so that no row of a batch and no later token changes another's result.
/// </para>
/// <para>
/// <see cref="Mode.Faithful"/>: the authors' arithmetic at their commit 8fee9d6, where a norm is added up over the batch, groups may be left empty,
/// DGQA corrects sizes at random and evaluation allocates anew and forgets what training left. Their training step is the number of training passes.
/// Where they divide 0 by 0 there is an error: DGQA by difference cannot meet the same keys twice in a row, so it cannot decode over a cached memory.
/// </para>
/// <para>State is in buffers, part of <c>state_dict</c>. It stays on the CPU and in its own element types wherever the model goes: maps are made there.</para>
/// </remarks>
public sealed class KeyAllocation : nn.Module, IUnsteady
{
    // KDGQA is calibrated by the mean of the norms of its training passes: of all until there are so many, then a moving one.
    private const int CalibrationPasses = 100;

    private readonly int _heads;
    private readonly int _groups;
    private readonly Allocation _rule;
    private readonly Mode _mode;
    private readonly int _window;
    private readonly double _beta;
    [ComponentName(Name = "key_norms")] private readonly Tensor _keyNorms;   // [g] float32: what earlier passes left
    [ComponentName(Name = "sizes")] private readonly Tensor _sizes;          // [g] int64: the map that training passes arrived at
    [ComponentName(Name = "passes")] private readonly Tensor _passes;        // scalar int64: training passes made

    /// <summary>An allocation that has seen no keys: an even split.</summary>
    /// <param name="heads">Query heads h.</param>
    /// <param name="groups">Key heads G.</param>
    /// <param name="rule">From what to allocate.</param>
    /// <param name="mode">Well-behaved, or as published.</param>
    /// <param name="window">Training passes from one allocation to the next (DGQA; KDGQA allocates in each).</param>
    /// <param name="beta">The weight β of the pass's own norms against earlier ones, in (0, 1] (<see cref="Allocation.MovingAverage"/>).</param>
    /// <exception cref="UserException">A number is out of range, or the authors' rule is undefined for one key head.</exception>
    public KeyAllocation(int heads, int groups, Allocation rule, Mode mode = Mode.Safe, int window = 1, double beta = 0.9) : base(nameof(KeyAllocation))
    {
        if (groups < 1 || groups > heads)
        {
            throw new UserException($"{heads} query heads cannot be allocated to {groups} key heads, which takes at least 1 key head and at most {heads}.");
        }

        if (window < 1 || beta is not (> 0 and <= 1))
        {
            throw new UserException($"a key-driven allocation takes a window of at least 1 and a beta above 0 and at most 1; they are {window} and {beta}.");
        }

        if (groups == 1 && (rule, mode) == (Allocation.KeyNorms, Mode.Faithful))
        {
            throw new UserException($"{heads} query heads cannot be allocated to 1 key head as published, which divides 0 by 0 there; Mode.Safe gives it all of them.");
        }

        (_heads, _groups, _rule, _mode, _window, _beta) = (heads, groups, rule, mode, window, beta);
        _keyNorms = zeros([groups], ScalarType.Float32, CPU).DetachFromDisposeScope();
        _sizes = tensor(Array.ConvertAll(HeadApportionment.Even(heads, groups), static size => (long)size), ScalarType.Int64, CPU).DetachFromDisposeScope();
        _passes = zeros([], ScalarType.Int64, CPU).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>
    /// The map that training has arrived at: what evaluation uses in <see cref="Mode.Safe"/>, and what freezing makes permanent.
    /// KDGQA: by the mean of its training passes' norms. DGQA: that of the last training pass. Before any pass: an even split.
    /// No group is empty: one that the authors' rule leaves without a head has one of the largest's.
    /// </summary>
    public HeadMap Calibrated => HeadMap.OfSizes(HeadApportionment.WithoutEmpty(Sizes));

    /// <summary>The map for one forward pass; a training pass is counted, and leaves its norms for later ones.</summary>
    /// <param name="keys">[b, G, s, d], on any device and of any floating-point type.</param>
    /// <exception cref="UserException">The authors' rule divides 0 by 0, or the norms are not finite (<see cref="Mode.Faithful"/>).</exception>
    public HeadMap For(Tensor keys) =>
        HeadMap.OfSizes(_mode == Mode.Faithful ? AsPublished(keys) : training ? Safe(keys) : HeadApportionment.WithoutEmpty(Sizes));

    bool IUnsteady.IsUnsteady => _mode == Mode.Faithful;

    /// <summary>Nothing: maps are made on the CPU, and bfloat16 could not hold what is counted and averaged.</summary>
    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
    {
    }

    private int[] Sizes => [.. _sizes.data<long>().Select(static size => (int)size)];

    private float[] EarlierNorms => [.. _keyNorms.data<float>()];

    private int[] Safe(Tensor keys)
    {
        var norms = TypicalNorms(keys);
        var pass = CountPass();
        if (!norms.All(float.IsFinite))
        {
            return Sizes;   // a pass that overflowed says nothing about its keys
        }

        if (_rule == Allocation.KeyNorms)
        {
            Calibrate(pass, norms);
            return HeadApportionment.InProportion(_heads, HeadApportionment.AboveLeast(norms));
        }

        if (pass % _window == 0)
        {
            var earlier = EarlierNorms;
            var kept = _rule == Allocation.MovingAverage && pass > 0 ? Mixed(earlier, norms, _beta) : norms;
            var weights = _rule == Allocation.MovingAverage ? kept : [.. norms.Zip(earlier, static (now, before) => Math.Abs(now - before))];
            Leave(kept, HeadApportionment.InProportion(_heads, weights));
        }

        return Sizes;
    }

    private int[] AsPublished(Tensor keys)
    {
        if (_rule == Allocation.KeyNorms)
        {
            var sizes = PublishedApportionment.ByNorms(_heads, SummedNorms(keys));
            if (training)
            {
                Calibrate(CountPass(), TypicalNorms(keys));
            }

            return sizes;
        }

        if (!training || _passes.item<long>() % _window == 0)
        {
            var (norms, earlier) = (SummedNorms(keys), EarlierNorms);
            var sizes = _rule == Allocation.Difference
                ? PublishedApportionment.ByDifference(_heads, norms, earlier)
                : PublishedApportionment.ByMovingAverage(_heads, norms, earlier, _beta);
            Leave(training ? [.. norms.Zip(earlier, (now, before) => (before + now) / _window)] : norms, sizes);
        }

        if (training)
        {
            CountPass();
        }

        return Sizes;
    }

    private void Calibrate(long pass, float[] norms)
    {
        var mean = Mixed(EarlierNorms, norms, 1.0 / Math.Min(pass + 1, CalibrationPasses));
        Leave(mean, HeadApportionment.InProportion(_heads, HeadApportionment.AboveLeast(mean)));
    }

    private long CountPass()
    {
        var before = _passes.item<long>();
        _passes.fill_(before + 1);
        return before;
    }

    private void Leave(float[] norms, int[] sizes)
    {
        using var newNorms = tensor(norms);
        using var newSizes = tensor(Array.ConvertAll(sizes, static size => (long)size));
        _keyNorms.copy_(newNorms);
        _sizes.copy_(newSizes);
    }

    private static float[] Mixed(float[] earlier, float[] now, double weight) =>
        [.. now.Zip(earlier, (n, e) => (float)((weight * n) + ((1 - weight) * e)))];

    /// <summary>The root mean square length of each head's keys, averaged over the batch: G numbers.</summary>
    private float[] TypicalNorms(Tensor keys)
    {
        using var scope = NewDisposeScope();
        // In float64, so that the order of the rows is lost in rounding to float32.
        return OnHost(Norms(keys).to_type(ScalarType.Float64).mean([0L]).div(Math.Sqrt(keys.size(2))));
    }

    /// <summary>The norm of all of a head's keys in a row of the batch, added up over the batch: G numbers, as published.</summary>
    private float[] SummedNorms(Tensor keys)
    {
        using var scope = NewDisposeScope();
        return OnHost(Norms(keys).sum(0L));
    }

    private Tensor Norms(Tensor keys)
    {
        if (keys.size(1) != _groups)
        {
            throw new ArgumentException($"keys have {keys.size(1)} heads; this allocation is for {_groups}", nameof(keys));
        }

        using var frozen = no_grad();
        var wide = keys.element_size() < sizeof(float) ? keys.to_type(ScalarType.Float32) : keys;
        return linalg.vector_norm(wide, 2, [2L, 3L]);   // (b, g)
    }

    private static float[] OnHost(Tensor norms) => [.. norms.detach().to_type(ScalarType.Float32).cpu().data<float>()];
}
