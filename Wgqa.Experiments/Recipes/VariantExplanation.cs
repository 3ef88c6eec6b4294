using Wgqa.Attention;

namespace Wgqa.Experiments.Recipes;

/// <summary>What a variant costs on a model of a given shape, over all the blocks that it replaces.</summary>
internal sealed record VariantExplanation
{
    /// <summary>The variant's name.</summary>
    public required string Variant { get; init; }

    /// <summary>What it is, in English.</summary>
    public required string Summary { get; init; }

    /// <summary>Query heads over the key/value heads that serve them.</summary>
    public required string Picture { get; init; }

    /// <summary>A key/value head's weight in terms of those that it is merged from.</summary>
    public required string FoldIdentity { get; init; }

    /// <summary>Where it is from.</summary>
    public required string Source { get; init; }

    /// <summary>The model shape's name.</summary>
    public required string Shape { get; init; }

    /// <summary>Query heads h.</summary>
    public required int Heads { get; init; }

    /// <summary>Width d of one head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Width m of the residual stream.</summary>
    public required int ModelDim { get; init; }

    /// <summary>Attention blocks replaced.</summary>
    public required int Blocks { get; init; }

    /// <summary>Key/value heads: G, or Gk/Gv where keys and values differ, for each kind of block.</summary>
    public required string KeyValueHeads { get; init; }

    /// <summary>Elements of the key and value projections while training.</summary>
    public required long TrainedParameters { get; init; }

    /// <summary>The same in a multi-head model.</summary>
    public required long MultiHeadParameters { get; init; }

    /// <summary>Learned weights beside the projections.</summary>
    public required long ExtraParameters { get; init; }

    /// <summary>The cache's element type.</summary>
    public required string Dtype { get; init; }

    /// <summary>Bytes that the decoder's caches hold per decoded plus per source token.</summary>
    public required long KvBytesPerToken { get; init; }

    /// <summary>The same in a multi-head model.</summary>
    public required long MultiHeadKvBytesPerToken { get; init; }

    /// <summary>Whether it folds, in words.</summary>
    public required string Folds { get; init; }

    /// <summary>The path of the file that the compiler wrote; null when it is not there.</summary>
    public required string? GeneratedFile { get; init; }

    /// <summary>The arithmetic for one variant and shape.</summary>
    /// <exception cref="UserException">The variant does not fit, or there is no such type.</exception>
    public static VariantExplanation Of(AttentionVariant variant, ModelShape model, string dtype)
    {
        var info = variant.Info;
        var blocks = model.Blocks(info.Sites).ToList();
        var path = Path.Combine(AppContext.BaseDirectory, "generated", "Wgqa.Generators", "Wgqa.Generators.VariantGenerator", info.GeneratedFile);
        var bytes = CacheType.BytesOf(dtype);
        return new()
        {
            Variant = info.Name,
            Summary = info.Summary,
            Picture = info.Picture,
            FoldIdentity = info.FoldIdentity,
            Source = info.Source,
            Shape = model.Name,
            Heads = model.Shape.Heads,
            HeadDim = model.Shape.HeadDim,
            ModelDim = model.Shape.ModelDim,
            Blocks = blocks.Count,
            KeyValueHeads = model.KeyValueHeads(variant),
            TrainedParameters = blocks.Sum(block => TrainedHeads(info, variant.MapsFor(block)) * block.HeadDim * block.ModelDim),
            MultiHeadParameters = blocks.Sum(block => 2L * block.Heads * block.HeadDim * block.ModelDim),
            ExtraParameters = model.ExtraParameters(variant),
            Dtype = dtype,
            KvBytesPerToken = model.KvBytesPerToken(variant, bytes),
            MultiHeadKvBytesPerToken = model.MultiHeadKvBytesPerToken(bytes),
            Folds = info.Folds switch
            {
                Foldability.Always => "exactly, to plain grouped-query attention",
                Foldability.WhenFrozen => "exactly, once its head maps are frozen (fold --freeze)",
                _ => $"no: {info.ObstacleToFolding}",
            },
            GeneratedFile = File.Exists(path) ? path : null,
        };
    }

    private static long TrainedHeads(VariantInfo info, HeadMaps maps) => info.Merge == Merge.Live ? 2L * maps.Key.Heads : maps.HeadsHeld;
}
