#nullable disable // As in TorchSharp, whose callers see no annotation here.

using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// Fills a tensor in place, unseen by autograd, and returns it. As in TorchSharp, a generator that is passed is not
        /// used: the default one is. <c>trunc_normal_</c> is left out, because TorchSharp's exchanges mean and deviation.
        /// </summary>
        public static class init
        {
            private static readonly Op LinalgQr = new("aten::linalg_qr");

            public enum NonlinearityType
            {
                Linear = 0,
                Conv1D = 1,
                Conv2D = 2,
                Conv3D = 3,
                ConvTranspose1D = 4,
                ConvTranspose2D = 5,
                ConvTranspose3D = 6,
                Sigmoid = 7,
                Tanh = 8,
                ReLU = 9,
                LeakyReLU = 10,
            }

            public enum FanInOut
            {
                FanIn = 0,
                FanOut = 1,
            }

            /// <summary>By how much a nonlinearity's input has to be scaled to keep the variance; the slope is LeakyReLU's.</summary>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2.0),
                NonlinearityType.LeakyReLU => Math.Sqrt(2.0 / (1 + (param * param))),
                _ => 1.0,
            };

            /// <summary>How many inputs an output has and the reverse: of [out, in, receptive field..].</summary>
            /// <exception cref="ArgumentException">Fewer than two dimensions.</exception>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                if (tensor.Dimensions < 2)
                {
                    throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                }

                var (outputs, inputs) = (tensor.size(0), tensor.size(1));
                var field = outputs * inputs == 0 ? 1 : tensor.NumberOfElements / (outputs * inputs);
                return (inputs * field, outputs * field);
            }

            public static Tensor constant_(Tensor tensor, Scalar val) => Filled(tensor, () => tensor.fill_(val));

            public static Tensor ones_(Tensor tensor) => Filled(tensor, () => tensor.fill_(1));

            public static Tensor zeros_(Tensor tensor) => Filled(tensor, () => tensor.fill_(0));

            /// <summary>The identity, as far as it fits in [rows, columns].</summary>
            public static Tensor eye_(Tensor tensor) => Filled(tensor, () =>
            {
                using var identity = torch.eye(tensor.size(0), tensor.size(1), dtype: tensor.dtype, device: tensor.device);
                tensor.copy_(identity);
            });

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator generator = null) =>
                Filled(tensor, () => tensor.uniform_(low, high));

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator generator = null) =>
                Filled(tensor, () => tensor.normal_(mean, std));

            /// <summary>Uniform, with the deviation gain·√(2/(fan-in + fan-out)).</summary>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return UniformOf(tensor, gain * Math.Sqrt(2.0 / (fanIn + fanOut)));
            }

            /// <inheritdoc cref="xavier_uniform_"/>
            public static Tensor glorot_uniform_(Tensor tensor, double gain = 1.0) => xavier_uniform_(tensor, gain);

            /// <summary>Uniform in TorchSharp, whatever the name says, with the deviation that the name promises; so here.</summary>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1.0) => xavier_uniform_(tensor, gain);

            /// <inheritdoc cref="xavier_normal_"/>
            public static Tensor glorot_normal_(Tensor tensor, double gain = 1.0) => xavier_normal_(tensor, gain);

            /// <summary>Uniform, with the deviation gain/√fan.</summary>
            public static Tensor kaiming_uniform_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                UniformOf(tensor, KaimingDeviation(tensor, a, mode, nonlinearity));

            /// <summary>Normal, with the deviation gain/√fan.</summary>
            public static Tensor kaiming_normal_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, KaimingDeviation(tensor, a, mode, nonlinearity));

            /// <summary>Orthonormal rows or columns, whichever are fewer, times gain; dimensions after the first count as one.</summary>
            /// <exception cref="ArgumentException">Fewer than two dimensions.</exception>
            public static Tensor orthogonal_(Tensor tensor, double gain = 1.0)
            {
                if (tensor.Dimensions < 2)
                {
                    throw new ArgumentException("Only tensors with 2 or more dimensions are supported");
                }

                return Filled(tensor, () =>
                {
                    using var scope = NewDisposeScope();
                    var rows = tensor.size(0);
                    var columns = tensor.NumberOfElements / rows;
                    var random = randn(rows, columns, dtype: tensor.dtype, device: tensor.device);
                    var (q, r) = LinalgQr.Call2(rows < columns ? random.t() : random);

                    // QR leaves the signs open; with R's diagonal positive, Q is uniformly distributed.
                    q = q.mul(r.diagonal().sign());
                    tensor.copy_((rows < columns ? q.t() : q).mul(gain).view_as(tensor));
                });
            }

            private static double KaimingDeviation(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            // A uniform distribution of deviation σ ends at ±σ√3.
            private static Tensor UniformOf(Tensor tensor, double deviation) => uniform_(tensor, -Math.Sqrt(3.0) * deviation, Math.Sqrt(3.0) * deviation);

            private static Tensor Filled(Tensor tensor, Action fill)
            {
                using (no_grad())
                {
                    fill();
                }

                return tensor;
            }
        }
    }
}
