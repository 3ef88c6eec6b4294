using System.Globalization;
using System.Numerics;
using TorchSharp.Utils;

namespace TorchSharp;

/// <summary>Tensors to and from numbers, arrays, text and streams.</summary>
public static class TensorExtensionMethods
{
    public static Modules.Parameter AsParameter(this torch.Tensor tensor) => new(tensor);

    /// <summary>Bytes of one element.</summary>
    public static int ElementSize(this torch.ScalarType type) => type switch
    {
        torch.ScalarType.Byte or torch.ScalarType.Int8 or torch.ScalarType.Bool => 1,
        torch.ScalarType.Int16 or torch.ScalarType.Float16 or torch.ScalarType.BFloat16 => 2,
        torch.ScalarType.Int32 or torch.ScalarType.Float32 => 4,
        torch.ScalarType.Int64 or torch.ScalarType.Float64 or torch.ScalarType.ComplexFloat32 => 8,
        torch.ScalarType.ComplexFloat64 => 16,
        _ => throw new NotImplementedException($"Elements of type {type}."),
    };

    /// <summary>The product of the sizes.</summary>
    public static long TotalSize(this IEnumerable<long> shape) => shape.Aggregate(1L, (product, size) => product * size);

    public static ReadOnlySpan<int> IntShape(this torch.Tensor tensor) => Array.ConvertAll(tensor.shape, size => (int)size);

    /// <summary>A tensor with the elements of an array in row-major order; shares the array's memory unless told to copy.</summary>
    public static torch.Tensor ToTensor<T>(this T[] rawArray, long[] dimensions, bool doCopy = false, bool requires_grad = false)
    {
        var array = doCopy ? (T[])rawArray.Clone() : rawArray;
        using var flat = torch.from_array(array);
        return flat.reshape(dimensions).requires_grad_(requires_grad);
    }

    /// <summary>A tensor of no dimensions.</summary>
    public static torch.Tensor ToTensor<T>(this T scalar, torch.Device? device = null, bool requires_grad = false)
        where T : struct
    {
        using var one = torch.from_array(new[] { scalar });
        return one.reshape().to(torch.InitializeDevice(device), copy: true).requires_grad_(requires_grad);
    }

    public static void Save(this torch.Tensor tensor, BinaryWriter writer)
    {
        writer.Encode((sbyte)tensor.dtype);
        writer.Encode(tensor.ndim);
        foreach (var size in tensor.shape)
        {
            writer.Encode(size);
        }

        writer.Flush();
        using var here = tensor.cpu();
        using var rows = here.contiguous();
        rows.WriteBytesToStream(writer.BaseStream);
    }

    public static void Save(this torch.Tensor tensor, Stream stream)
    {
        using var writer = new BinaryWriter(stream);
        tensor.Save(writer);
    }

    public static void Save(this torch.Tensor tensor, string location)
    {
        using var stream = File.Create(location);
        tensor.Save(stream);
    }

    public static torch.Tensor Load(BinaryReader reader, bool skip = false)
    {
        torch.Tensor? tensor = null;
        Load(ref tensor, reader, skip);
        return tensor!;
    }

    /// <summary>Reads a saved tensor over this one.</summary>
    public static void Load(this torch.Tensor tensor, BinaryReader reader, bool skip = false)
    {
        torch.Tensor? target = tensor;
        Load(ref target, reader, skip);
    }

    /// <summary>Reads a saved tensor over <paramref name="tensor"/>, or as a new one for null; with <paramref name="skip"/> only past it.</summary>
    /// <exception cref="ArgumentException">Type or shape differ.</exception>
    public static void Load(ref torch.Tensor? tensor, BinaryReader reader, bool skip = false)
    {
        var (type, sizes) = torch.Tensor.ReadHeader(reader);
        if (skip)
        {
            reader.BaseStream.Seek(sizes.TotalSize() * type.ElementSize(), SeekOrigin.Current);
            return;
        }

        if (tensor is null)
        {
            tensor = torch.empty(sizes, dtype: type, device: torch.CPU);
            tensor.ReadBytesFromStream(reader.BaseStream);
            return;
        }

        if (tensor.dtype != type)
        {
            throw new ArgumentException($"Mismatched tensor data types while loading: {type} saved, {tensor.dtype} here.");
        }

        if (!tensor.shape.AsSpan().SequenceEqual(sizes))
        {
            throw new ArgumentException($"Mismatched tensor shape while loading: [{string.Join(", ", sizes)}] saved, [{string.Join(", ", tensor.shape)}] here.");
        }

        using var saved = torch.empty(sizes, dtype: type, device: torch.CPU);
        saved.ReadBytesFromStream(reader.BaseStream);
        using var untracked = torch.no_grad();
        tensor.copy_(saved);
    }

    public static Half ToHalf(this torch.Tensor value) => value.ToScalar().ToHalf();

    public static float ToSingle(this torch.Tensor value) => value.ToScalar().ToSingle();

    public static double ToDouble(this torch.Tensor value) => value.ToScalar().ToDouble();

    public static sbyte ToSByte(this torch.Tensor value) => value.ToScalar().ToSByte();

    public static byte ToByte(this torch.Tensor value) => value.ToScalar().ToByte();

    public static short ToInt16(this torch.Tensor value) => value.ToScalar().ToInt16();

    public static int ToInt32(this torch.Tensor value) => value.ToScalar().ToInt32();

    public static long ToInt64(this torch.Tensor value) => value.ToScalar().ToInt64();

    public static bool ToBoolean(this torch.Tensor value) => value.ToScalar().ToBoolean();

    public static (float Real, float Imaginary) ToComplexFloat32(this torch.Tensor value) => value.ToScalar().ToComplexFloat32();

    public static (float Real, float Imaginary) ToComplex32(this torch.Tensor value) => value.ToComplexFloat32();

    public static Complex ToComplexFloat64(this torch.Tensor value) => value.ToScalar().ToComplexFloat64();

    public static Complex ToComplex64(this torch.Tensor value) => value.ToComplexFloat64();

    public static string str(this torch.Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default) =>
        tensor.ToString(style, fltFormat, width, cultureInfo, newLine);

    public static string jlstr(this torch.Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null) =>
        tensor.ToString(TensorStringStyle.Julia, fltFormat, width, cultureInfo, newLine);

    public static string npstr(this torch.Tensor tensor, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null) =>
        tensor.ToString(TensorStringStyle.Numpy, fltFormat, width, cultureInfo, newLine);

    public static string cstr(this torch.Tensor tensor, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null) =>
        tensor.ToString(TensorStringStyle.CSharp, fltFormat, width, cultureInfo, newLine);

    public static string metastr(this torch.Tensor tensor) => tensor.ToString(TensorStringStyle.Metadata);

    public static torch.Tensor print(this torch.Tensor t, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default)
    {
        Console.WriteLine(t.ToString(style, fltFormat, width, cultureInfo, newLine));
        return t;
    }
}
