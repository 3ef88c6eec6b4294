using Wgqa.Attention;

namespace Wgqa.Models;

/// <summary>What stands between the two products of a feed-forward layer; a gated kind is the activation of one projection times another.</summary>
public enum FeedForwardKind
{
    /// <summary>T5 v1.0: relu.</summary>
    Relu,

    /// <summary>T5 v1.1 and Flan: gelu in its tanh form, gated.</summary>
    GatedGelu,

    /// <summary>UL2: silu, gated.</summary>
    GatedSilu,

    /// <summary>relu, gated.</summary>
    GatedRelu,

    /// <summary>gelu in its exact form.</summary>
    Gelu,

    /// <summary>silu.</summary>
    Silu,
}

/// <summary>A T5's shape and constants, with the values Hugging Face assumes for keys that config.json leaves out.</summary>
public sealed record T5Config
{
    /// <summary>Vocabulary size V (vocab_size), the embedding's rows.</summary>
    public int VocabSize { get; init; } = 32128;

    /// <summary>Width m of the residual stream (d_model).</summary>
    public int ModelDim { get; init; } = 512;

    /// <summary>Width d of one head (d_kv); h·d need not equal m.</summary>
    public int HeadDim { get; init; } = 64;

    /// <summary>Width of the feed-forward layer (d_ff).</summary>
    public int FeedForwardDim { get; init; } = 2048;

    /// <summary>Encoder blocks (num_layers).</summary>
    public int EncoderLayers { get; init; } = 6;

    /// <summary>Decoder blocks (num_decoder_layers, or num_layers where that is left out).</summary>
    public int DecoderLayers { get; init; } = 6;

    /// <summary>Query heads h (num_heads).</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Buckets of relative position (relative_attention_num_buckets).</summary>
    public int RelativeBuckets { get; init; } = 32;

    /// <summary>Distance from which on positions share the last bucket (relative_attention_max_distance).</summary>
    public int MaxDistance { get; init; } = 128;

    /// <summary>Dropout probability, everywhere the same (dropout_rate).</summary>
    public double DropoutRate { get; init; } = 0.1;

    /// <summary>Added to the mean square in a norm (layer_norm_epsilon).</summary>
    public double LayerNormEpsilon { get; init; } = 1e-6;

    /// <summary>Scales the initial weights of a model trained from scratch (initializer_factor).</summary>
    public double InitializerFactor { get; init; } = 1;

    /// <summary>The feed-forward layer (feed_forward_proj).</summary>
    public FeedForwardKind FeedForward { get; init; } = FeedForwardKind.Relu;

    /// <summary>Whether the output head is the embedding (tie_word_embeddings).</summary>
    public bool TieWordEmbeddings { get; init; } = true;

    /// <summary>Whether the output head's input is scaled by m^−½ (scale_decoder_outputs, which transformers 5 writes); null, as before, where the head is the embedding.</summary>
    public bool? ScaleDecoderOutputs { get; init; }

    /// <summary>Id of padding (pad_token_id).</summary>
    public int PadTokenId { get; init; }

    /// <summary>Id of the end of a sequence (eos_token_id).</summary>
    public int EosTokenId { get; init; } = 1;

    /// <summary>Id with which decoding starts (decoder_start_token_id).</summary>
    public int DecoderStartTokenId { get; init; }

    /// <summary>How key/value heads are grouped; null is multi-head everywhere.</summary>
    public KeyValueGrouping? Grouping { get; init; }

    /// <summary>The keys of config.json that nothing here reads, as a JSON object; they are written back as they were.</summary>
    public string OtherKeys { get; init; } = "{}";

    /// <summary>The shape of each attention block.</summary>
    public AttentionShape Shape => new(ModelDim, Heads, HeadDim) { Dropout = DropoutRate };

    /// <summary>Every attention block: its site, its place in its stack and its registered name.</summary>
    internal IEnumerable<(Sites Site, int Layer, string Name)> Blocks =>
        Enumerable.Range(0, EncoderLayers).Select(i => (Sites.Encoder, i, $"encoder.block.{i}.layer.0.SelfAttention"))
            .Concat(Enumerable.Range(0, DecoderLayers).Select(i => (Sites.DecoderSelf, i, $"decoder.block.{i}.layer.0.SelfAttention")))
            .Concat(Enumerable.Range(0, DecoderLayers).Select(i => (Sites.DecoderCross, i, $"decoder.block.{i}.layer.1.EncDecAttention")));

    /// <summary>The shape of the block at a place.</summary>
    internal AttentionShape ShapeAt(Sites site, int layer) => Shape with { Site = site, Layer = layer };

    /// <summary>This configuration with the grouping that <paramref name="variant"/> gives it; without a variant, itself.</summary>
    /// <exception cref="UserException">The variant does not fit, or the configuration asks for another one.</exception>
    public T5Config For(AttentionVariant? variant)
    {
        if (variant is null)
        {
            return Grouping is { Variant: { } missing }
                ? throw new UserException($"the model is saved with the variant {missing}, which is not among the declared ones.")
                : this;
        }

        if (Grouping is { } existing && existing.Variant != variant.Info.Name)
        {
            throw new UserException(existing.Folded
                ? $"the model is folded to {existing.KeyValueHeads} already and cannot take the variant {variant.Info.Name}."
                : $"the model is saved with the variant {existing.Variant}, not {variant.Info.Name}.");
        }

        // Which heads share a group may have been found by a search, or frozen; how many groups there are is the declaration's.
        var declared = GroupingOf(variant, block => variant.MapsFor(ShapeAt(block.Site, block.Layer)));
        return Grouping is null ? this with { Grouping = declared }
            : Grouping.Sites == declared.Sites && BlocksAt(declared.Sites).All(block => Groups(Grouping, block.Name) == Groups(declared, block.Name)) ? this
            : throw new UserException($"the variant {declared.Variant} has {declared.KeyValueHeads} at {declared.Sites}, and the model was saved with {Grouping.KeyValueHeads} at {Grouping.Sites}.");
    }

    /// <summary>The grouping that a variant has with the given head maps.</summary>
    /// <exception cref="UserException">The variant replaces nothing that a T5 has.</exception>
    internal KeyValueGrouping GroupingOf(AttentionVariant variant, Func<(Sites Site, int Layer, string Name), HeadMaps> maps)
    {
        var sites = variant.Info.Sites & (Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder);
        return sites != 0
            ? new(variant.Info.Name, sites, BlocksAt(sites).ToDictionary(block => block.Name, maps))
            : throw new UserException($"the variant {variant.Info.Name} replaces {variant.Info.Sites}, and T5 has only {Sites.DecoderSelf}, {Sites.DecoderCross} and {Sites.Encoder}.");
    }

    private IEnumerable<(Sites Site, int Layer, string Name)> BlocksAt(Sites sites) => Blocks.Where(block => sites.HasFlag(block.Site));

    private (int Key, int Value) Groups(KeyValueGrouping grouping, string block)
    {
        var maps = grouping.MapsOf(block, Heads);
        return (maps.Key.Groups, maps.Value.Groups);
    }
}
