using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Sorting and searching.</summary>
    public partial class Tensor
    {
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => Aten.sort_stable.Call2(this, stable, dim, descending);

        public Tensor argsort(long dim = -1, bool descending = false) => Aten.argsort.Call(this, dim, descending);

        public Tensor msort() => Aten.msort.Call(this);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => Aten.topk.Call2(this, k, dim, largest, sorted);

        public Tensor nonzero() => Aten.nonzero.Call(this);

        public Tensor argwhere() => Aten.argwhere.Call(this);

        public Tensor bucketize(Tensor boundaries, bool outInt32 = false, bool right = false) => Aten.bucketize_Tensor.Call(this, boundaries, outInt32, right);
    }
}
