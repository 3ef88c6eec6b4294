using TorchSharp;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>Small T5 models with random weights, and inputs of three lengths.</summary>
internal static class SmallT5
{
    public static readonly T5Config Tied = new()
    {
        VocabSize = 40,
        ModelDim = 16,
        HeadDim = 8,
        Heads = 4,
        FeedForwardDim = 32,
        EncoderLayers = 2,
        DecoderLayers = 2,
        InitializerFactor = 1.5,
    };

    public static readonly T5Config Gated = Tied with { FeedForward = FeedForwardKind.GatedGelu, TieWordEmbeddings = false };

    /// <summary>A decoder of plain grouped attention, as folding leaves it.</summary>
    public static T5Config Grouped(int groups) => Tied with { Grouping = new(null, groups, Sites.DecoderSelf | Sites.DecoderCross) };

    public static T5 Create(T5Config config, int seed = 11)
    {
        using var random = new Generator((ulong)seed);
        var model = new T5(config);
        model.Initialize(random);
        model.to(TestDevice.Current);
        model.eval();
        return model;
    }

    /// <summary>[3, 7] ids, padded with 0.</summary>
    public static Tensor Inputs() => tensor(
        new long[]
        {
            17, 4, 29, 8, 33, 12, 1,
            5, 31, 9, 1, 0, 0, 0,
            22, 22, 7, 38, 1, 0, 0,
        },
        [3, 7],
        dtype: ScalarType.Int64,
        device: TestDevice.Current);
}
