using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>(x − mean)/√(variance + eps)·weight + bias over the last dimensions, those of <see cref="normalized_shape"/>.</summary>
public sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    internal LayerNorm(long[] normalized_shape, double eps, bool elementwise_affine, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(LayerNorm))
    {
        this.normalized_shape = normalized_shape;
        this.eps = eps;
        this.elementwise_affine = elementwise_affine;
        if (elementwise_affine)
        {
            weight = new Parameter(empty(normalized_shape, dtype, device));
            if (bias)
            {
                this.bias = new Parameter(empty(normalized_shape, dtype, device));
            }
        }

        reset_parameters();
    }

    public long[] normalized_shape { get; set; }

    public double eps { get; set; }

    public bool elementwise_affine { get; set; }

    /// <summary>Of <see cref="normalized_shape"/>; the one that it replaces is freed.</summary>
    public Parameter weight
    {
        get => _weight!;
        set => AssignParameter(ref _weight, value, nameof(weight));
    }

    /// <summary>Of <see cref="normalized_shape"/>; the one that it replaces is freed.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => AssignParameter(ref _bias, value, nameof(bias));
    }

    /// <summary>Weight one, bias zero.</summary>
    public void reset_parameters()
    {
        if (_weight is not null)
        {
            nn.init.ones_(_weight);
        }

        if (_bias is not null)
        {
            nn.init.zeros_(_bias);
        }
    }

    public override Tensor forward(Tensor tensor) => nn.functional.layer_norm(tensor, normalized_shape, _weight, _bias, eps);

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => MoveParameters(dtype, device);

    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
        MoveParameters(null, new Device(deviceType, deviceIndex));

    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => MoveParameters(dtype, null);

    private LayerNorm MoveParameters(ScalarType? dtype, Device? device)
    {
        MoveParameter(ref _weight, nameof(weight), dtype, device);
        MoveParameter(ref _bias, nameof(bias), dtype, device);
        return this;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _weight?.Dispose();
            _bias?.Dispose();
        }

        base.Dispose(disposing);
    }
}
