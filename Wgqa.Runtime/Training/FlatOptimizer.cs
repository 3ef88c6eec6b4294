using TorchSharp;
using Wgqa.Checkpoints;
using Wgqa.Training.Distributed;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>
/// Updates a model's trainable parameters in few and long operations: parameters of one element type, device and weight decay
/// are views of one flat buffer, and so is what is remembered about them. A parameter without a gradient is left as it is, its
/// moments and its count of steps too, as torch's optimizers do.
/// </summary>
/// <remarks>The parameters stay what and where they were for everyone else. When the model is moved or converted, the optimizer follows at the next step.</remarks>
internal sealed class FlatOptimizer : IDisposable
{
    private readonly nn.Module _model;
    private readonly IUpdateArithmetic _update;
    private readonly Func<string, double> _weightDecay;
    private Slab[] _slabs = [];

    /// <summary>An optimizer that has made no step.</summary>
    /// <param name="model">The model, whose trainable parameters move into the optimizer's buffers.</param>
    /// <param name="update">What a step does.</param>
    /// <param name="weightDecay">From a parameter's name to its weight decay.</param>
    public FlatOptimizer(nn.Module model, IUpdateArithmetic update, Func<string, double> weightDecay)
    {
        (_model, _update, _weightDecay) = (model, update, weightDecay);
        LayOut();
    }

    /// <summary>The trainable parameters' elements.</summary>
    public long Elements => _slabs.Sum(static slab => slab.Length);

    /// <summary>The gradients that the parameters have now, to be disposed.</summary>
    public FlatGradients Gather()
    {
        if (_slabs.Any(static slab => slab.Slots.Any(static slot => slot.Parameter.IsInvalid)))
        {
            LayOut();   // moving a module replaces its parameters
        }

        using var frozen = no_grad();
        var slots = new List<Slot>();
        return new([.. _slabs.SelectMany(slab => slab.Gather(slots))], slots);
    }

    /// <summary>Makes one step.</summary>
    /// <param name="gradients">From <see cref="Gather"/>; changed if <paramref name="scale"/> is not 1.</param>
    /// <param name="learningRate">This step's learning rate.</param>
    /// <param name="scale">What the gradients are multiplied by first.</param>
    public void Step(FlatGradients gradients, double learningRate, double scale = 1)
    {
        using var frozen = no_grad();
        foreach (var alike in gradients.Pieces.GroupBy(static piece => (piece.Slab, piece.Steps)))
        {
            FlatGradients.InTurns([.. alike], (_, pieces) => _update.Apply(
                pieces.SelectMany(piece => Stretch(piece, scale)), alike.Key.Steps + 1, learningRate, alike.Key.Slab.WeightDecay));
        }

        foreach (var slot in gradients.Slots)
        {
            slot.Steps++;
        }
    }

    /// <summary>Writes moments and counts of steps, by the parameters' names.</summary>
    public void Save(string file)
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(file, State().Concat(Slots().Select(static slot => (StepName(slot), tensor(slot.Steps)))));
    }

    /// <summary>Takes back what <see cref="Save"/> wrote, bit for bit.</summary>
    /// <exception cref="UserException">It is not there, or of other parameters.</exception>
    public void Load(string file)
    {
        using var saved = SafetensorsFile.Open(file);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, moment) in State())
        {
            moment.copy_(saved.Read(name));
        }

        foreach (var slot in Slots())
        {
            slot.Steps = saved.Read(StepName(slot)).item<long>();
        }
    }

    /// <summary>Makes what the first process's optimizer remembers everyone's.</summary>
    public void Share(ProcessGroup group)
    {
        using var frozen = no_grad();
        foreach (var moment in _slabs.SelectMany(static slab => slab.Moments))
        {
            group.Broadcast(moment);
        }

        var slots = Slots().ToList();
        var steps = group.Sum([.. slots.Select(slot => group.IsFirst ? slot.Steps : 0.0)]);
        foreach (var (place, slot) in slots.Index())
        {
            slot.Steps = (long)steps[place];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slab in _slabs)
        {
            slab.Dispose();
        }
    }

    private static IEnumerable<Stretch> Stretch(GradientPiece piece, double scale)
    {
        using var values = piece.Slab.Values.narrow(0, piece.Start, piece.Length);
        var moments = Array.ConvertAll(piece.Slab.Moments, moment => moment.narrow(0, piece.Start, piece.Length));
        using Scalar clipped = scale;
        yield return new(values, scale == 1 ? piece.Gradient : piece.Gradient.mul_(clipped), moments);
        foreach (var moment in moments)
        {
            moment.Dispose();
        }
    }

    private static string StepName(Slot slot) => $"{slot.Name}.step";

    private IEnumerable<Slot> Slots() => _slabs.SelectMany(static slab => slab.Slots);

    /// <summary>Every parameter's moments, views of its shape.</summary>
    private IEnumerable<(string Name, Tensor Moment)> State() =>
        from slab in _slabs
        from slot in slab.Slots
        from moment in slab.Moments.Zip(_update.Moments)
        select ($"{slot.Name}.{moment.Second}", slot.Of(moment.First));

    /// <summary>Lays parameters out in flat buffers, with what is known about those that were in others.</summary>
    private void LayOut()
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var moments = State().ToDictionary(static state => state.Name, static state => state.Moment);
        var steps = Slots().ToDictionary(static slot => slot.Name, static slot => slot.Steps);
        var before = _slabs;
        _slabs =
        [
            .. _model.named_parameters()
                .Where(static named => named.Item2.requires_grad)
                .DistinctBy(static named => named.Item2)
                .Select(static named => (Name: named.Item1, Parameter: named.Item2))
                .GroupBy(named => (named.Parameter.dtype, Device: named.Parameter.device.ToString(), Decay: _weightDecay(named.Name)))
                .Select(group => new Slab([.. group], group.Key.Decay, _update.Moments.Count)),
        ];
        foreach (var (name, moment) in State())
        {
            if (moments.TryGetValue(name, out var known))
            {
                moment.copy_(known);
            }
        }

        foreach (var slot in Slots())
        {
            slot.Steps = steps.GetValueOrDefault(slot.Name);
        }

        foreach (var slab in before)
        {
            slab.Dispose();
        }
    }
}
