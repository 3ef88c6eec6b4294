using static TorchSharp.torch;

namespace Wgqa.Training.Distributed;

/// <summary>How gradients are summed.</summary>
/// <param name="BucketBytes">Gradients that are summed together; 0 sums everything at once, after the backward pass.</param>
public readonly record struct ExchangeOptions(long BucketBytes)
{
    /// <summary>25 MB, as PyTorch's DistributedDataParallel: large enough to use a network well, small enough that it is used early.</summary>
    public static ExchangeOptions Default => new(25 << 20);
}

/// <summary>
/// What the processes tell each other about an update: the size of each batch before its backward pass, the gradients while the last of them runs, the loss after it.
/// </summary>
internal sealed class GradientExchange : IDisposable
{
    private readonly ProcessGroup _group;
    private readonly nn.Module _model;
    private readonly ExchangeOptions _options;
    private Tensor[] _parameters = [];
    private Tensor[] _flats = [];
    private nint _buckets;
    private bool _begun;

    /// <summary>An exchange over a model's trainable parameters.</summary>
    public GradientExchange(ProcessGroup group, nn.Module model, ExchangeOptions options) => (_group, _model, _options) = (group, model, options);

    /// <summary>How many buckets there are.</summary>
    public int Buckets => _flats.Length;

    /// <summary>Of these, how many were under way before the last backward pass was over.</summary>
    public int EarlyBuckets { get; private set; }

    /// <summary>Once, before the first update: the first process's weights, buffers and optimizer become everyone's.</summary>
    public void Begin(FlatOptimizer optimizer)
    {
        if (_begun)
        {
            return;
        }

        using var frozen = no_grad();
        foreach (var (_, tensor) in _model.state_dict())
        {
            _group.Broadcast(tensor);
        }

        optimizer.Share(_group);
        _begun = true;
    }

    /// <summary>Says what this process has of a batch, and whether it has been asked to stop; the sums over all are there when the model has computed its loss.</summary>
    public Sums Announce(BatchSize size, bool stop) => _group.BeginSum(size.Targets, size.Tokens, stop ? 1 : 0);

    /// <summary>The next backward pass is the update's last one.</summary>
    public void Arm()
    {
        if (_buckets == 0 || _parameters.Any(static parameter => parameter.IsInvalid))
        {
            Close();
            Open();   // moving a module replaces its parameters
        }

        NativeGroup.Arm(_buckets);
    }

    /// <summary>Makes the gradients everyone's sum, and returns the sum of a loss.</summary>
    public double Reduce(double loss)
    {
        var flags = new float[_parameters.Length];
        EarlyBuckets = _group.Guarded(() => NativeGroup.Launch(_buckets, flags));
        double[] said = [loss, .. flags];
        var sums = _group.Sum(said);
        for (var place = 0; place < flags.Length; place++)
        {
            flags[place] = (float)sums[place + 1];
        }

        _group.Guarded(() => NativeGroup.WaitForBuckets(_buckets, flags));
        return sums[0];
    }

    /// <summary>Makes the first process's buffers everyone's, where a model has some that change with what it sees.</summary>
    public void ShareBuffers()
    {
        using var frozen = no_grad();
        foreach (var (_, buffer) in _model.named_buffers())
        {
            _group.Broadcast(buffer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    // From the last parameter to the first, which is the order that gradients come in.
    private void Open()
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        _parameters = [.. _model.named_parameters().Select(static named => (Tensor)named.Item2).Where(static parameter => parameter.requires_grad).Distinct().Reverse()];
        var buckets = new List<List<Tensor>>();
        var bytes = 0L;
        foreach (var parameter in _parameters)
        {
            var before = buckets.LastOrDefault()?[^1];
            if (before is null || before.dtype != parameter.dtype || (_options.BucketBytes > 0 && bytes >= _options.BucketBytes))
            {
                buckets.Add([]);
                bytes = 0;
            }

            buckets[^1].Add(parameter);
            bytes += parameter.numel() * parameter.element_size();
        }

        _flats = [.. buckets.Select(static bucket => zeros(bucket.Sum(static one => one.numel()), bucket[0].dtype, bucket[0].device).DetachFromDisposeScope())];
        var homes = new List<(Tensor Parameter, Tensor Home, int Bucket)>();
        foreach (var (number, bucket) in buckets.Index())
        {
            var start = 0L;
            foreach (var parameter in bucket)
            {
                var length = parameter.numel();
                homes.Add((parameter, _flats[number].narrow(0, start, length).view(parameter.shape), number));
                start += length;
            }
        }

        _buckets = NativeGroup.OpenBuckets(_group.Handle, homes, _flats, early: _options.BucketBytes > 0);
    }

    private void Close()
    {
        if (_buckets != 0)
        {
            NativeGroup.CloseBuckets(_buckets);
            _buckets = 0;
        }

        foreach (var flat in _flats)
        {
            flat.Dispose();
        }

        _flats = [];
    }
}
