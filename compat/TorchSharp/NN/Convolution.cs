using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What convolutions of any number of dimensions share: weight [out, in/groups, kernel..], bias [out], padding.</summary>
public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(bias))]
    protected Parameter? _bias;

    [ComponentName(Name = nameof(weight))]
    protected Parameter? _weight;

    /// <summary>The padding as <c>pad</c> takes it: last dimension first, before and after.</summary>
    protected long[] _reversed_padding_repeated_twice = [];

    protected Convolution(
        string name,
        long in_channels,
        long out_channels,
        long[] kernel_size,
        long[] stride,
        long[]? padding,
        Padding? padding_type,
        long[] dilation,
        bool transposed,
        long[] output_padding,
        long groups,
        bool bias,
        PaddingModes padding_mode,
        Device? device = null,
        ScalarType? dtype = null)
        : base(name)
    {
        if (transposed && padding_mode != PaddingModes.Zeros)
        {
            throw new ArgumentException("Only PaddingModes.Zeros is supported for ConvTransposeND", nameof(padding_mode));
        }

        this.in_channels = in_channels;
        this.out_channels = out_channels;
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.dilation = dilation;
        this.transposed = transposed;
        this.output_padding = output_padding;
        this.groups = groups;
        this.padding_mode = padding_mode;
        if (padding_type is { } type)
        {
            SetPadding(type);
        }
        else
        {
            SetPadding(padding ?? new long[kernel_size.Length]);
        }

        long[] ends = transposed ? [in_channels, out_channels / groups] : [out_channels, in_channels / groups];
        weight = new Parameter(empty([.. ends, .. kernel_size], dtype: dtype, device: device));
        if (bias)
        {
            this.bias = new Parameter(empty(out_channels, dtype: dtype, device: device));
        }

        reset_parameters();
    }

    public long in_channels { get; }

    public long out_channels { get; }

    public bool transposed { get; }

    public Padding? padding_type { get; private set; }

    public long[]? padding { get; private set; }

    public PaddingModes padding_mode { get; set; }

    public long groups { get; set; }

    public long[] kernel_size { get; set; }

    public long[] stride { get; set; }

    public long[] dilation { get; set; }

    public long[] output_padding { get; set; }

    /// <summary>[out, in/groups, kernel..]; the one that it replaces is freed.</summary>
    public Parameter weight
    {
        get => _weight!;
        set => AssignParameter(ref _weight, value, nameof(weight));
    }

    /// <summary>[out]; the one that it replaces is freed.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => AssignParameter(ref _bias, value, nameof(bias));
    }

    /// <summary>Uniform within ±1/√fan-in.</summary>
    public void reset_parameters()
    {
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        var (fanIn, _) = nn.init.CalculateFanInAndFanOut(weight);
        if (_bias is not null && fanIn != 0)
        {
            var bound = 1 / Math.Sqrt(fanIn);
            nn.init.uniform_(_bias, -bound, bound);
        }
    }

    public void SetPadding(long[] padding)
    {
        padding_type = null;
        this.padding = padding;
        _reversed_padding_repeated_twice = [.. padding.AsEnumerable().Reverse().SelectMany(value => new[] { value, value })];
    }

    /// <exception cref="ArgumentException">Transposed, or "same" with a stride.</exception>
    public void SetPadding(Padding padding)
    {
        if (transposed)
        {
            throw new ArgumentException("Cannot set padding type on ConvTransposeND");
        }

        this.padding = null;
        padding_type = padding;
        _reversed_padding_repeated_twice = new long[kernel_size.Length * 2];
        if (padding != Padding.Same)
        {
            return;
        }

        if (stride.Any(step => step != 1))
        {
            throw new ArgumentException("padding='same' is not supported for strided convolutions");
        }

        for (var i = 0; i < kernel_size.Length; i++)
        {
            var total = dilation[i] * (kernel_size[i] - 1);
            var reversed = kernel_size.Length - 1 - i;
            _reversed_padding_repeated_twice[2 * reversed] = total / 2;
            _reversed_padding_repeated_twice[(2 * reversed) + 1] = total - (total / 2);
        }
    }

    /// <summary>Whether an input is [b, in, ..] or [in, ..] with so many dimensions of space.</summary>
    protected bool ValidateShape(Tensor input, long dimensions)
    {
        var rank = input.Dimensions;
        return (rank == dimensions + 2 && input.size(1) == in_channels) || (rank == dimensions + 1 && input.size(0) == in_channels);
    }

    protected internal override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => MoveParameters(dtype, device);

    protected internal override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
        MoveParameters(null, new Device(deviceType, deviceIndex));

    protected internal override nn.Module _to(ScalarType dtype, bool non_blocking) => MoveParameters(dtype, null);

    private Convolution MoveParameters(ScalarType? dtype, Device? device)
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
    }
}
