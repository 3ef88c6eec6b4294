#nullable disable // As in TorchSharp, whose callers see no annotation here.

using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Marks a module without parameters and buffers, which moves and conversions pass by.</summary>
public interface IParameterLessModule
{
}

internal static class ParameterLess
{
    public static InvalidOperationException HasNoBuffer() => new("Cannot register a buffer on a module that is declared 'parameter-less.'");

    public static InvalidOperationException HasNoParameter() => new("Cannot register a parameter on a module that is declared 'parameter-less.'");

    public static InvalidOperationException HasNoSuchChild() => new("Submodules of a parameter-less module must also be parameter-less.");
}

public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name)
    {
    }

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;

    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw ParameterLess.HasNoBuffer();

    public override void register_parameter(string name, Parameter param) => throw ParameterLess.HasNoParameter();

    public override void register_module(string name, nn.Module submodule) =>
        base.register_module(name, submodule is IParameterLessModule ? submodule : throw ParameterLess.HasNoSuchChild());
}

public abstract class ParameterLessModule<T1, T2, TResult> : nn.Module<T1, T2, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name)
    {
    }

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;

    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw ParameterLess.HasNoBuffer();

    public override void register_parameter(string name, Parameter param) => throw ParameterLess.HasNoParameter();

    public override void register_module(string name, nn.Module submodule) =>
        base.register_module(name, submodule is IParameterLessModule ? submodule : throw ParameterLess.HasNoSuchChild());
}

public abstract class ParameterLessModule<T1, T2, T3, TResult> : nn.Module<T1, T2, T3, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name)
    {
    }

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;

    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw ParameterLess.HasNoBuffer();

    public override void register_parameter(string name, Parameter param) => throw ParameterLess.HasNoParameter();

    public override void register_module(string name, nn.Module submodule) =>
        base.register_module(name, submodule is IParameterLessModule ? submodule : throw ParameterLess.HasNoSuchChild());
}

public abstract class ParameterLessModule<T1, T2, T3, T4, TResult> : nn.Module<T1, T2, T3, T4, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name)
    {
    }

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;

    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw ParameterLess.HasNoBuffer();

    public override void register_parameter(string name, Parameter param) => throw ParameterLess.HasNoParameter();

    public override void register_module(string name, nn.Module submodule) =>
        base.register_module(name, submodule is IParameterLessModule ? submodule : throw ParameterLess.HasNoSuchChild());
}

public abstract class ParameterLessModule<T1, T2, T3, T4, T5, TResult> : nn.Module<T1, T2, T3, T4, T5, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name)
    {
    }

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;

    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw ParameterLess.HasNoBuffer();

    public override void register_parameter(string name, Parameter param) => throw ParameterLess.HasNoParameter();

    public override void register_module(string name, nn.Module submodule) =>
        base.register_module(name, submodule is IParameterLessModule ? submodule : throw ParameterLess.HasNoSuchChild());
}

public abstract class ParameterLessModule<T1, T2, T3, T4, T5, T6, TResult> : nn.Module<T1, T2, T3, T4, T5, T6, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name)
    {
    }

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => this;

    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => this;

    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => this;

    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw ParameterLess.HasNoBuffer();

    public override void register_parameter(string name, Parameter param) => throw ParameterLess.HasNoParameter();

    public override void register_module(string name, nn.Module submodule) =>
        base.register_module(name, submodule is IParameterLessModule ? submodule : throw ParameterLess.HasNoSuchChild());
}
