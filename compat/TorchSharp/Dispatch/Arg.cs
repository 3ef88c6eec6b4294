using System.Runtime.InteropServices;
using System.Text;

namespace TorchSharp.Dispatch;

/// <summary>
/// An argument of an operator on the managed side. Converts implicitly from everything an operator takes, so that a call
/// reads like the operator's schema and, passed as a <c>params ReadOnlySpan</c>, allocates nothing.
/// </summary>
internal readonly struct Arg
{
    private readonly object? _reference;
    private readonly long _bits;
    private readonly Tag _tag;
    private readonly int _count;

    private Arg(Tag tag, long bits, object? reference = null, int count = 0)
    {
        _tag = tag;
        _bits = bits;
        _reference = reference;
        _count = count;
    }

    /// <summary>An absent optional argument.</summary>
    internal static Arg None => default;

    /// <summary>The schema's own default, for an argument in the middle.</summary>
    internal static Arg Default => new(Tag.Default, 0);

    /// <summary>A list of one integer: what an operator with <c>int[1] dim</c> takes.</summary>
    internal static Arg OneDim(long dim) => new(Tag.OneInt, dim);

    /// <summary>A list of one integer, or none.</summary>
    internal static Arg OneDim(long? dim) => dim is { } d ? OneDim(d) : None;

    /// <summary>A list of integers; the span is copied.</summary>
    internal static Arg Ints(ReadOnlySpan<long> values) => values.Length == 1 ? OneDim(values[0]) : (Arg)values.ToArray();

    internal static Arg Doubles(double[] values) => new(Tag.DoubleList, 0, values, values.Length);

    internal static Arg Bools(bool[] values) => new(Tag.BoolList, 0, values, values.Length);

    internal static Arg List(torch.Tensor[] tensors) => new(Tag.TensorList, 0, tensors, tensors.Length);

    internal static Arg List(IEnumerable<torch.Tensor> tensors) => List(tensors as torch.Tensor[] ?? tensors.ToArray());

    internal static Arg List(ReadOnlySpan<torch.Tensor> tensors) => List(tensors.ToArray());

    /// <summary>Tensors of which some may be missing: what <c>index</c> takes.</summary>
    internal static Arg OptionalList(torch.Tensor?[] tensors) => new(Tag.OptionalTensors, 0, tensors, tensors.Length);

    public static implicit operator Arg(torch.Tensor? value) => value is null ? default : new(Tag.Tensor, 0, value);
    public static implicit operator Arg(long value) => new(Tag.Int, value);
    public static implicit operator Arg(long? value) => value is { } v ? new(Tag.Int, v) : default;
    public static implicit operator Arg(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(double? value) => value is { } v ? (Arg)v : default;
    public static implicit operator Arg(bool value) => new(Tag.Bool, value ? 1 : 0);
    public static implicit operator Arg(torch.ScalarType value) => new(Tag.Int, (long)value);
    public static implicit operator Arg(torch.ScalarType? value) => value is { } v ? new(Tag.Int, (long)v) : default;
    public static implicit operator Arg(long[]? value) => value is null ? default : new(Tag.IntList, 0, value, value.Length);
    public static implicit operator Arg(string? value) => value is null ? default : new(Tag.String, 0, value);
    public static implicit operator Arg(torch.Generator? value) => value is null ? default : new(Tag.Generator, 0, value);

    public static implicit operator Arg(torch.Device? value) =>
        value is null ? default : new(Tag.Device, Native.Packed(value.type, value.index));

    public static implicit operator Arg(Scalar? value) => value is null
        ? default
        : value.Kind == Tag.Complex ? new(Tag.Complex, 0, value) : new(value.Kind, value.Bits);

    /// <summary>The tensor this argument is, or null.</summary>
    internal torch.Tensor? Tensor => _reference as torch.Tensor;

    /// <summary>How many 8-byte words of scratch memory <see cref="Write"/> needs for what does not fit in the value.</summary>
    internal int Words => _tag switch
    {
        Tag.IntList or Tag.DoubleList or Tag.TensorList or Tag.OptionalTensors => _count,
        Tag.BoolList => (_count + 7) / 8,
        Tag.Complex => 2,
        Tag.String => (Encoding.UTF8.GetByteCount((string)_reference!) + 7) / 8,
        _ => 0,
    };

    internal unsafe void Write(NativeValue* value, long* scratch)
    {
        value->Tag = _tag;
        value->Count = _count;
        switch (_tag)
        {
            case Tag.Tensor:
                value->Bits = ((torch.Tensor)_reference!).Handle;
                return;
            case Tag.IntList:
                ((long[])_reference!).CopyTo(new Span<long>(scratch, _count));
                break;
            case Tag.DoubleList:
                ((double[])_reference!).CopyTo(new Span<double>(scratch, _count));
                break;
            case Tag.BoolList:
                MemoryMarshal.AsBytes(((bool[])_reference!).AsSpan()).CopyTo(new Span<byte>(scratch, _count));
                break;
            case Tag.TensorList:
            case Tag.OptionalTensors:
                var tensors = (torch.Tensor?[])_reference!;
                for (var i = 0; i < _count; i++)
                {
                    scratch[i] = tensors[i]?.Handle ?? 0;
                }

                break;
            case Tag.String:
                var text = (string)_reference!;
                value->Count = Encoding.UTF8.GetBytes(text, new Span<byte>(scratch, Encoding.UTF8.GetByteCount(text)));
                break;
            case Tag.Complex:
                var complex = ((Scalar)_reference!).Complex;
                ((double*)scratch)[0] = complex.Real;
                ((double*)scratch)[1] = complex.Imaginary;
                break;
            case Tag.Generator:
                value->Bits = ((torch.Generator)_reference!).Handle;
                return;
            default:
                value->Bits = _bits;
                return;
        }

        value->Pointer = scratch;
    }
}
