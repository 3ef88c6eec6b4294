using System.Collections;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A shape.</summary>
    public struct Size : IEnumerable<long>
    {
        private readonly long[]? _sizes;

        public static Size Empty = new(Array.Empty<long>());

        public Size(long[] shape) => _sizes = (long[])shape.Clone();

        public Size(int[] shape) => _sizes = Array.ConvertAll(shape, size => (long)size);

        public Size(IEnumerable<long> shape) => _sizes = shape.ToArray();

        public Size(long size) => _sizes = [size];

        public Size(int size) => _sizes = [size];

        public Size((long, long) size) => _sizes = [size.Item1, size.Item2];

        public Size((long, long, long) size) => _sizes = [size.Item1, size.Item2, size.Item3];

        public Size((long, long, long, long) size) => _sizes = [size.Item1, size.Item2, size.Item3, size.Item4];

        public Size((int, int) size) => _sizes = [size.Item1, size.Item2];

        public Size((int, int, int) size) => _sizes = [size.Item1, size.Item2, size.Item3];

        public Size((int, int, int, int) size) => _sizes = [size.Item1, size.Item2, size.Item3, size.Item4];

        public long[] Shape => _sizes ?? [];

        public int Length => Shape.Length;

        public bool IsEmpty => Length == 0;

        public bool IsScalar => Length == 0;

        public long this[int idx] => Shape[idx];

        public long this[long idx] => Shape[idx];

        public static implicit operator Size(long size) => new(size);

        public static implicit operator Size(long[] size) => new(size);

        public static implicit operator Size((long, long) size) => new(size);

        public static implicit operator Size((long, long, long) size) => new(size);

        public static implicit operator Size((long, long, long, long) size) => new(size);

        public static Size operator +(Size left, Size right) => new(left.Concat(right));

        public static Size operator +(Size left, IEnumerable<long> right) => new(left.Concat(right));

        public static bool operator ==(Size left, Size right) => left.Shape.AsSpan().SequenceEqual(right.Shape);

        public static bool operator !=(Size left, Size right) => !(left == right);

        public override bool Equals(object? obj) => obj is Size other && this == other;

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (var size in Shape)
            {
                hash.Add(size);
            }

            return hash.ToHashCode();
        }

        /// <summary>The number of elements of such a shape.</summary>
        public long numel() => Shape.Aggregate(1L, (product, size) => product * size);

        public IEnumerable<long> Take(int i) => Shape.Take(i);

        public Size Slice(int first, int next) => new(Shape[first..next]);

        public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)Shape).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
