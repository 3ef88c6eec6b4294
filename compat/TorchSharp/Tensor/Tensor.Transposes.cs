using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor real(Tensor input) => input.real;

    public static Tensor imag(Tensor input) => input.imag;

    public partial class Tensor
    {
        /// <summary>All dimensions in reverse order.</summary>
        public Tensor T => Aten.numpy_T.Call(this);

        /// <summary>The conjugate transpose of a matrix.</summary>
        public Tensor H => Aten.matrix_H.Call(this);

        /// <summary>The last two dimensions exchanged.</summary>
        public Tensor mT => Aten.mT.Call(this);

        public Tensor mH => Aten.mH.Call(this);

        public Tensor real => Aten.real.Call(this);

        public Tensor imag => Aten.imag.Call(this);

        public static Tensor block_diag(params Tensor[] tensors) => torch.block_diag(tensors);

        /// <summary>The positions that are not zero, one column of indices for each dimension.</summary>
        public IList<Tensor> nonzero_as_list()
        {
            using var places = nonzero();
            return places.split(1, 1);
        }
    }
}
