namespace TorchSharp;

public static partial class torch
{
    /// <summary>The limits of a floating-point type.</summary>
    public struct FInfo
    {
        public int bits;
        public double eps;
        public double max;
        public double min;
        public double tiny;
        public double smallest_normal;
        public double resolution;
    }

    /// <summary>The limits of the default type.</summary>
    public static FInfo finfo() => finfo(get_default_dtype());

    /// <summary>The limits of a floating-point type; of a complex one, those of its parts.</summary>
    public static FInfo finfo(ScalarType dtype) => dtype switch
    {
        ScalarType.BFloat16 => Limits(16, 7, 127),
        ScalarType.Float16 => Limits(16, 10, 15),
        ScalarType.Float32 or ScalarType.ComplexFloat32 => Limits(32, 23, 127),
        ScalarType.Float64 or ScalarType.ComplexFloat64 => Limits(64, 52, 1023),
        _ => throw new ArgumentException("'dtype' must be floating point or complex"),
    };

    private static FInfo Limits(int bits, int mantissaBits, int largestExponent)
    {
        var eps = Math.ScaleB(1, -mantissaBits);
        var max = Math.ScaleB(2 - eps, largestExponent);
        var tiny = Math.ScaleB(1, 1 - largestExponent);
        return new FInfo
        {
            bits = bits,
            eps = eps,
            max = max,
            min = -max,
            tiny = tiny,
            smallest_normal = tiny,
            resolution = Math.Round(Math.Pow(10, -Math.Floor(mantissaBits * Math.Log10(2))), 15),   // 10^−(decimal digits that survive)
        };
    }
}
