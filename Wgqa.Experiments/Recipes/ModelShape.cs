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

    /// <summary>The attention blocks that a variant replaces, each with its site and layer.</summary>
    public IEnumerable<AttentionShape> Blocks(Sites sites) =>
        BlocksAt(Sites.Encoder, EncoderLayers).Concat(BlocksAt(Sites.DecoderSelf, DecoderLayers)).Concat(BlocksAt(Sites.DecoderCross, DecoderLayers))
            .Where(block => sites.HasFlag(block.Site));

    /// <summary>Learned weights beside the projections, of the whole model.</summary>
    public long ExtraParameters(AttentionVariant variant) => Blocks(variant.Info.Sites).Sum(variant.ExtraParameters);

    /// <summary>
    /// Bytes that the decoder's caches hold per token, all layers: its self-attention's for a decoded token and its
    /// cross-attention's for a source token, added. Sites that the variant leaves alone stay multi-head.
    /// </summary>
    public long KvBytesPerToken(AttentionVariant variant, int bytesPerElement)
    {
        const Sites Cached = Sites.DecoderSelf | Sites.DecoderCross;
        var multiHead = Blocks(Cached & ~variant.Info.Sites).Sum(block => 2L * block.Heads * block.HeadDim);
        return (multiHead + Blocks(Cached & variant.Info.Sites).Sum(variant.KvCacheElementsPerToken)) * bytesPerElement;
    }

    /// <summary>The same in a multi-head model.</summary>
    public long MultiHeadKvBytesPerToken(int bytesPerElement) => 2L * DecoderLayers * 2 * Shape.Heads * Shape.HeadDim * bytesPerElement;

    /// <summary>The numbers of key/value heads that a variant has in its blocks: G, or Gk/Gv where keys and values differ; from the most blocks to the fewest.</summary>
    /// <exception cref="UserException">The variant does not fit.</exception>
    public string KeyValueHeads(AttentionVariant variant) => string.Join(
        ", ",
        Blocks(variant.Info.Sites).Select(block => variant.MapsFor(block))
            .Select(maps => maps.Key.Groups == maps.Value.Groups ? $"{maps.Key.Groups}" : $"{maps.Key.Groups}/{maps.Value.Groups}")
            .GroupBy(groups => groups).OrderByDescending(same => same.Count()).Select(same => same.Key));

    private IEnumerable<AttentionShape> BlocksAt(Sites site, int layers) => Enumerable.Range(0, layers).Select(layer => Shape with { Site = site, Layer = layer });
}
