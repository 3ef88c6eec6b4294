using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>What networks apply between layers.</summary>
    public partial class Tensor
    {
        public Tensor relu() => Aten.relu.Call(this);

        public Tensor relu_() => Aten.relu_.InPlace(this);

        public Tensor relu6() => Aten.relu6.Call(this);

        public Tensor relu6_() => Aten.relu6_.InPlace(this);

        public Tensor gelu() => Aten.gelu.Call(this);

        /// <remarks>As in TorchSharp, the result is another handle on this tensor, to be disposed on its own.</remarks>
        public Tensor gelu_() => Aten.gelu_.InPlace(this).alias();

        public Tensor silu() => Aten.silu.Call(this);

        public Tensor silu_() => Aten.silu_.InPlace(this);

        public Tensor sigmoid() => Aten.sigmoid.Call(this);

        public Tensor sigmoid_() => Aten.sigmoid_.InPlace(this);

        public Tensor log_sigmoid() => Aten.log_sigmoid.Call(this);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Aten.softmax_int.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Aten.log_softmax_int.Call(this, dim, dtype);

        public Tensor logsumexp(long dim, bool keepdim = false) => Aten.logsumexp.Call(this, Arg.OneDim(dim), keepdim);

        public Tensor logcumsumexp(long dim) => Aten.logcumsumexp.Call(this, dim);

        public Tensor softplus(double beta = 1, double threshold = 20) => Aten.softplus.Call(this, beta, threshold);

        public Tensor leaky_relu(Scalar negative_slope) => Aten.leaky_relu.Call(this, negative_slope);

        public Tensor leaky_relu_(Scalar negative_slope) => Aten.leaky_relu_.InPlace(this, negative_slope);

        public Tensor elu(Scalar alpha, Scalar scale, Scalar input_scale) => Aten.elu.Call(this, alpha, scale, input_scale);

        public Tensor elu(double alpha = 1) => Aten.elu.Call(this, alpha);

        public Tensor elu_(Scalar alpha, Scalar scale, Scalar input_scale) => Aten.elu_.InPlace(this, alpha, scale, input_scale);

        public Tensor elu_(double alpha = 1) => Aten.elu_.InPlace(this, alpha);

        public Tensor celu() => Aten.celu.Call(this);

        public Tensor celu(Scalar alpha) => Aten.celu.Call(this, alpha);

        public Tensor celu_() => Aten.celu_.InPlace(this);

        public Tensor celu_(Scalar alpha) => Aten.celu_.InPlace(this, alpha);

        public Tensor selu() => Aten.selu.Call(this);

        public Tensor selu_() => Aten.selu_.InPlace(this);

        public Tensor hardtanh(Scalar min, Scalar max) => Aten.hardtanh.Call(this, min, max);

        public Tensor hardtanh_(Scalar min, Scalar max) => Aten.hardtanh_.InPlace(this, min, max);

        public Tensor hardsigmoid() => Aten.hardsigmoid.Call(this);

        public Tensor hardsigmoid_() => Aten.hardsigmoid_.InPlace(this);

        public Tensor hardswish() => Aten.hardswish.Call(this);

        public Tensor hardswish_() => Aten.hardswish_.InPlace(this);

        public Tensor glu(long dim = -1) => Aten.glu.Call(this, dim);

        public Tensor prelu(Tensor target) => Aten.prelu.Call(this, target);

        public Tensor rrelu(double lower = 0.125, double upper = 0.3333333333333333) => Aten.rrelu.Call(this, lower, upper);

        public Tensor rrelu_(double lower = 0.125, double upper = 0.3333333333333333) => Aten.rrelu_.InPlace(this, lower, upper);

        public Tensor threshold(Scalar threshold, Scalar value) => Aten.threshold.Call(this, threshold, value);

        public Tensor threshold_(Scalar threshold, Scalar value) => Aten.threshold_.InPlace(this, threshold, value);
    }
}
