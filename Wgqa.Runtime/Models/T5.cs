using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using Wgqa.Attention;
using Wgqa.Kernels;
using static TorchSharp.torch;

namespace Wgqa.Models;

// Every registered name is Hugging Face's (T5ForConditionalGeneration), so that a checkpoint loads without a map; a tied
// embedding is registered once. b batch, t target, s source, h heads, m model width, f feed-forward width, V vocabulary.

/// <summary>
/// T5 for conditional generation (Raffel et al. 2020): v1.0 (relu, tied), v1.1 (gated gelu, untied) and their other activations, with the sites that a
/// variant names replaced by it. Token ids and masks are int64; a mask is 1 where a token is and 0 where padding is.
/// </summary>
public sealed class T5 : nn.Module<Tensor, Tensor?, Tensor, Tensor>, IMixedPrecision
{
    /// <summary>The label at which no loss is taken.</summary>
    public const long IgnoredLabel = -100;

    [ComponentName(Name = "shared")] private readonly Embedding _shared;   // [V, m]
    [ComponentName(Name = "encoder")] private readonly T5Stack _encoder;
    [ComponentName(Name = "decoder")] private readonly T5Stack _decoder;
    [ComponentName(Name = "lm_head")] private readonly Linear? _head;      // [V, m], untied models only

    /// <summary>
    /// A model with freshly drawn weights. Without a variant every site is plain: multi-head, or grouped as a folded
    /// configuration's <see cref="T5Config.Grouping"/> says.
    /// </summary>
    /// <exception cref="UserException">The variant does not fit the configuration.</exception>
    public T5(T5Config config, AttentionVariant? variant = null) : base(nameof(T5))
    {
        (Config, Variant) = (config.For(variant), variant);
        IGroupedAttention Attention(Sites site, int layer, RelativePositionBias? bias)
        {
            var shape = config.ShapeAt(site, layer);
            if (Config.Grouping is not { } grouping || !grouping.Sites.HasFlag(site))
            {
                return new GroupedQueryAttention(shape, shape.Heads, bias);
            }

            var maps = grouping.MapsOf(config.Blocks.First(block => (block.Site, block.Layer) == (site, layer)).Name, shape.Heads);
            return variant is null ? new GroupedQueryAttention(shape, maps, bias)
                // Only maps that something else decided are fixed: a block that makes its own while running would be frozen by them.
                : variant.Create(grouping.Frozen || maps != variant.MapsFor(shape) ? shape with { Maps = maps } : shape, bias);
        }

        _shared = nn.Embedding(config.VocabSize, config.ModelDim);
        _encoder = new T5Stack(config, decoder: false, Attention);
        _decoder = new T5Stack(config, decoder: true, Attention);
        _head = config.TieWordEmbeddings ? null : nn.Linear(config.ModelDim, config.VocabSize, hasBias: false);
        RegisterComponents();
        foreach (var parameter in parameters())
        {
            parameter.DetachFromDisposeScope();   // a model outlives the scope that it is made in
        }
    }

    /// <summary>The configuration, <see cref="T5Config.Grouping"/> included.</summary>
    public T5Config Config { get; }

    /// <summary>The variant at the sites that <see cref="T5Config.Grouping"/> names; null in a multi-head or folded model.</summary>
    public AttentionVariant? Variant { get; }

    /// <summary>Every attention block with the site it stands at, its place in the stack and its registered name.</summary>
    public IEnumerable<(Sites Site, int Block, string Name, IGroupedAttention Attention)> Attentions =>
        Config.Blocks.Select(block => (block.Site, block.Layer, block.Name, block.Site switch
        {
            Sites.Encoder => _encoder.Blocks[block.Layer].Self,
            Sites.DecoderSelf => _decoder.Blocks[block.Layer].Self,
            _ => _decoder.Blocks[block.Layer].Cross!,
        }));

    /// <inheritdoc/>
    public Precision Precision
    {
        get;
        set
        {
            field = value;
            foreach (var norm in modules().OfType<RmsNorm>())
            {
                norm.Precision = value;   // every product takes the type of what it multiplies, and that comes from a norm
            }
        }
    }

    internal T5Stack Encoder => _encoder;

    internal T5Stack Decoder => _decoder;

    /// <summary>[V, m], the caller's to dispose.</summary>
    internal Tensor Embeddings() => _shared.weight!;

    /// <summary>[V, m], the caller's to dispose: the embeddings, where they are tied.</summary>
    internal Tensor Head() => _head?.weight.alias() ?? _shared.weight!;

    /// <summary>What hidden states are multiplied by before the head.</summary>
    internal double HeadScale => Config.ScaleDecoderOutputs ?? Config.TieWordEmbeddings ? 1 / Math.Sqrt(Config.ModelDim) : 1;

