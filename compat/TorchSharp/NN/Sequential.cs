using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Modules called one after the other; what passes between them is freed. Unnamed ones are called "0", "1", ….</summary>
public class Sequential : nn.Module<Tensor, Tensor>
{
    private readonly List<(string Name, nn.IModule<Tensor, Tensor> Module)> _steps = [];

    protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules) : this(modules.AsEnumerable())
    {
    }

    protected Sequential(params nn.Module<Tensor, Tensor>[] modules) : this(modules.Select((module, i) => ($"{i}", module)))
    {
    }

    internal Sequential(IEnumerable<(string Name, nn.Module<Tensor, Tensor> Module)> modules) : base(nameof(Sequential))
    {
        foreach (var (name, module) in modules)
        {
            append(name, module);
        }
    }

    public int Count => _steps.Count;

    [IndexerName("SequentialItems")]
    public nn.IModule<Tensor, Tensor> this[int index] => _steps[index].Module;

    /// <summary>The modules from start to before end, shared with this sequence.</summary>
    [IndexerName("SequentialItems")]
    public Sequential this[(int? start, int? end) index]
    {
        get
        {
            var (start, end) = (index.start ?? 0, index.end ?? Count);
            if (start < 0 || start > Count)
            {
                throw new IndexOutOfRangeException($"{start} is not a valid index.");
            }

            if (end < 0 || end > Count)
            {
                throw new IndexOutOfRangeException($"{end} is not a valid index.");
            }

            var slice = new Sequential(Enumerable.Empty<(string, nn.Module<Tensor, Tensor>)>());
            slice._steps.AddRange(_steps[start..Math.Max(start, end)]);
            return slice;
        }
    }

    [IndexerName("SequentialItems")]
    public Sequential this[Range index] => this[(index.Start.GetOffset(Count), index.End.GetOffset(Count))];

    public Sequential append(nn.IModule<Tensor, Tensor> module) => append($"{Count}", module);

    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        _steps.Add((name, module));
        return this;
    }

    public override Tensor forward(Tensor tensor)
    {
        if (Count == 0)
        {
            return tensor.alias();
        }

        var result = this[0].call(tensor);
        for (var i = 1; i < Count; i++)
        {
            using var input = result;
            result = this[i].call(input);
        }

        return result;
    }

    public override IEnumerable<(string name, nn.Module module)> named_children() => _steps.Select(step => (step.Name, (nn.Module)step.Module));

    public override IEnumerable<(string name, nn.Module module)> named_modules() =>
        named_children().Concat(named_children().SelectMany(
            _ => _.module.named_modules(), (child, below) => ($"{child.name}.{below.name}", below.module)));

    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) => recurse
        ? named_children()
            .SelectMany(child => child.module.named_parameters(true), (child, own) => (name: $"{child.name}.{own.name}", own.parameter))
            .Where(named => !named.parameter.IsInvalid)
            .DistinctBy(named => named.parameter.Handle)
        : [];

    public override IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_persistent = true) => recurse
        ? named_children()
            .SelectMany(child => child.module.named_buffers(true, include_persistent), (child, own) => (name: $"{child.name}.{own.name}", own.buffer))
            .Where(named => !named.buffer.IsInvalid)
            .DistinctBy(named => named.buffer.Handle)
        : [];

    public override nn.Module apply(Action<nn.Module> fn)
    {
        foreach (var (_, module) in named_children())
        {
            module.apply(fn);
        }

        fn(this);
        return this;
    }

    public override void train(bool on = true) => base.train(on);

    public override void eval() => base.eval();

    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => Each(module => module._to(dtype, non_blocking));

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) =>
        Each(module => module._to(device, dtype, non_blocking));

    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
        Each(module => module._to(deviceType, deviceIndex, non_blocking));

    private Sequential Each(Action<nn.Module> move)
    {
        foreach (var (_, module) in named_children())
        {
            move(module);
        }

        return this;
    }
}
