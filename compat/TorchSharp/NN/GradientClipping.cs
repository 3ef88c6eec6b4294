using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What is done to all parameters of a model at once.</summary>
        public static partial class utils
        {
            /// <summary>
            /// Scales all gradients in place by max_norm/(norm + 1e-6), where that is less than one; norm is that of the
            /// gradients as one vector.
            /// </summary>
            /// <returns>The norm before; 0 where nothing has a gradient.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var grad = no_grad();
                using var scope = NewDisposeScope();
                var gradients = Gradients(tensors);
                if (gradients.Count == 0)
                {
                    return 0.0;
                }

                Tensor total;
                if (double.IsPositiveInfinity(norm_type))
                {
                    total = stack(gradients.Select(gradient => gradient.abs().max())).max();
                }
                else if (norm_type == 0)
                {
                    total = full([], gradients.Count, dtype: gradients[0].dtype, device: gradients[0].device);
                }
                else
                {
                    total = stack(gradients.Select(gradient => gradient.norm((float)norm_type))).norm((float)norm_type);
                }

                // On the device, so that nothing waits for the norm before the gradients are scaled.
                var coefficient = total.add(1e-6).reciprocal().mul(max_norm).clamp_max(1.0);
                foreach (var gradient in gradients)
                {
                    gradient.mul_(coefficient);
                }

                return total.to_type(ScalarType.Float64).item<double>();
            }

            /// <summary>Brings each element of all gradients into [-clip_value, clip_value], in place.</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var grad = no_grad();
                using var scope = NewDisposeScope();
                foreach (var gradient in Gradients(tensors))
                {
                    gradient.clamp_(-clip_value, clip_value);
                }
            }

            /// <summary>All parameters' elements in one vector, through which gradients flow back.</summary>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                using var scope = NewDisposeScope();
                return cat([.. tensors.Select(parameter => parameter.reshape(-1))]).MoveToOuterDisposeScope();
            }

            /// <summary>Copies consecutive pieces of a vector into the parameters.</summary>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                using var grad = no_grad();
                using var scope = NewDisposeScope();
                var start = 0L;
                foreach (var parameter in tensors)
                {
                    var length = parameter.NumberOfElements;
                    parameter.copy_(vec.narrow(0, start, length).view_as(parameter));
                    start += length;
                }
            }

            private static List<Tensor> Gradients(IEnumerable<Parameter> parameters) =>
                [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
        }
    }
}
