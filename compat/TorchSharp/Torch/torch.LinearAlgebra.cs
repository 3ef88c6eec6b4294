using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    public static Tensor mm(Tensor input, Tensor target) => input.mm(target);

    public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);

    public static Tensor mv(Tensor input, Tensor target) => input.mv(target);

    public static Tensor dot(Tensor input, Tensor other) => input.dot(other);

    public static Tensor vdot(Tensor input, Tensor target) => input.vdot(target);

    public static Tensor inner(Tensor input, Tensor vec2) => input.inner(vec2);

    public static Tensor outer(Tensor input, Tensor vec2) => input.outer(vec2);

    public static Tensor ger(Tensor input, Tensor vec2) => input.ger(vec2);

    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmm(mat1, mat2, beta, alpha);

    public static Tensor addmm_(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmm_(mat1, mat2, beta, alpha);

    public static Tensor addbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1f, float alpha = 1f) => input.addbmm(batch1, batch2, beta, alpha);

    public static Tensor addbmm_(Tensor input, Tensor batch1, Tensor batch2, float beta = 1f, float alpha = 1f) => input.addbmm_(batch1, batch2, beta, alpha);

    public static Tensor baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1f, float alpha = 1f) => input.baddbmm(batch1, batch2, beta, alpha);

    public static Tensor addmv(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmv(mat1, mat2, beta, alpha);

    public static Tensor addmv_(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.addmv_(mat1, mat2, beta, alpha);

    public static Tensor addr(Tensor input, Tensor vec1, Tensor vec2, float beta = 1f, float alpha = 1f) => input.addr(vec1, vec2, beta, alpha);

    public static Tensor addr_(Tensor input, Tensor vec1, Tensor vec2, float beta = 1f, float alpha = 1f) => input.addr_(vec1, vec2, beta, alpha);

    public static Tensor tensordot(Tensor a, Tensor b, (long, long)[] dims) => a.tensordot(b, dims);

    public static Tensor tensordot(Tensor a, Tensor b, long dims = 2) => a.tensordot(b, dims);

    public static Tensor tensordot(Tensor a, Tensor b, long[] dims1, long[] dims2) => a.tensordot(b, dims1, dims2);

    public static Tensor det(Tensor input) => input.det();

    public static Tensor logdet(Tensor input) => input.logdet();

    public static Tensor inverse(Tensor input) => input.inverse();

    public static Tensor pinverse(Tensor input, double rcond = 1E-15, bool hermitian = false) => input.pinverse(rcond, hermitian);

    public static Tensor matrix_power(Tensor input, int n) => input.matrix_power(n);

    public static Tensor matrix_exp(Tensor input) => input.matrix_exp();

    public static Tensor cholesky_inverse(Tensor input, bool upper = false) => input.cholesky_inverse(upper);

    public static Tensor cholesky_solve(Tensor input, Tensor input2, bool upper = false) => input.cholesky_solve(input2, upper);

    public static Tensor cov(Tensor input, long correction = 1, Tensor? fweights = null, Tensor? aweights = null) => input.cov(correction, fweights, aweights);

    public static Tensor corrcoef(Tensor input) => input.corrcoef();

    public static Tensor einsum(string equation, params Tensor[] tensors) => Aten.einsum.Call(equation, Arg.List(tensors));

    public static Tensor chain_matmul(params Tensor[] matrices) => Aten.chain_matmul.Call(Arg.List(matrices));

    public static Tensor norm(Tensor input) => input.norm();

    public static (Tensor res, Tensor logabsdet) slogdet(Tensor A) => linalg.slogdet(A);
}
