using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor repeat_interleave(Tensor input, Tensor repeats, long? dim = null, long? output_size = null) => input.repeat_interleave(repeats, dim, output_size);

    public static Tensor repeat_interleave(Tensor input, long repeats, long? dim = null, long? output_size = null) => input.repeat_interleave(repeats, dim, output_size);

    public static Tensor tile(Tensor input, long[] dims) => input.tile(dims);

    public static Tensor roll(Tensor input, (long, long) shifts, (long, long) dims) => input.roll(shifts, dims);

    public static Tensor roll(Tensor input, (long, long, long) shifts, (long, long, long) dims) => input.roll(shifts, dims);

    public static Tensor roll(Tensor input, ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) => input.roll(shifts, dims);

    public static Tensor roll(Tensor input, long shifts, long? dims = null) => input.roll(shifts, dims);

    public static Tensor roll(Tensor input, long[] shifts) => input.roll(shifts);

    public static Tensor roll(Tensor input, long[] shifts, long[] dims) => input.roll(shifts, dims);

    public static Tensor flip(Tensor input, params long[] dims) => input.flip(dims);

    public static Tensor fliplr(Tensor input) => input.fliplr();

    public static Tensor flipud(Tensor input) => input.flipud();

    public static Tensor rot90(Tensor input, long k = 1, (long, long)? dims = null) => input.rot90(k, dims);

    public static Tensor diag(Tensor input, long diagonal = 0) => input.diag(diagonal);

    public static Tensor diagflat(Tensor input, long offset = 0) => input.diagflat(offset);

    public static Tensor tril(Tensor input, long diagonal = 0) => input.tril(diagonal);

    public static Tensor tril_(Tensor input, long diagonal = 0) => input.tril_(diagonal);

    public static Tensor triu(Tensor input, long diagonal = 0) => input.triu(diagonal);

    public static Tensor triu_(Tensor input, long diagonal = 0) => input.triu_(diagonal);

    public static Tensor diff(Tensor input, long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) => input.diff(n, dim, prepend, append);

    public static Tensor kron(Tensor input, Tensor other) => input.kron(other);

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Aten.cat.Call(Arg.List(tensors), dim);

    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Aten.cat.Call(Arg.List(tensors), dim);

    public static Tensor cat(Tensor[] tensors, long dim = 0) => Aten.cat.Call(Arg.List(tensors), dim);

    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor concat(ReadOnlySpan<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor concat(Tensor[] tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor concatenate(IList<Tensor> tensors, long axis = 0) => cat(tensors, axis);

    public static Tensor concatenate(ReadOnlySpan<Tensor> tensors, long axis = 0) => cat(tensors, axis);

    public static Tensor concatenate(Tensor[] tensors, long axis = 0) => cat(tensors, axis);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Aten.stack.Call(Arg.List(tensors), dim);

    public static Tensor hstack(IEnumerable<Tensor> tensors) => Aten.hstack.Call(Arg.List(tensors));

    public static Tensor hstack(IList<Tensor> tensors) => Aten.hstack.Call(Arg.List(tensors));

    public static Tensor hstack(ReadOnlySpan<Tensor> tensors) => Aten.hstack.Call(Arg.List(tensors));

    public static Tensor hstack(params Tensor[] tensors) => Aten.hstack.Call(Arg.List(tensors));

    public static Tensor vstack(IList<Tensor> tensors) => Aten.vstack.Call(Arg.List(tensors));

    public static Tensor vstack(ReadOnlySpan<Tensor> tensors) => Aten.vstack.Call(Arg.List(tensors));

    public static Tensor vstack(Tensor[] tensors) => Aten.vstack.Call(Arg.List(tensors));

    public static Tensor dstack(IEnumerable<Tensor> tensors) => Aten.dstack.Call(Arg.List(tensors));

    public static Tensor dstack(IList<Tensor> tensors) => Aten.dstack.Call(Arg.List(tensors));

    public static Tensor dstack(ReadOnlySpan<Tensor> tensors) => Aten.dstack.Call(Arg.List(tensors));

    public static Tensor dstack(params Tensor[] tensors) => Aten.dstack.Call(Arg.List(tensors));

    public static Tensor column_stack(IList<Tensor> tensors) => Aten.column_stack.Call(Arg.List(tensors));

    public static Tensor column_stack(ReadOnlySpan<Tensor> tensors) => Aten.column_stack.Call(Arg.List(tensors));

    public static Tensor column_stack(params Tensor[] tensors) => Aten.column_stack.Call(Arg.List(tensors));

    public static Tensor row_stack(IList<Tensor> tensors) => Aten.vstack.Call(Arg.List(tensors));

    public static Tensor row_stack(ReadOnlySpan<Tensor> tensors) => Aten.vstack.Call(Arg.List(tensors));

    public static Tensor row_stack(params Tensor[] tensors) => Aten.vstack.Call(Arg.List(tensors));

    public static Tensor cartesian_prod(IList<Tensor> tensors) => Aten.cartesian_prod.Call(Arg.List(tensors));

    public static Tensor cartesian_prod(ReadOnlySpan<Tensor> tensors) => Aten.cartesian_prod.Call(Arg.List(tensors));

    public static Tensor cartesian_prod(params Tensor[] tensors) => Aten.cartesian_prod.Call(Arg.List(tensors));

    public static Tensor combinations(Tensor input, int r = 2, bool with_replacement = false) => Aten.combinations.Call(input, (long)r, with_replacement);

    public static Tensor block_diag(params Tensor[] tensors) => Aten.block_diag.Call(Arg.List(tensors));

    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") => Aten.meshgrid_indexing.CallList(Arg.List(tensors), indexing);

    public static IList<Tensor> broadcast_tensors(params Tensor[] tensors) => Aten.broadcast_tensors.CallList(Arg.List(tensors));
}
