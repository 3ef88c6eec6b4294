using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor over the memory of an array, which it shares and keeps in place as long as it lives.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device ?? CPU);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        var type = ScalarTypeOf(rawArray.GetType().GetElementType()!);
        if (type == ScalarType.ComplexFloat32)
        {
            // A tuple's layout is .NET's own affair: the garbage collector will not pin an array of them.
            return Copied(Elements<(float, float)>(rawArray), Lengths(rawArray), dtype, device, requires_grad, names);
        }

        return Placed(Pinned(rawArray, type, 0, Lengths(rawArray)), dtype, device, requires_grad, names);
    }

    /// <summary>A one-dimensional tensor over <paramref name="count"/> elements of an array from <paramref name="offset"/> on, sharing its memory.</summary>
    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        if (offset < 0 || offset >= rawArray.LongLength)
        {
            throw new ArgumentException($"invalid value for 'offset': {offset}");
        }

        if (count < 0)
        {
            count = rawArray.LongLength - offset;
        }

        if (count > rawArray.LongLength - offset)
        {
            throw new IndexOutOfRangeException($"element count is too large: {count}");
        }

        var type = ScalarTypeOf(rawArray.GetType().GetElementType()!);
        return type == ScalarType.ComplexFloat32
            ? throw new NotImplementedException("frombuffer(ComplexFloat32)")
            : Placed(Pinned(rawArray, type, offset, [count]), dtype, CPU, requires_grad, null);
    }

    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device? device = null) => from_array(data, dtype, device);

    /// <summary>The tensor itself under another handle, or converted where type or device differ.</summary>
    public static Tensor as_tensor(Tensor data, ScalarType? dtype = null, Device? device = null)
    {
        var type = dtype ?? data.dtype;
        var target = device ?? data.device;
        return type == data.dtype && target.type == data.device_type && target.index == data.device.index
            ? data.alias()
            : data.to(type, target).requires_grad_(data.requires_grad);
    }

    /// <summary>A tensor of no dimensions.</summary>
    private static Tensor Single<T>(T value, ScalarType? dtype, Device? device, bool requires_grad)
        where T : unmanaged => Copied([value], [], dtype, device, requires_grad, null);

    /// <summary>A tensor with a copy of <paramref name="elements"/>.</summary>
    private static unsafe Tensor Copied<T>(ReadOnlySpan<T> elements, ReadOnlySpan<long> dimensions, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
        where T : unmanaged
    {
        var count = 1L;
        foreach (var size in dimensions)
        {
            count *= size;
        }

        if (count > elements.Length)
        {
            throw new ArgumentException($"mismatched total size creating a tensor from an array: {count} vs. {elements.Length}");
        }

        var tensor = Aten.empty_memory_format.Call(Arg.Ints(dimensions), ScalarTypeOf(typeof(T)), Arg.None, CPU);
        Native.Check(Native.wgqa_data(tensor.Handle, out var data));
        elements[..(int)count].CopyTo(new Span<T>((void*)data, (int)count));
        return Placed(tensor, dtype, device, requires_grad, names);
    }

    /// <summary>Brings a new tensor to its type and device, letting go of the original where that takes a copy.</summary>
    private static Tensor Placed(Tensor tensor, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        var target = InitializeDevice(device);
        var type = dtype ?? tensor.dtype;
        if (type != tensor.dtype || target.type != DeviceType.CPU)
        {
            tensor = tensor.to(type, target, disposeAfter: true);
        }

        return Made(tensor, requires_grad, names);
    }

    private static Tensor Made(Tensor tensor, bool requires_grad, string[]? names)
    {
        if (names is { Length: > 0 })
        {
            tensor.Dispose();
            throw new NotSupportedException("Dimensions cannot be named with this build of TorchSharp.");
        }

        if (requires_grad)
        {
            tensor.requires_grad = true;
        }

        return tensor;
    }

    private static unsafe Tensor Pinned(Array array, ScalarType type, long offset, ReadOnlySpan<long> dimensions)
    {
        var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        try
        {
            var first = pin.AddrOfPinnedObject() + (nint)(offset * type.ElementSize());
            fixed (long* sizes = dimensions)
            {
                Native.Check(Native.wgqa_from_blob(first, sizes, dimensions.Length, (int)type, &Unpin, GCHandle.ToIntPtr(pin), out var tensor));
                return new Tensor(tensor);
            }
        }
        catch (ExternalException)
        {
            pin.Free();
            throw;
        }
    }

    [UnmanagedCallersOnly]
    private static void Unpin(nint pin) => GCHandle.FromIntPtr(pin).Free();

    /// <summary>An array of any rank as its elements in row-major order.</summary>
    private static ReadOnlySpan<T> Elements<T>(Array array) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private static long[] Lengths(Array array)
    {
        var lengths = new long[array.Rank];
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = array.GetLongLength(i);
        }

        return lengths;
    }

    internal static ScalarType ScalarTypeOf(Type type)
    {
        if (type == typeof((float, float)))
        {
            return ScalarType.ComplexFloat32;
        }

        return type == typeof(float) ? ScalarType.Float32
            : type == typeof(double) ? ScalarType.Float64
            : type == typeof(long) ? ScalarType.Int64
            : type == typeof(int) ? ScalarType.Int32
            : type == typeof(short) ? ScalarType.Int16
            : type == typeof(sbyte) ? ScalarType.Int8
            : type == typeof(byte) ? ScalarType.Byte
            : type == typeof(bool) ? ScalarType.Bool
            : type == typeof(Half) ? ScalarType.Float16
            : type == typeof(Complex) ? ScalarType.ComplexFloat64
            : throw new NotSupportedException($"Elements of type {type.Name} have no tensor type.");
    }
}
