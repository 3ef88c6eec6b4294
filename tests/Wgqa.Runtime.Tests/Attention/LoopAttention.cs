using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Attention;

/// <summary>Attention in loops over plain numbers, where each query head may meet its own mixture of key and value heads.</summary>
internal static class LoopAttention
{
    /// <summary>softmax(q·(E^K k)ᵀ + bias)·(E^V v): [b, t, h·d].</summary>
    public static double[] Attend(Tensor q, Tensor k, Tensor v, Tensor? bias, double[,] keyExpand, double[,] valueExpand)
    {
        var (b, t, h) = ((int)q.size(0), (int)q.size(1), keyExpand.GetLength(0));
        var (s, d) = ((int)k.size(2), (int)k.size(3));
        var (qs, ks, vs, biases) = (Numbers(q), Numbers(k), Numbers(v), bias is null ? null : Numbers(bias.expand(b, h, t, s)));
        var result = new double[b * t * h * d];
        for (var row = 0; row < b; row++)
        {
            for (var head = 0; head < h; head++)
            {
                for (var target = 0; target < t; target++)
                {
                    var scores = new double[s];
                    for (var source = 0; source < s; source++)
                    {
                        scores[source] = biases is null ? 0 : biases[(((((row * h) + head) * t) + target) * s) + source];
                        for (var i = 0; i < d; i++)
                        {
                            scores[source] += qs[(((row * t) + target) * h * d) + (head * d) + i] * Mixed(ks, keyExpand, row, head, source, i, s, d);
                        }
                    }

                    var largest = scores.Max();
                    var weights = Array.ConvertAll(scores, score => Math.Exp(score - largest));
                    for (var i = 0; i < d; i++)
                    {
                        result[(((row * t) + target) * h * d) + (head * d) + i] =
                            Enumerable.Range(0, s).Sum(source => weights[source] * Mixed(vs, valueExpand, row, head, source, i, s, d)) / weights.Sum();
                    }
                }
            }
        }

        return result;
    }

    public static double[] Numbers(Tensor tensor)
    {
        using var wide = tensor.detach().to_type(ScalarType.Float64).contiguous();
        return [.. wide.data<double>()];
    }

    private static double Mixed(double[] x, double[,] expand, int row, int head, int source, int i, int s, int d)
    {
        var groups = expand.GetLength(1);
        return Enumerable.Range(0, groups).Sum(group => expand[head, group] * x[(((((row * groups) + group) * s) + source) * d) + i]);
    }
}
