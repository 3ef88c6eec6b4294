using TorchSharp;
using Wgqa.Models;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Models;

/// <summary>Models of a few thousand parameters, drawn from a seed, and inputs for them.</summary>
internal static class SmallModels
{
    /// <summary>The variants declared in Variants.cs.</summary>
    public static IReadOnlyList<AttentionVariant> Variants { get; } = [.. VariantCatalog.All.Where(v => v.Info.FullName == $"{typeof(SmallModels).Namespace}.{v.Info.Name}")];

    public static T5Config Config { get; } = new()
    {
        VocabSize = 40,
        ModelDim = 24,
        HeadDim = 5,
        FeedForwardDim = 20,
        EncoderLayers = 2,
        DecoderLayers = 2,
        Heads = 12,
        RelativeBuckets = 8,
        MaxDistance = 20,
        DropoutRate = 0.1,
    };

    /// <summary>A model in evaluation mode. Its attention is made sharper than a fresh T5's, so that mistakes in it show.</summary>
    public static T5 Create(T5Config? config = null, AttentionVariant? variant = null, int seed = 1)
    {
        manual_seed(seed);
        var model = new T5(config ?? Config, variant);
        using var random = new Generator((ulong)seed);
        model.Initialize(random);
        using var frozen = no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (name.EndsWith("Attention.q.weight", StringComparison.Ordinal) || name.EndsWith("relative_attention_bias.weight", StringComparison.Ordinal))
            {
                parameter.mul_(4);
            }
        }

        model.to(TestDevice.Current);
        model.eval();
        return model;
    }

    /// <summary>Two rows of ids, the second padded, their mask, and decoder ids.</summary>
    public static (Tensor Input, Tensor Mask, Tensor Decoder) Batch(int seed = 2, int source = 9, int target = 7, int vocabulary = 40)
    {
        using var random = new Generator((ulong)seed);
        var input = randint(2, vocabulary, [2, source], dtype: ScalarType.Int64, generator: random);
        var mask = ones([2, source], ScalarType.Int64);
        using var padding = mask.narrow(1, source - 3, 3);
        using var second = padding.narrow(0, 1, 1);
        second.fill_(0);
        input.mul_(mask);
        var decoder = randint(2, vocabulary, [2, target], dtype: ScalarType.Int64, generator: random);
        return (input.to(TestDevice.Current), mask.to(TestDevice.Current), decoder.to(TestDevice.Current));
    }

    /// <summary>Three steps with a large learning rate; the model is left in evaluation mode.</summary>
    public static void Train(T5 model)
    {
        using var optimizer = new FlatOptimizer(model, new AdamWArithmetic(0.9, 0.999, 1e-8), static _ => 0.01);
        model.train();
        for (var step = 0; step < 3; step++)
        {
            using var scope = NewDisposeScope();
            var (input, mask, labels) = Batch(seed: 20 + step);
            model.zero_grad();
            T5.Loss(model.forward(input, mask, T5.ShiftRight(labels)), labels).backward();
            using var gradients = optimizer.Gather();
            optimizer.Step(gradients, 1e-2);
        }

        model.eval();
    }
}
