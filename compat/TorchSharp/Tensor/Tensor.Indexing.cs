using System.Runtime.CompilerServices;
using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => At(indices);
            set => Put(indices, value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => At([i1]);
            set => Put([i1], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => At([i1, i2]);
            set => Put([i1, i2], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => At([i1, i2, i3]);
            set => Put([i1, i2, i3], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => At([i1, i2, i3, i4]);
            set => Put([i1, i2, i3, i4], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5]
        {
            get => At([i1, i2, i3, i4, i5]);
            set => Put([i1, i2, i3, i4, i5], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
        {
            get => At([i1, i2, i3, i4, i5, i6]);
            set => Put([i1, i2, i3, i4, i5, i6], value);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            Span<NativeIndex> encoded = stackalloc NativeIndex[indices.Length];
            Encode(indices, encoded);
            var result = Indexed(encoded);
            GC.KeepAlive(indices);
            return result;
        }

        public Tensor index(params Tensor[] indices) => index(Array.ConvertAll(indices, TensorIndex.Tensor));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            Span<NativeIndex> encoded = stackalloc NativeIndex[indices.Length];
            Encode(indices, encoded);
            PutIndexed(encoded, value);
            GC.KeepAlive(indices);
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) =>
            index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor));

        /// <summary>Writes, or adds with <paramref name="accumulate"/>, which takes index tensors only.</summary>
        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            if (!accumulate)
            {
                return index_put_(value, indices);
            }

            var tensors = Array.ConvertAll(indices, index => index.Indexed
                ?? throw new ArgumentException("Accumulating takes tensors of indices only.", nameof(indices)));
            return Aten.index_put_.InPlace(this, Arg.OptionalList(tensors), value, true);
        }

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) =>
            index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor), accumulate);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var filled = Filled(value);
            return index_put_(filled, indices);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices) =>
            index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor));

        private Tensor Filled(Scalar value) => Aten.full.Call((long[])[], value, dtype, Arg.None, device, Arg.None);

        private static void Encode(TensorIndex[] indices, Span<NativeIndex> encoded)
        {
            for (var i = 0; i < indices.Length; i++)
            {
                encoded[i] = indices[i].Encoded();
            }
        }

        private Tensor At(ReadOnlySpan<long> positions)
        {
            if (positions.Length == 1)
            {
                return Aten.select_int.Call(this, 0L, positions[0]);
            }

            Span<NativeIndex> encoded = stackalloc NativeIndex[positions.Length];
            Encode(positions, encoded);
            return Indexed(encoded);
        }

        private void Put(ReadOnlySpan<long> positions, Tensor value)
        {
            Span<NativeIndex> encoded = stackalloc NativeIndex[positions.Length];
            Encode(positions, encoded);
            PutIndexed(encoded, value);
        }

        private static void Encode(ReadOnlySpan<long> positions, Span<NativeIndex> encoded)
        {
            for (var i = 0; i < positions.Length; i++)
            {
                encoded[i] = new NativeIndex { Kind = IndexKind.Single, Start = positions[i] };
            }
        }

        private unsafe Tensor Indexed(ReadOnlySpan<NativeIndex> encoded)
        {
            fixed (NativeIndex* p = encoded)
            {
                Native.Check(Native.wgqa_index(Handle, p, encoded.Length, out var result), this);
                return new Tensor(result);
            }
        }

        private unsafe void PutIndexed(ReadOnlySpan<NativeIndex> encoded, Tensor value)
        {
            fixed (NativeIndex* p = encoded)
            {
                Native.Check(Native.wgqa_index_put(Handle, p, encoded.Length, value.Handle), this);
            }

            GC.KeepAlive(value);
        }
    }
}
