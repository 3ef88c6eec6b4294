using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>One parameter's place in a slab.</summary>
internal sealed class Slot(string name, Parameter parameter, long start)
{
    public string Name => name;

    public Parameter Parameter => parameter;

    public long Start => start;

    public long Length { get; } = parameter.numel();

    public long[] Shape { get; } = parameter.shape;

    /// <summary>Updates that the parameter has had.</summary>
    public long Steps { get; set; }

    /// <summary>Its part of a flat buffer, a view of the parameter's shape.</summary>
    public Tensor Of(Tensor flat)
    {
        using var part = flat.narrow(0, Start, Length);
        return part.view(Shape);
    }
}

/// <summary>Parameters side by side in one buffer, all of one element type, device and weight decay.</summary>
internal sealed class Slab : IDisposable
{
    // On the CPU an update's operations follow one another on stretches that stay in the cache, and that libtorch does not divide
    // among threads; elsewhere each runs over everything.
    private const long CachedLength = 1 << 15;

    private const int Alignment = 16;   // elements: what matrix kernels like

    public Slab((string Name, Parameter Parameter)[] parameters, double weightDecay, int moments)
    {
        WeightDecay = weightDecay;
        var start = 0L;
        Slots = new Slot[parameters.Length];
        foreach (var (place, (name, parameter)) in parameters.OrderBy(static named => named.Parameter.numel() % Alignment != 0).Index())
        {
            Slots[place] = new(name, parameter, start);
            start += Slots[place].Length;
        }

        Length = start;
        var like = parameters[0].Parameter;
        Values = empty(Length, like.dtype, like.device).DetachFromDisposeScope();
        Moments = [.. Enumerable.Range(0, moments).Select(_ => zeros(Length, like.dtype, like.device).DetachFromDisposeScope())];
        foreach (var slot in Slots)
        {
            using var home = slot.Of(Values);
            home.copy_(slot.Parameter);
            slot.Parameter.set_(home);   // its old memory is free from here on
        }
    }

    public double WeightDecay { get; }

    public long Length { get; }

    public Slot[] Slots { get; }

    public Tensor Values { get; }      // [Length]

    public Tensor[] Moments { get; }   // [Length] each

    /// <summary>The gradients at hand, in stretches of neighbouring parameters that have had equally many updates: copied only where a stretch spans several.</summary>
    /// <param name="slots">The parameters that have one are added to it.</param>
    public IEnumerable<GradientPiece> Gather(List<Slot> slots)
    {
        var limit = Values.device_type == DeviceType.CPU ? CachedLength : long.MaxValue;
        var parts = new List<Tensor>();
        var (start, length, steps) = (0L, 0L, 0L);
        foreach (var slot in Slots)
        {
            using var gradient = slot.Parameter.grad;
            if (length > 0 && (gradient is null || slot.Steps != steps))
            {
                yield return Cut();
            }

            if (gradient is null)
            {
                continue;
            }

            slots.Add(slot);
            using var flat = gradient.reshape(-1);
            for (var taken = 0L; taken < slot.Length;)
            {
                (start, steps) = length == 0 ? (slot.Start + taken, slot.Steps) : (start, steps);
                var part = Math.Min(limit - length, slot.Length - taken);
                parts.Add(flat.narrow(0, taken, part).DetachFromDisposeScope());
                (taken, length) = (taken + part, length + part);
                if (length == limit)
                {
                    yield return Cut();
                }
            }
        }

        if (length > 0)
        {
            yield return Cut();
        }

        GradientPiece Cut()
        {
            var piece = new GradientPiece(this, start, length, steps, parts.Count == 1 ? parts[0] : cat(parts).DetachFromDisposeScope());
            if (parts.Count > 1)
            {
                parts.ForEach(static part => part.Dispose());
            }

            parts.Clear();
            length = 0;
            return piece;
        }
    }

    /// <summary>Frees the moments; the values live on in the parameters.</summary>
    public void Dispose()
    {
        Values.Dispose();
        foreach (var moment in Moments)
        {
            moment.Dispose();
        }
    }
}
