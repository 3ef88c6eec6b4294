using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Many elements to fewer.</summary>
    public partial class Tensor
    {
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => Aten.sum_dim_IntList.Call(this, Arg.Ints(dim), keepdim, type);

        public Tensor sum(ScalarType? type = null) => Aten.sum.Call(this, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Aten.sum_dim_IntList.Call(this, Arg.OneDim(dim), keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);

        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1, dim2], keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Aten.sum_dim_IntList.Call(this, dim, keepdim, type);

        public Tensor mean() => Aten.mean.Call(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Aten.mean_dim.Call(this, dimensions, keepdim, type);

        public Tensor prod(ScalarType? type = null) => Aten.prod.Call(this, type);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Aten.prod_dim_int.Call(this, dim, keepdim, type);

        public Tensor std((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std([dim.Item1, dim.Item2], unbiased, keepdim, type);

        public Tensor std((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std([dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);

        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(Aten.std_dim.Call(this, Arg.Ints(dimensions), unbiased, keepdim), type);

        public Tensor std(bool unbiased = true) => Aten.std.Call(this, unbiased);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(Aten.std_dim.Call(this, Arg.OneDim(dim), unbiased, keepdim), type);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(Aten.std_dim.Call(this, dimensions, unbiased, keepdim), type);

        public Tensor var((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var([dim.Item1, dim.Item2], unbiased, keepdim, type);

        public Tensor var((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var([dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);

        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(Aten.var_dim.Call(this, Arg.Ints(dimensions), unbiased, keepdim), type);

        public Tensor var(bool unbiased = true) => Aten.var.Call(this, unbiased);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(Aten.var_dim.Call(this, Arg.OneDim(dim), unbiased, keepdim), type);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(Aten.var_dim.Call(this, dimensions, unbiased, keepdim), type);

        public (Tensor std, Tensor mean) std_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std_mean([dim.Item1, dim.Item2], unbiased, keepdim, type);

        public (Tensor std, Tensor mean) std_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std_mean([dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);

        public (Tensor std, Tensor mean) std_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(Aten.std_mean_dim.Call2(this, Arg.Ints(dimensions), unbiased, keepdim), type);

        public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => Aten.std_mean.Call2(this, unbiased);

        public (Tensor std, Tensor mean) std_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(Aten.std_mean_dim.Call2(this, Arg.OneDim(dim), unbiased, keepdim), type);

        public (Tensor std, Tensor mean) std_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(Aten.std_mean_dim.Call2(this, dimensions, unbiased, keepdim), type);

        public (Tensor var, Tensor mean) var_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var_mean([dim.Item1, dim.Item2], unbiased, keepdim, type);

        public (Tensor var, Tensor mean) var_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var_mean([dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim, type);

        public (Tensor std, Tensor mean) var_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(Aten.var_mean_dim.Call2(this, Arg.Ints(dimensions), unbiased, keepdim), type);

        public (Tensor var, Tensor mean) var_mean(bool unbiased = true) => Aten.var_mean.Call2(this, unbiased);

        public (Tensor var, Tensor mean) var_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(Aten.var_mean_dim.Call2(this, Arg.OneDim(dim), unbiased, keepdim), type);

        public (Tensor std, Tensor mean) var_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(Aten.var_mean_dim.Call2(this, dimensions, unbiased, keepdim), type);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Aten.max_dim.Call2(this, dim, keepdim);

        public Tensor max() => Aten.max.Call(this);

        public Tensor max(Tensor other) => Aten.max_other.Call(this, other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Aten.min_dim.Call2(this, dim, keepdim);

        public Tensor min() => Aten.min.Call(this);

        public Tensor min(Tensor other) => Aten.min_other.Call(this, other);

        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => amax(dims.ToArray(), keepdim, @out);

        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) => @out is null ? Aten.amax.Call(this, dims, keepdim) : Aten.amax_out.Into(@out, this, dims, keepdim, @out);

        public Tensor amax(params long[] dims) => Aten.amax.Call(this, dims);

        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => amin(dims.ToArray(), keepdim, @out);

        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) => @out is null ? Aten.amin.Call(this, dims, keepdim) : Aten.amin_out.Into(@out, this, dims, keepdim, @out);

        public Tensor amin(params long[] dims) => Aten.amin.Call(this, dims);

        public (Tensor min, Tensor max) aminmax(long? dim = null, bool keepdim = false) => Aten.aminmax.Call2(this, dim, keepdim);

        public Tensor argmax() => Aten.argmax.Call(this);

        public Tensor argmax(long dim, bool keepdim = false) => Aten.argmax.Call(this, dim, keepdim);

        public Tensor argmin() => Aten.argmin.Call(this);

        public Tensor argmin(long dim, bool keepdim = false) => Aten.argmin.Call(this, dim, keepdim);

        public Tensor all() => Aten.all.Call(this);

        public Tensor all(long dim, bool keepdim = false) => Aten.all_dim.Call(this, dim, keepdim);

        public Tensor any() => Aten.any.Call(this);

        public Tensor any(long dim, bool keepdim = false) => Aten.any_dim.Call(this, dim, keepdim);

        public Tensor median() => Aten.median.Call(this);

        public Tensor nanmedian() => Aten.nanmedian.Call(this);

        public Tensor nansum() => Aten.nansum.Call(this);

        public Tensor nanmean(int? dim = null, bool keepdim = false, ScalarType? dtype = null) => Aten.nanmean.Call(this, Arg.OneDim(dim), keepdim, dtype);

        public (Tensor values, Tensor indices) mode(long dim = -1, bool keepdim = false) => Aten.mode.Call2(this, dim, keepdim);

        public Tensor norm(float p = 2f) => Aten.norm_Scalar.Call(this, (double)p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2f) => Aten.norm_ScalarOpt_dim.Call(this, (double)p, Arg.OneDim(dim), keepdim);

        public Tensor dist(Tensor other, float p = 2f) => Aten.dist.Call(this, other, (double)p);

        public Tensor count_nonzero(long[]? dims = null) => dims is null ? Aten.count_nonzero.Call(this) : Aten.count_nonzero_dim_IntList.Call(this, dims);

        public Tensor cumsum(long dim, ScalarType? type = null) => Aten.cumsum.Call(this, dim, type);

        public Tensor cumprod(long dim, ScalarType? type = null) => Aten.cumprod.Call(this, dim, type);

        public (Tensor values, Tensor indexes) cummax(long dim) => Aten.cummax.Call2(this, dim);

        public (Tensor values, Tensor indexes) cummin(long dim) => Aten.cummin.Call2(this, dim);

        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => Aten.quantile.Call(this, q, dim, keepdim);

        public Tensor nanquantile(Tensor q, long dim = -1, bool keepdim = false) => Aten.nanquantile.Call(this, q, dim, keepdim);

        public (Tensor values, Tensor indices) kthvalue(long k, long? dim, bool keepdim = false) => Aten.kthvalue.Call2(this, k, dim ?? -1, keepdim);

        public Tensor renorm(float p, long dim, float maxnorm) => Aten.renorm.Call(this, (double)p, dim, (double)maxnorm);

        public Tensor histc(long bins = 100, long min = 0, long max = 0) => Aten.histc.Call(this, bins, min, max);

        public Tensor bincount(Tensor? weights, long minlength = 0) => Aten.bincount.Call(this, weights, minlength);

        public Tensor trace() => Aten.trace.Call(this);

        public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique(bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null) => Asked(dim is { } d ? Aten.unique_dim.Call3(this, (long)d, sorted, return_inverse, return_counts) : Aten._unique2.Call3(this, sorted, return_inverse, return_counts), return_inverse, return_counts);

        public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique_consecutive(bool return_inverse = false, bool return_counts = false, int? dim = null) => Asked(Aten.unique_consecutive.Call3(this, return_inverse, return_counts, (long?)dim), return_inverse, return_counts);

        public Tensor trapezoid(Tensor x, long dim = -1) => Aten.trapezoid_x.Call(this, x, dim);

        public Tensor trapezoid(double dx = 1, long dim = -1) => Aten.trapezoid_dx.Call(this, dx, dim);

        public Tensor cumulative_trapezoid(Tensor x, long dim = -1) => Aten.cumulative_trapezoid_x.Call(this, x, dim);

        public Tensor cumulative_trapezoid(double dx = 1, long dim = -1) => Aten.cumulative_trapezoid_dx.Call(this, dx, dim);
    }
}
