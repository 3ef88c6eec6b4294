using System.Collections;
using System.Runtime.CompilerServices;
using TorchSharp.Dispatch;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor on the processor, in row-major order whatever its strides.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly bool _ownsTensor;
    private readonly T* _data;
    private readonly bool _contiguous;
    private torch.Tensor? _tensor;

    internal TensorAccessor(torch.Tensor tensor, bool ownsTensor)
    {
        _tensor = tensor;
        _ownsTensor = ownsTensor;
        Native.Check(Native.wgqa_data(tensor.Handle, out var pointer));
        _data = (T*)pointer;
        _contiguous = tensor.is_contiguous();
        Count = tensor.numel();
    }

    public long Count { get; }

    // A contiguous tensor is mostly read from one end to the other, which takes neither of these.
    private long[] Shape => field ??= _tensor!.shape;

    private long[] Strides => field ??= _tensor!.stride();

    public bool IsReadOnly => false;

    /// <summary>One index counts elements in row-major order; several address one dimension each.</summary>
    public T this[params long[] indices]
    {
        get
        {
            var value = _data[Offset(indices)];
            GC.KeepAlive(_tensor);
            return value;
        }

        set
        {
            _data[Offset(indices)] = value;
            GC.KeepAlive(_tensor);
        }
    }

#nullable disable annotations
    public override bool Equals(object obj) => obj is TensorAccessor<T> other && this == other;
#nullable restore annotations

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) =>
        left.Count == right.Count && left.SequenceEqual(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !(left == right);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    /// <summary>An array with the tensor's dimensions; a tensor without dimensions gives an array of one element.</summary>
    public Array ToNDArray()
    {
        if (Shape.Length == 0)
        {
            return ToArray();
        }

        var array = Array.CreateInstance(typeof(T), Shape);
        if (Count > 0)
        {
            fixed (byte* target = &System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array))
            {
                Read(new Span<T>(target, checked((int)Count)), 0);
            }
        }

        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies elements from <paramref name="tensorIndex"/> on, as many as there are and fit.</summary>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0) => Read(array[arrayIndex..], tensorIndex);

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var source = array[arrayIndex..];
        var length = (int)Math.Clamp(Count - tensorIndex, 0, source.Length);
        if (_contiguous)
        {
            source[..length].CopyTo(new Span<T>(_data + tensorIndex, length));
        }
        else
        {
            for (var i = 0; i < length; i++)
            {
                _data[Strided(tensorIndex + i)] = source[i];
            }
        }

        GC.KeepAlive(_tensor);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
        {
            yield return At(i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        if (_ownsTensor)
        {
            _tensor?.Dispose();
        }

        _tensor = null;
    }

    private T At(long element) => _data[_contiguous ? element : Strided(element)];

    private void Read(Span<T> target, long tensorIndex)
    {
        var length = (int)Math.Clamp(Count - tensorIndex, 0, target.Length);
        if (_contiguous)
        {
            new ReadOnlySpan<T>(_data + tensorIndex, length).CopyTo(target);
        }
        else
        {
            for (var i = 0; i < length; i++)
            {
                target[i] = _data[Strided(tensorIndex + i)];
            }
        }

        GC.KeepAlive(_tensor);
    }

    private long Offset(long[] indices)
    {
        if (indices.Length == 1)
        {
            var element = indices[0];
            if (element < 0 || element >= Count)
            {
                throw new IndexOutOfRangeException($"{element} in a collection of {Count} elements.");
            }

            return _contiguous ? element : Strided(element);
        }

        long offset = 0;
        for (var i = 0; i < Shape.Length; i++)
        {
            if (indices[i] < 0 || indices[i] >= Shape[i])
            {
                throw new IndexOutOfRangeException($"{indices[i]} >= {Shape[i]} in dimension {i}.");
            }

            offset += indices[i] * Strides[i];
        }

        return offset;
    }

    private long Strided(long element)
    {
        long offset = 0;
        for (var i = Shape.Length - 1; i >= 0; i--)
        {
            element = Math.DivRem(element, Shape[i], out var position);
            offset += position * Strides[i];
        }

        return offset;
    }
}
