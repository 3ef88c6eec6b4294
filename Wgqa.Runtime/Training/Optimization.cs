using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>From a run's options to an optimizer over a model's parameters.</summary>
internal static class Optimization
{
    // What torch's clip_grad_norm_ adds to the norm.
    private const double ClippingSlack = 1e-6;

    /// <summary>The optimizer that the options describe.</summary>
    /// <exception cref="UserException">The options name no rule.</exception>
    public static FlatOptimizer Create(nn.Module model, TrainingOptions options) => new(
        model,
        options.UpdateRule switch
        {
            UpdateRule.AdamW => new AdamWArithmetic(options.Beta1, options.Beta2, options.Epsilon),
            UpdateRule.Sgd => new SgdArithmetic(options.Momentum),
            var unknown => throw new UserException($"updateRule is {unknown}; it must be {UpdateRule.AdamW} or {UpdateRule.Sgd}."),
        },
        name => options.DecayNormsAndBiases || !IsNormOrBias(name) ? options.WeightDecay : 0);

    /// <summary>What gradients of norm <paramref name="norm"/> are multiplied by so that theirs is at most <paramref name="limit"/>, as torch's <c>clip_grad_norm_</c> has it.</summary>
    public static double ClippingScale(double norm, double? limit) => limit is { } most ? Math.Min(1, most / (norm + ClippingSlack)) : 1;

    /// <summary>Hugging Face's rule, by name: parameters of normalisation layers, and every name with "bias" in it.</summary>
    internal static bool IsNormOrBias(string name)
    {
        var parts = name.Split('.');
        return name.Contains("bias", StringComparison.Ordinal) || (parts.Length > 1 && parts[^2].Contains("norm", StringComparison.Ordinal));
    }
}
