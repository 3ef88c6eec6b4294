using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public ScalarType dtype => (ScalarType)Native.wgqa_dtype(Handle);

        public Device device
        {
            get
            {
                var packed = Native.wgqa_device(Handle);
                var type = (DeviceType)(byte)packed;
                return type == DeviceType.CPU ? CPU : new Device(type, (int)(packed >> 8) - 1);
            }
        }

        public DeviceType device_type => (DeviceType)(byte)Native.wgqa_device(Handle);

        public int device_index => (int)(Native.wgqa_device(Handle) >> 8) - 1;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_sparse => Native.wgqa_is_sparse(Handle) != 0;

        public long Dimensions => Native.wgqa_dim(Handle);

        public long ndim => Native.wgqa_dim(Handle);

        public long NumberOfElements => Native.wgqa_numel(Handle);

        /// <summary>Bytes of one element.</summary>
        public long ElementSize => Native.wgqa_element_size(Handle);

        /// <summary>The sizes, in a new array; <see cref="size(int)"/> allocates nothing.</summary>
        public long[] shape => size();

        public long dim() => Native.wgqa_dim(Handle);

        public long numel() => Native.wgqa_numel(Handle);

        public long element_size() => Native.wgqa_element_size(Handle);

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        public bool is_conj() => Aten.is_conj.CallBool(this);

        public bool is_neg() => Aten.is_neg.CallBool(this);

        public bool is_pinned() => Aten.is_pinned.CallBool(this);

        /// <summary>Whether the one element is not zero.</summary>
        /// <exception cref="InvalidOperationException">There is not exactly one element.</exception>
        public bool is_nonzero() => numel() == 1
            ? Aten.is_nonzero.CallBool(this)
            : throw new InvalidOperationException("is_nonzero() called on non-singleton tensor");

        public bool is_contiguous()
        {
            Native.Check(Native.wgqa_is_contiguous(Handle, out var contiguous), this);
            return contiguous != 0;
        }

        public unsafe long[] size()
        {
            var sizes = new long[ndim];
            fixed (long* p = sizes)
            {
                Native.wgqa_sizes(Handle, p);
            }

            return sizes;
        }

        /// <summary>The size of one dimension; negative counts from the last.</summary>
        public long size(int dim)
        {
            Span<long> sizes = stackalloc long[MaxDims];
            return sizes[Wrapped(dim, Sizes(sizes))];
        }

        public unsafe long[] stride()
        {
            var strides = new long[ndim];
            fixed (long* p = strides)
            {
                Native.Check(Native.wgqa_strides(Handle, p), this);
            }

            return strides;
        }

        public unsafe long stride(int dim)
        {
            var strides = stackalloc long[MaxDims];
            var index = Wrapped(dim, (int)ndim);
            Native.Check(Native.wgqa_strides(Handle, strides), this);
            return strides[index];
        }

        public long storage_offset()
        {
            Native.Check(Native.wgqa_storage_offset(Handle, out var offset), this);
            return offset;
        }

        /// <summary>libtorch's own limit on dimensions.</summary>
        private const int MaxDims = 64;

        /// <summary>Writes the sizes and returns how many there are.</summary>
        private unsafe int Sizes(Span<long> sizes)
        {
            var dims = (int)Native.wgqa_dim(Handle);
            if (dims > sizes.Length)
            {
                throw new InvalidOperationException($"A tensor of {dims} dimensions, more than {sizes.Length}.");
            }

            fixed (long* p = sizes)
            {
                Native.wgqa_sizes(Handle, p);
            }

            return dims;
        }

        private static int Wrapped(int dim, int dims)
        {
            // Said as libtorch says it, and thrown as everything libtorch says is thrown.
            if (dim < -dims || dim >= dims)
            {
                throw new System.Runtime.InteropServices.ExternalException(dims == 0
                    ? $"Dimension specified as {dim} but tensor has no dimensions"
                    : $"Dimension out of range (expected to be in range of [{-dims}, {dims - 1}], but got {dim})");
            }

            return dim < 0 ? dim + dims : dim;
        }
    }
}
