using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>From a run's options to an optimizer over a model's parameters.</summary>
internal static class Optimization
{
    /// <summary>
    /// The optimizer that the options describe. Every value is passed on: TorchSharp's defaults are not torch's (AdamW's weight
    /// decay is 0 there, 0.01 in torch).
    /// </summary>
    public static OptimizerHelper Create(nn.Module model, TrainingOptions options)
    {
        var byDecay = model.named_parameters()
            .Select(static named => (Name: named.Item1, Parameter: named.Item2))
            .Where(static named => named.Parameter.requires_grad)
            .ToLookup(named => options.DecayNormsAndBiases || !IsNormOrBias(named.Name), static named => named.Parameter);
        Parameter[] decayed = [.. byDecay[true]], exempt = [.. byDecay[false]];

        return options.UpdateRule switch
        {
            UpdateRule.AdamW => new AdamW(
                Groups(options, decayed, exempt, (parameters, decay) => new AdamW.ParamGroup(parameters, options.LearningRate, options.Beta1, options.Beta2, options.Epsilon, decay)),
                options.LearningRate, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay),
            UpdateRule.Sgd => new SGD(
                Groups(options, decayed, exempt, (parameters, decay) => new SGD.ParamGroup(parameters, options.LearningRate, options.Momentum, dampening: 0, decay)),
                options.LearningRate, options.Momentum, dampening: 0, options.WeightDecay),
            var unknown => throw new UserException($"updateRule is {unknown}; it must be {UpdateRule.AdamW} or {UpdateRule.Sgd}."),
        };
    }

    /// <summary>Sets the learning rate of every group.</summary>
    public static void SetLearningRate(this OptimizerHelper optimizer, double learningRate)
    {
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = learningRate;
        }
    }

    /// <summary>Hugging Face's rule, by name: parameters of normalisation layers, and every name with "bias" in it.</summary>
    internal static bool IsNormOrBias(string name)
    {
        var parts = name.Split('.');
        return name.Contains("bias", StringComparison.Ordinal) || (parts.Length > 1 && parts[^2].Contains("norm", StringComparison.Ordinal));
    }

    private static TGroup[] Groups<TGroup>(TrainingOptions options, Parameter[] decayed, Parameter[] exempt, Func<Parameter[], double, TGroup> group) =>
        exempt.Length == 0 ? [group(decayed, options.WeightDecay)] : [group(decayed, options.WeightDecay), group(exempt, 0)];
}
