using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Repeating, rolling and joining.</summary>
    public partial class Tensor
    {
        public Tensor repeat(params long[] sizes) => Aten.repeat.Call(this, sizes);

        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) => Aten.repeat_interleave_self_Tensor.Call(this, repeats, dim, output_size);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) => Aten.repeat_interleave_self_int.Call(this, repeats, dim, output_size);

        public Tensor tile(long[] reps) => Aten.tile.Call(this, reps);

        public Tensor roll((long, long) shifts, (long, long) dims) => Aten.roll.Call(this, (long[])[shifts.Item1, shifts.Item2], (long[])[dims.Item1, dims.Item2]);

        public Tensor roll((long, long, long) shifts, (long, long, long) dims) => Aten.roll.Call(this, (long[])[shifts.Item1, shifts.Item2, shifts.Item3], (long[])[dims.Item1, dims.Item2, dims.Item3]);

        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) => Aten.roll.Call(this, Arg.Ints(shifts), dims.ToArray());

        public Tensor roll(long shifts, long? dims = null) => Aten.roll.Call(this, Arg.OneDim(shifts), dims is { } d ? Arg.OneDim(d) : (long[])[]);

        public Tensor roll(long[] shifts) => Aten.roll.Call(this, shifts, (long[])[]);

        public Tensor roll(long[] shifts, long[] dims) => Aten.roll.Call(this, shifts, dims);

        public Tensor flip(params long[] dims) => Aten.flip.Call(this, dims);

        public Tensor fliplr() => Aten.fliplr.Call(this);

        public Tensor flipud() => Aten.flipud.Call(this);

        public Tensor rot90(long k = 1, (long, long)? dims = null) => Aten.rot90.Call(this, k, dims is { } d ? (long[])[d.Item1, d.Item2] : (long[])[0, 1]);

        public Tensor channel_shuffle(long groups) => Aten.channel_shuffle.Call(this, groups);

        public Tensor diag(long diagonal = 0) => Aten.diag.Call(this, diagonal);

        public Tensor diagflat(long offset = 0) => Aten.diagflat.Call(this, offset);

        public Tensor tril(long diagonal = 0) => Aten.tril.Call(this, diagonal);

        /// <remarks>As in TorchSharp, the result is another handle on this tensor, to be disposed on its own.</remarks>
        public Tensor tril_(long diagonal = 0) => Aten.tril_.InPlace(this, diagonal).alias();

        public Tensor triu(long diagonal = 0) => Aten.triu.Call(this, diagonal);

        /// <remarks>As in TorchSharp, the result is another handle on this tensor, to be disposed on its own.</remarks>
        public Tensor triu_(long diagonal = 0) => Aten.triu_.InPlace(this, diagonal).alias();

        public Tensor diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) => Aten.diff.Call(this, n, dim, prepend, append);

        public Tensor kron(Tensor other) => Aten.kron.Call(this, other);
    }
}
