using Wgqa.Models;

namespace Wgqa.Experiments.Recipes;

/// <summary>
/// A named T5 shape, as published on the hub (t5-*: T5 v1.0, relu, tied; t5-v1_1-*: gated gelu, untied), or ours for the demo.
/// </summary>
internal sealed record ModelShape(string Name, AttentionShape Shape, int FeedForwardDim, int EncoderLayers, int DecoderLayers, bool Gated = false)
{
    private static readonly ModelShape[] All =
    [
        new("demo", new(96, 8, 12), 256, 2, 2),
        new("mini", new(128, 8, 16), 512, 3, 3),
        new("t5-small", new(512, 8, 64), 2048, 6, 6),
        new("t5-base", new(768, 12, 64), 3072, 12, 12),
        new("t5-large", new(1024, 16, 64), 4096, 24, 24),
        new("t5-3b", new(1024, 32, 128), 16384, 24, 24),
        new("t5-11b", new(1024, 128, 128), 65536, 24, 24),
        new("t5-v1_1-small", new(512, 6, 64), 1024, 8, 8, Gated: true),
        new("t5-v1_1-base", new(768, 12, 64), 2048, 12, 12, Gated: true),
    ];

    /// <summary>The names, in the order of size.</summary>
    public static IEnumerable<string> Names => All.Select(shape => shape.Name);

    /// <summary>The shape of that name.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static ModelShape Named(string name) =>
        All.FirstOrDefault(shape => string.Equals(shape.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UserException($"--shape is '{name}'; it must be one of {string.Join(", ", Names)}.");

    /// <summary>The configuration of a model of this shape.</summary>
    public T5Config Config(int vocabularySize, double dropout) => new()
    {
        VocabSize = vocabularySize,
        ModelDim = Shape.ModelDim,
        HeadDim = Shape.HeadDim,
        Heads = Shape.Heads,
        FeedForwardDim = FeedForwardDim,
        EncoderLayers = EncoderLayers,
        DecoderLayers = DecoderLayers,
        FeedForward = Gated ? FeedForwardKind.GatedGelu : FeedForwardKind.Relu,
        TieWordEmbeddings = !Gated,
        DropoutRate = dropout,
    };

    /// <summary>Learned merge weights of the whole model.</summary>
    public long ExtraParameters(AttentionVariant variant) =>
        new[] { Sites.DecoderSelf, Sites.DecoderCross, Sites.Encoder }.Where(site => variant.Info.Sites.HasFlag(site)).SelectMany(BlocksAt).Sum(variant.ExtraParameters);

    /// <summary>
    /// Bytes that the decoder's caches hold per token, all layers: its self-attention's for a decoded token and its
    /// cross-attention's for a source token, added. Sites that the variant leaves alone stay multi-head.
    /// </summary>
    public long KvBytesPerToken(AttentionVariant variant, int bytesPerElement) =>
        bytesPerElement * new[] { Sites.DecoderSelf, Sites.DecoderCross }.SelectMany(BlocksAt)
            .Sum(block => variant.Info.Sites.HasFlag(block.Site) ? variant.KvCacheElementsPerToken(block) : 2L * block.Heads * block.HeadDim);

    // A declaration may have other numbers of groups at some sites and layers.
    private IEnumerable<AttentionShape> BlocksAt(Sites site) =>
        Enumerable.Range(0, site == Sites.Encoder ? EncoderLayers : DecoderLayers).Select(layer => Shape with { Site = site, Layer = layer });
}
