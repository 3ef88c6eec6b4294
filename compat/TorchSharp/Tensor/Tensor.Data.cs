using System.Numerics;
using System.Runtime.CompilerServices;
using TorchSharp.Dispatch;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The raw bytes of a contiguous tensor on the processor: a window on its memory, not a copy.</summary>
        /// <exception cref="InvalidOperationException">The tensor is not contiguous or not on the processor.</exception>
        public unsafe Span<byte> bytes
        {
            get => ByteCount <= int.MaxValue
                ? new((void*)ContiguousData(), (int)ByteCount)
                : throw new ArgumentException("Span only supports up to int.MaxValue elements.");
            set
            {
                if (value.Length != ByteCount)
                {
                    throw new ArgumentException("Mismatched data sizes in SetBytes().");
                }

                value.CopyTo(bytes);
            }
        }

        private long ByteCount => NumberOfElements * ElementSize;

        /// <summary>The elements; a copy on the processor when the tensor is elsewhere.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the type of the elements.</exception>
        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            ValidateType(typeof(T));
            return is_cpu() ? new TensorAccessor<T>(this, ownsTensor: false) : new TensorAccessor<T>(cpu(), ownsTensor: true);
        }

        /// <summary>The one element.</summary>
        /// <exception cref="ArgumentException">There are more or fewer, or they are not of type <typeparamref name="T"/>.</exception>
        public T item<T>()
            where T : unmanaged
        {
            if (NumberOfElements != 1)
            {
                throw new ArgumentException("Number of elements in the tensor must be 1");
            }

            ValidateType(typeof(T));
            if (is_cpu())
            {
                return Element<T>(0);
            }

            using var here = cpu();
            return here.Element<T>(0);
        }

        /// <summary>The one element as a number.</summary>
        public Scalar ToScalar()
        {
            if (!is_complex())
            {
                return Aten.item.CallScalar(this);
            }

            using var wide = to_type(ScalarType.ComplexFloat64);
            return wide.item<Complex>();
        }

        public double ReadCpuDouble(long i) => ReadCpuValue<double>(i);

        public float ReadCpuSingle(long i) => ReadCpuValue<float>(i);

        public int ReadCpuInt32(long i) => ReadCpuValue<int>(i);

        public long ReadCpuInt64(long i) => ReadCpuValue<long>(i);

        public byte ReadCpuByte(long i) => ReadCpuValue<byte>(i);

        public sbyte ReadCpuSByte(long i) => ReadCpuValue<sbyte>(i);

        public short ReadCpuInt16(long i) => ReadCpuValue<short>(i);

        public bool ReadCpuBool(long i) => ReadCpuValue<bool>(i);

        public float ReadCpuFloat16(long i) => (float)Element<Half>(i);

        public float ReadCpuBFloat16(long i) => BitConverter.UInt32BitsToSingle((uint)Element<ushort>(i) << 16);

        /// <summary>The element at a position counted in row-major order.</summary>
        public T ReadCpuValue<T>(long i)
            where T : unmanaged
        {
            ValidateType(typeof(T));
            return Element<T>(i);
        }

        /// <summary>Writes the elements to a stream: for tensors larger than a span can be.</summary>
        public unsafe void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            var data = ContiguousData();
            var total = ByteCount;
            // The buffer's size is a hint for streams that copy; native memory needs no buffer of its own.
            var chunk = Math.Max(bufferSize, 1 << 20);
            for (long done = 0; done < total; done += chunk)
            {
                stream.Write(new ReadOnlySpan<byte>((byte*)data + done, (int)Math.Min(chunk, total - done)));
            }

            GC.KeepAlive(this);
        }

        /// <exception cref="EndOfStreamException">The stream is shorter than the tensor.</exception>
        public unsafe void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            var data = ContiguousData();
            var total = ByteCount;
            var chunk = Math.Max(bufferSize, 1 << 20);
            for (long done = 0; done < total; done += chunk)
            {
                stream.ReadExactly(new Span<byte>((byte*)data + done, (int)Math.Min(chunk, total - done)));
            }

            GC.KeepAlive(this);
        }

        internal void ValidateType(Type dotnetType)
        {
            var expected = dtype switch
            {
                ScalarType.Byte => typeof(byte),
                ScalarType.Int8 => typeof(sbyte),
                ScalarType.Int16 => typeof(short),
                ScalarType.Int32 => typeof(int),
                ScalarType.Int64 => typeof(long),
                ScalarType.Bool => typeof(bool),
                ScalarType.Float16 => typeof(Half),
                ScalarType.Float32 => typeof(float),
                ScalarType.Float64 => typeof(double),
                ScalarType.ComplexFloat32 => typeof((float, float)),
                ScalarType.ComplexFloat64 => typeof(Complex),
                _ => null,
            };
            if (dotnetType != expected)
            {
                throw new ArgumentException($"{dotnetType.Name} is not compatible with {dtype}");
            }
        }

        private nint ContiguousData()
        {
            if (!is_contiguous())
            {
                throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            }

            if (!is_cpu())
            {
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            }

            Native.Check(Native.wgqa_data(Handle, out var data), this);
            return data;
        }

        private unsafe T Element<T>(long i)
            where T : unmanaged
        {
            if (!is_cpu())
            {
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            }

            if (i < 0 || i >= NumberOfElements)
            {
                throw new IndexOutOfRangeException("The index is greater than the number of elements in the tensor");
            }

            Native.Check(Native.wgqa_data(Handle, out var data), this);
            var offset = i;
            if (i > 0 && !is_contiguous())
            {
                offset = 0;
                Span<long> sizes = stackalloc long[MaxDims];
                Span<long> strides = stackalloc long[MaxDims];
                var dims = Sizes(sizes);
                fixed (long* p = strides)
                {
                    Native.Check(Native.wgqa_strides(Handle, p), this);
                }

                for (var d = dims - 1; d >= 0; d--)
                {
                    i = Math.DivRem(i, sizes[d], out var position);
                    offset += position * strides[d];
                }
            }

            var value = Unsafe.ReadUnaligned<T>((T*)data + offset);
            GC.KeepAlive(this);
            return value;
        }
    }
}