    /// <summary>Logits [b, t, V] of the next token after each decoder token; the caller's to dispose.</summary>
    /// <param name="inputIds">[b, s].</param>
    /// <param name="attentionMask">[b, s]; null sees padding too.</param>
    /// <param name="decoderInputIds">[b, t], see <see cref="ShiftRight"/>.</param>
    public override Tensor forward(Tensor inputIds, Tensor? attentionMask, Tensor decoderInputIds)
    {
        using var encoded = Encode(inputIds, attentionMask);                          // (b, s, m)
        return Decode(decoderInputIds, encoded, attentionMask);                       // (b, t, V)
    }

    /// <summary>The encoder's hidden states after its final norm, [b, s, m]; the caller's to dispose.</summary>
    /// <exception cref="UserException">The mask's shape is not the ids'.</exception>
    public Tensor Encode(Tensor inputIds, Tensor? attentionMask)
    {
        if (attentionMask is not null && !attentionMask.shape.SequenceEqual(inputIds.shape))
        {
            throw new UserException($"attention_mask is [{string.Join(", ", attentionMask.shape)}], and input_ids is [{string.Join(", ", inputIds.shape)}].");
        }

        using var embedded = Embed(inputIds);                                         // (b, s, m)
        return _encoder.forward(embedded, attentionMask, null, null, null);
    }

    /// <summary>Logits [b, t, V]; the caller's to dispose.</summary>
    /// <param name="decoderInputIds">[b, t]; with a cache only the tokens that it has not seen.</param>
    /// <param name="encoded">[b, s, m] from <see cref="Encode"/>, or fewer rows, each for as many consecutive decoder rows: the beams of
    /// one input. A cache reads it at the first call only, and later goes by the rows that it holds itself.</param>
    /// <param name="attentionMask">[rows of <paramref name="encoded"/>, s] of the encoder's tokens; null sees padding too.</param>
    /// <param name="decoderAttentionMask">[b, all tokens so far]; null, as in Hugging Face, sees padding too.</param>
    /// <param name="cache">Holds what earlier calls computed, and takes no part in gradients.</param>
    /// <exception cref="InvalidOperationException">The cache is full.</exception>
    public Tensor Decode(Tensor decoderInputIds, Tensor encoded, Tensor? attentionMask, Tensor? decoderAttentionMask = null, DecoderCache? cache = null)
    {
        using var frozen = cache is null ? null : no_grad();
        cache?.Reserve(decoderInputIds.size(1));
        if (decoderAttentionMask is null && cache?.Step(this, decoderInputIds, attentionMask) is { } logits)
        {
            return logits;
        }

        using var hidden = DecodeHidden(decoderInputIds, encoded, attentionMask, decoderAttentionMask, cache);  // (b, t, m)
        return Logits(hidden);
    }

    /// <summary>What <see cref="Decode"/> with a cache gives for the last token alone, [b, 1, V]; the caller's to dispose.</summary>
    internal Tensor DecodeLast(Tensor decoderInputIds, Tensor encoded, Tensor? attentionMask, DecoderCache cache)
    {
        using var frozen = no_grad();
        cache.Reserve(decoderInputIds.size(1));
        if (cache.Step(this, decoderInputIds, attentionMask) is { } logits)
        {
            return logits;
        }

        using var scope = NewDisposeScope();
        var hidden = DecodeHidden(decoderInputIds, encoded, attentionMask, null, cache);                        // (b, t, m)
        return Logits(hidden.narrow(1, hidden.size(1) - 1, 1).contiguous()).MoveToOuterDisposeScope();          // (b, 1, V)
    }

    private Tensor Logits(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return LinearMap.Apply(ForHead(hidden), Head()).MoveToOuterDisposeScope();                              // (b, t, V)
    }

    private Tensor ForHead(Tensor hidden)
    {
        using Scalar scale = HeadScale;
        return HeadScale == 1 ? hidden.alias() : hidden.mul(scale);
    }

