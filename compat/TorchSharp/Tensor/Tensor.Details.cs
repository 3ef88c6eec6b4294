using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>libtorch's word for a rounding mode; none for true division.</summary>
        private static Arg Word(RoundingMode mode) => mode == RoundingMode.None ? Arg.None : mode.ToString();

        private static Tensor Typed(Tensor result, ScalarType? type) =>
            type is { } wanted && wanted != result.dtype ? result.to_type(wanted, disposeAfter: true) : result;

        private static (Tensor, Tensor) Typed((Tensor, Tensor) results, ScalarType? type) =>
            (Typed(results.Item1, type), Typed(results.Item2, type));

        /// <summary>libtorch returns empty tensors for what was not asked for; TorchSharp returns null.</summary>
        private static (Tensor, Tensor?, Tensor?) Asked((Tensor Values, Tensor Inverse, Tensor Counts) found, bool inverse, bool counts)
        {
            if (!inverse)
            {
                found.Inverse.Dispose();
            }

            if (!counts)
            {
                found.Counts.Dispose();
            }

            return (found.Values, inverse ? found.Inverse : null, counts ? found.Counts : null);
        }

        private Tensor Converted(Tensor result, bool disposeAfter)
        {
            if (disposeAfter)
            {
                Dispose();
            }

            return result;
        }

        private Tensor Unflatten(long dim, long[] sizes)
        {
            var at = Wrapped((int)dim, (int)ndim);
            var shape = this.shape;
            List<long> target = [.. shape[..at], .. sizes, .. shape[(at + 1)..]];
            // A −1 among the new sizes is what remains of the old one.
            var known = sizes.Where(size => size != -1).Aggregate(1L, (product, size) => product * size);
            for (var i = at; i < at + sizes.Length; i++)
            {
                if (target[i] == -1 && known != 0)
                {
                    target[i] = shape[at] / known;
                }
            }

            return view(target.ToArray());
        }

        private Tensor Tensordot(Tensor other, long dims)
        {
            var first = ndim - dims;
            var left = new long[dims];
            var right = new long[dims];
            for (var i = 0; i < dims; i++)
            {
                left[i] = first + i;
                right[i] = i;
            }

            return Aten.tensordot.Call(this, other, left, right);
        }

        private Tensor TakeAlong(IEnumerable<long> indices, long? dim)
        {
            using var positions = tensor(indices.ToArray(), device: device);
            return Aten.take_along_dim.Call(this, positions, dim);
        }

        private Tensor[] SplitAt(Tensor indices, long dim) =>
            Aten.tensor_split_tensor_indices_or_sections.CallList(this, indices, dim);
    }
}
