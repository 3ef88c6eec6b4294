using System.Numerics;
using TorchSharp.Dispatch;

namespace TorchSharp;

/// <summary>A number without a tensor: an integer, a real, a Boolean or a complex number.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(Tag kind, long bits, double imaginary = 0)
    {
        Kind = kind;
        Bits = bits;
        Imaginary = imaginary;
    }

    /// <summary>The type libtorch gives such a number: every integer is Int64 and every real Float64.</summary>
    public torch.ScalarType Type => Kind switch
    {
        Tag.Int => torch.ScalarType.Int64,
        Tag.Double => torch.ScalarType.Float64,
        Tag.Bool => torch.ScalarType.Bool,
        _ => torch.ScalarType.ComplexFloat64,
    };

    internal Tag Kind { get; }

    /// <summary>The integer, the Boolean, or the bits of the real part.</summary>
    internal long Bits { get; }

    internal double Imaginary { get; }

    internal Complex Complex => new(Real, Imaginary);

    internal double Real => Kind is Tag.Double or Tag.Complex ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal long Integer => Kind switch
    {
        Tag.Double => checked((long)Real),
        Tag.Complex => throw new InvalidCastException("A complex number is not an integer."),
        _ => Bits,
    };

    internal bool Boolean => Kind is Tag.Double or Tag.Complex ? Complex != Complex.Zero : Bits != 0;

    public static implicit operator Scalar(byte value) => Int(value);
    public static implicit operator Scalar(sbyte value) => Int(value);
    public static implicit operator Scalar(short value) => Int(value);
    public static implicit operator Scalar(int value) => Int(value);
    public static implicit operator Scalar(long value) => Int(value);
    public static implicit operator Scalar(Half value) => Double((double)value);
    public static implicit operator Scalar(float value) => Double(value);
    public static implicit operator Scalar(double value) => Double(value);
    public static implicit operator Scalar(bool value) => new(Tag.Bool, value ? 1 : 0);
    public static implicit operator Scalar((float, float) value) => new Complex(value.Item1, value.Item2);
    public static implicit operator Scalar(Complex value) =>
        new(Tag.Complex, BitConverter.DoubleToInt64Bits(value.Real), value.Imaginary);

    public void Dispose()
    {
    }

    internal static Scalar From(in NativeValue value) => value.Tag switch
    {
        Tag.Int or Tag.Bool or Tag.Double => new Scalar(value.Tag, value.Bits),
        _ => throw new InvalidOperationException($"A {value.Tag} is not a number."),
    };

    private static Scalar Int(long value) => new(Tag.Int, value);

    private static Scalar Double(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));
}
