using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One index of <c>tensor[…]</c>: a position, a slice, an ellipsis, a new axis, a truth value or a tensor.</summary>
    public struct TensorIndex
    {
        private readonly IndexKind _kind;
        private readonly long _start;
        private readonly long? _stop;
        private readonly long _step;

        private TensorIndex(IndexKind kind, long start = 0, long? stop = null, long step = 1, Tensor? tensor = null)
        {
            _kind = kind;
            _start = start;
            _stop = stop;
            _step = step;
            Indexed = tensor;
        }

        /// <summary>All dimensions not named.</summary>
        public static TensorIndex Ellipsis = new(IndexKind.Ellipsis);

        /// <summary>A new dimension of size 1.</summary>
        public static TensorIndex None = new(IndexKind.NewAxis);

        public static TensorIndex Null = new(IndexKind.NewAxis);

        /// <summary>The whole of one dimension.</summary>
        public static TensorIndex Colon = Slice();

        internal Tensor? Indexed { get; }

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new(IndexKind.Slice, start ?? 0, stop, step ?? 1);

        public static TensorIndex Slice((int? start, int? end) range) => Slice(range.start, range.end);

        public static TensorIndex Slice(Range range) => Slice(Position(range.Start), End(range.End));

        public static TensorIndex Bool(bool value) => new(IndexKind.Bool, value ? 1 : 0);

        public static TensorIndex Single(long? index) => new(IndexKind.Single, index ?? 0);

        public static TensorIndex Tensor(Tensor tensor) => new(IndexKind.Tensor, tensor: tensor);

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(Position(index));

        /// <summary>There is no such conversion; it is declared so that <c>x[i]</c> prefers an index to a tensor.</summary>
        /// <exception cref="InvalidOperationException">Always.</exception>
        public static implicit operator Tensor(TensorIndex value) => throw new InvalidOperationException("Should not be called.");

        internal readonly NativeIndex Encoded() => new()
        {
            Kind = _kind,
            Start = _start,
            Stop = _stop ?? long.MaxValue,
            Step = _step,
            Tensor = Indexed is null ? 0 : Indexed.Handle,
        };

        private static long Position(Index index) => index.IsFromEnd ? -index.Value : index.Value;

        // "^0" is one past the last: no end at all.
        private static long? End(Index index) => index.IsFromEnd && index.Value == 0 ? null : Position(index);
    }
}
