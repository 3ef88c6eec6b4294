using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Linear algebra as PyTorch's <c>torch.linalg</c>: matrices in the last two dimensions, batches before.</summary>
    public static class linalg
    {
        /// <summary>What a QR decomposition returns.</summary>
        public enum QRMode
        {
            Reduced = 0,
            Complete = 1,
            R = 2,
        }

        public static Tensor cholesky(Tensor input) => Aten.linalg_cholesky.Call(input);

        public static Tensor det(Tensor input) => Aten.linalg_det.Call(input);

        public static Tensor inv(Tensor input) => Aten.linalg_inv.Call(input);

        public static Tensor matrix_exp(Tensor input) => Aten.matrix_exp.Call(input);

        public static Tensor svdvals(Tensor input) => Aten.linalg_svdvals.Call(input);

        public static Tensor eigvals(Tensor input) => Aten.linalg_eigvals.Call(input);

        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => Aten.linalg_eigvalsh.Call(input, UPLO.ToString());

        public static (Tensor, Tensor) eig(Tensor input) => Aten.linalg_eig.Call2(input);

        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Aten.linalg_eigh.Call2(input, UPLO.ToString());

        public static (Tensor, Tensor) slogdet(Tensor input) => Aten.linalg_slogdet.Call2(input);

        public static (Tensor Q, Tensor R) qr(Tensor input, QRMode mode = QRMode.Reduced) => Aten.linalg_qr.Call2(input, mode switch
        {
            QRMode.Complete => "complete",
            QRMode.R => "r",
            _ => "reduced",
        });

        /// <summary>U, S and the conjugate transpose of V.</summary>
        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor input, bool fullMatrices = true) => Aten.linalg_svd.Call3(input, fullMatrices);

        public static (Tensor Solution, Tensor Residuals, Tensor Rank, Tensor SingularValues) lstsq(Tensor input, Tensor other) => Aten.linalg_lstsq.Call4(input, other);

        public static (Tensor Solution, Tensor Residuals, Tensor Rank, Tensor SingularValues) lstsq(Tensor input, Tensor other, double rcond) => Aten.linalg_lstsq.Call4(input, other, rcond);

        public static Tensor solve(Tensor A, Tensor B, bool left = true) => Aten.linalg_solve.Call(A, B, left);

        public static Tensor solve_triangular(Tensor A, Tensor B, bool upper, bool left = true, bool unitriangular = false, Tensor? @out = null) => @out is null
            ? Aten.linalg_solve_triangular.Call(A, B, upper, left, unitriangular)
            : Aten.linalg_solve_triangular_out.Into(@out, A, B, upper, left, unitriangular, @out);

        public static (Tensor LU, Tensor? Pivots) lu_factor(Tensor input, bool pivot = true) => Aten.linalg_lu_factor.Call2(input, pivot);

        public static (Tensor P, Tensor L, Tensor U) lu(Tensor input, bool pivot = true) => Aten.linalg_lu.Call3(input, pivot);

        public static Tensor cond(Tensor input) => Aten.linalg_cond.Call(input);

        public static Tensor cond(Tensor input, double p) => Aten.linalg_cond.Call(input, p);

        public static Tensor pinv(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) =>
            Aten.linalg_pinv_atol_rtol_float.Call(input, atol, rtol, hermitian);

        public static Tensor matrix_rank(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) =>
            Aten.linalg_matrix_rank_atol_rtol_float.Call(input, atol, rtol, hermitian);

        public static Tensor multi_dot(IList<Tensor> tensors) => Aten.linalg_multi_dot.Call(Arg.List(tensors));

        public static Tensor cross(Tensor input, Tensor other, long dim = -1) => Aten.linalg_cross.Call(input, other, dim);

        public static Tensor diagonal(Tensor input, int offset = 0, int dim1 = -2, int dim2 = -1) => input.diagonal(offset, dim1, dim2);

        public static Tensor vector_norm(Tensor input, double ord = 2, long[]? dims = null, bool keepdim = false) =>
            Aten.linalg_vector_norm.Call(input, ord, dims, keepdim);

        public static Tensor matrix_norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) =>
            Aten.linalg_matrix_norm.Call(input, ord, dims ?? [-2, -1], keepdim);

        public static Tensor matrix_norm(Tensor input, string ord = "fro", long[]? dims = null, bool keepdim = false) =>
            Aten.linalg_matrix_norm_str_ord.Call(input, ord, dims ?? [-2, -1], keepdim);

        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false) => Aten.linalg_norm.Call(input, Arg.None, dims, keepdim);

        public static Tensor norm(Tensor input, int ord, long[]? dims = null, bool keepdim = false) => Aten.linalg_norm.Call(input, (long)ord, dims, keepdim);

        public static Tensor norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) => Aten.linalg_norm.Call(input, ord, dims, keepdim);

        public static Tensor norm(Tensor input, string ord, long[]? dims = null, bool keepdim = false) => Aten.linalg_norm_ord_str.Call(input, ord, dims, keepdim);
    }
}
