using System.Numerics;

namespace TorchSharp;

/// <summary>Numbers to scalars and back. A value that does not fit throws <see cref="OverflowException"/>.</summary>
public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;

    public static Scalar ToScalar(this sbyte value) => value;

    public static Scalar ToScalar(this short value) => value;

    public static Scalar ToScalar(this int value) => value;

    public static Scalar ToScalar(this long value) => value;

    public static Scalar ToScalar(this Half value) => value;

    public static Scalar ToScalar(this float value) => value;

    public static Scalar ToScalar(this double value) => value;

    public static Scalar ToScalar(this bool value) => value;

    public static Scalar ToScalar(this (float, float) value) => value;

    public static Scalar ToScalar(this Complex value) => value;

    /// <summary>The nearest bfloat16, as a scalar.</summary>
    public static Scalar ToBFloat16Scalar(this float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (!float.IsNaN(value))
        {
            // Round to nearest, ties to even, on the upper 16 bits.
            bits += 0x7fff + ((bits >> 16) & 1);
        }

        return BitConverter.UInt32BitsToSingle(bits & 0xffff0000);
    }

    public static Half ToHalf(this Scalar value) => (Half)value.Real;

    public static float ToSingle(this Scalar value) => (float)value.Real;

    public static double ToDouble(this Scalar value) => value.Real;

    public static sbyte ToSByte(this Scalar value) => checked((sbyte)value.Integer);

    public static byte ToByte(this Scalar value) => checked((byte)value.Integer);

    public static short ToInt16(this Scalar value) => checked((short)value.Integer);

    public static int ToInt32(this Scalar value) => checked((int)value.Integer);

    public static long ToInt64(this Scalar value) => value.Integer;

    public static bool ToBoolean(this Scalar value) => value.Boolean;

    public static (float Real, float Imaginary) ToComplexFloat32(this Scalar value) => ((float)value.Real, (float)value.Imaginary);

    public static Complex ToComplexFloat64(this Scalar value) => value.Complex;
}