    /// <summary>The <see cref="Loss"/> of what the head makes of hidden states, without all logits at once and without any for ignored labels: a scalar, the caller's to dispose.</summary>
    /// <param name="hidden">[b, t, m] from <see cref="DecodeHidden"/>.</param>
    /// <param name="labels">[b, t].</param>
    internal Tensor HeadLoss(Tensor hidden, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var scaled = ForHead(hidden);                                                                           // (b, t, m)
        if (NativeKernels.HeadLoss(scaled, NativeKernels.Cast(Head(), scaled.dtype), labels, IgnoredLabel) is { } fused)
        {
            return fused.MoveToOuterDisposeScope();
        }

        if (labels.device_type == DeviceType.CPU)   // on a device, counting them would wait for it
        {
            using Scalar ignored = IgnoredLabel;
            var places = labels.view(-1).ne(ignored).nonzero().view(-1);                                        // (n)
            scaled = scaled.view(-1, scaled.size(-1)).index_select(0, places).unsqueeze(0);                     // (1, n, m)
            labels = labels.view(-1).index_select(0, places);                                                   // (n)
        }

        return Loss(LinearMap.Apply(scaled, Head()), labels).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Makes the model ready to decode and evaluate in a precision: in bfloat16 weights that are only multiplied are kept in it,
    /// instead of cast each time. What is merged, added or scaled stays float32. Not for a model that is trained or saved afterwards.
    /// </summary>
    public void Deploy(Precision precision)
    {
        Precision = precision;
        if (precision == Precision.Float32)
        {
            return;
        }

        // A variant's keys and values may still have to be merged, and are rounded once, after that.
        var merged = Attentions.Where(static block => block.Attention is not GroupedQueryAttention)
            .SelectMany(static block => new[] { $"{block.Name}.k", $"{block.Name}.v" }).ToHashSet();
        foreach (var (name, module) in named_modules().Where(named => !merged.Contains(named.name)))
        {
            if (module is Linear or Embedding)
            {
                module.to(ScalarType.BFloat16);
            }
        }
    }

    /// <summary>A cache for decoding up to <paramref name="capacity"/> tokens per row, start token included.</summary>
    public DecoderCache NewCache(long capacity) => new(Config.DecoderLayers, capacity);

    /// <summary>A cache whose steps are all alike, see <see cref="StepPlace"/>.</summary>
    internal DecoderCache NewCache(StepPlace place) => new(Config.DecoderLayers, place);

    /// <summary>What the decoder reads to predict <paramref name="labels"/>: the start token, then the labels but the last, with padding for ignored ones.</summary>
    /// <returns>[b, t], the caller's to dispose.</returns>
    public static Tensor ShiftRight(Tensor labels, long startTokenId = 0, long padTokenId = 0)
    {
        using var scope = NewDisposeScope();
        using Scalar first = startTokenId, ignored = IgnoredLabel, padding = padTokenId;
        var start = labels.new_full(labels.size(0), 1, first);                        // (b, 1)
        var read = labels.masked_fill(labels.eq(ignored), padding);                   // (b, t)
        return cat([start, read.narrow(1, 0, labels.size(1) - 1)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Mean cross-entropy in float32 over the labels that are not <see cref="IgnoredLabel"/>: a scalar, the caller's to dispose.</summary>
    /// <param name="logits">[b, t, V].</param>
    /// <param name="labels">[b, t].</param>
    public static Tensor Loss(Tensor logits, Tensor labels)
    {
        if (NativeKernels.CrossEntropy(logits, labels, IgnoredLabel) is { } fused)
        {
            return fused;
        }

        using var scope = NewDisposeScope();
        var rows = logits.view(-1, logits.size(-1)).to_type(ScalarType.Float32);      // (b·t, V)
        return nn.functional.cross_entropy(rows, labels.view(-1), ignore_index: IgnoredLabel).MoveToOuterDisposeScope();
    }

    /// <summary>Draws all weights as Hugging Face does for a model trained from scratch; merge weights keep their declared start.</summary>
    /// <param name="random">The generator drawn from, on the model's device; null is the global one.</param>
    public void Initialize(Generator? random = null)
    {
        using var frozen = no_grad();
        foreach (var (name, parameter) in named_parameters())
        {
            if (name.EndsWith("layer_norm.weight", StringComparison.Ordinal))
            {
                parameter.fill_(Config.InitializerFactor);
            }
            else if (InitialDeviation(name) is { } deviation)
            {
                parameter.normal_(0, Config.InitializerFactor * deviation, random);
            }
        }
    }

    // T5's attention is not scaled by 1/√d: the query's initial deviation holds that factor instead.
    private double? InitialDeviation(string name) => name.Split('.')[^2] switch
    {
        "shared" or "lm_head" => 1,
        "q" => 1 / Math.Sqrt((double)Config.ModelDim * Config.HeadDim),
        "k" or "v" or "wi" or "wi_0" or "wi_1" or "relative_attention_bias" => 1 / Math.Sqrt(Config.ModelDim),
        "o" => 1 / Math.Sqrt((double)Config.Heads * Config.HeadDim),
        "wo" => 1 / Math.Sqrt(Config.FeedForwardDim),
        _ => null,
    };

    /// <summary>[b, t] as [b, t, m]: where residual sums begin, so at least float32 in bfloat16.</summary>
    private Tensor Embed(Tensor ids)
    {
        var embedded = _shared.forward(ids);
        if (Precision == Precision.Float32)
        {
            return embedded;
        }

        using (embedded)
        {
            return embedded.to_type(ScalarType.Float32);
        }
    }

    /// <summary>The decoder's hidden states after its final norm, [b, t, m], before any scaling for a tied head.</summary>
    internal Tensor DecodeHidden(Tensor decoderInputIds, Tensor encoded, Tensor? attentionMask, Tensor? decoderAttentionMask, DecoderCache? cache)
    {
        using var embedded = Embed(decoderInputIds);                                  // (b, t, m)
        return _decoder.forward(embedded, decoderAttentionMask, encoded, attentionMask, cache);
    }
}
