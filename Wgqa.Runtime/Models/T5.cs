using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using Wgqa.Attention;
using Wgqa.Kernels;
using static TorchSharp.torch;
using Dropout = Wgqa.Attention.Dropout;

namespace Wgqa.Models;

// Read bottom-up: the model, its two stacks, their blocks, the three kinds of layer, the norm. Every registered name is
// Hugging Face's (T5ForConditionalGeneration), so that a checkpoint loads without a map; a tied embedding is registered once.
// b batch, t target, s source, h heads, m model width, f feed-forward width, V vocabulary.

/// <summary>Scales each vector to unit root mean square: no mean, no bias, always computed in float32 (T5, section 2.1).</summary>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly double _epsilon;
    [ComponentName(Name = "weight")] private Parameter _weight;   // [m]

    /// <summary>What comes out: the weight's type in float32, else bfloat16.</summary>
    public Precision Precision { get; set; }

    public Parameter Weight => _weight;

    public RmsNorm(int modelDim, double epsilon) : base(nameof(RmsNorm))
    {
        _epsilon = epsilon;
        _weight = new Parameter(ones(modelDim));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        if (NativeKernels.RmsNorm(x, _weight, _epsilon, Precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32) is { } fused)
        {
            return fused;
        }

        using var scope = NewDisposeScope();
        using Scalar epsilon = _epsilon;
        var wide = x.to_type(ScalarType.Float32);
        var scale = wide.square().mean([-1L], keepdim: true).add(epsilon).rsqrt();    // (b, t, 1)
        var normed = wide.mul(scale).to_type(_weight.dtype).mul(_weight);
        return (Precision == Precision.BFloat16 ? normed.to_type(ScalarType.BFloat16) : normed).MoveToOuterDisposeScope();
    }
}

/// <summary>x + dropout(attention(norm(x))), over the same sequence or from it to the memory.</summary>
internal sealed class AttentionLayer : nn.Module<Tensor, Tensor?, Tensor?, KeyValueCache?, Tensor>
{
    [ComponentName(Name = "SelfAttention")] private readonly IGroupedAttention? _self;
    [ComponentName(Name = "EncDecAttention")] private readonly IGroupedAttention? _cross;
    [ComponentName(Name = "layer_norm")] private readonly RmsNorm _norm;
    [ComponentName(Name = "dropout")] private readonly Dropout _dropout;

    public AttentionLayer(T5Config config, Sites site, IGroupedAttention attention) : base(nameof(AttentionLayer))
    {
        (_self, _cross) = site == Sites.DecoderCross ? ((IGroupedAttention?)null, attention) : (attention, null);
        _norm = new RmsNorm(config.ModelDim, config.LayerNormEpsilon);
        _dropout = new Dropout(config.DropoutRate);
        RegisterComponents();
    }

    public IGroupedAttention Attention => _self ?? _cross!;

    public RmsNorm Norm => _norm;

    /// <summary>Sees what keys and values are made from, [b, s, m], for calibration; null in ordinary use.</summary>
    public Action<Tensor>? Observe { get; set; }

    public override Tensor forward(Tensor x, Tensor? memory, Tensor? bias, KeyValueCache? cache) => forward(x, memory, bias, null, cache);

    /// <summary>As above, with padding [b, 1, 1, s] apart from the bias, for a plain block (<see cref="T5Stack"/> decides).</summary>
    public Tensor forward(Tensor x, Tensor? memory, Tensor? bias, Tensor? padding, KeyValueCache? cache)
    {
        using var scope = NewDisposeScope();
        var queries = _norm.forward(x);                                               // (b, t, m)
        if (memory is not null)
        {
            // Nothing here depends on a target's position: beams of one memory row are so many targets of it, and its keys and
            // values are neither repeated nor moved.
            queries = queries.view(cache?.Rows ?? memory.size(0), -1, x.size(2));     // (memory's b, beams·t, m)
        }

        Observe?.Invoke(memory ?? queries);
        var y = (padding is null ? Attention.forward(queries, memory, bias, cache) : ((GroupedQueryAttention)Attention).forward(queries, memory, bias, padding, cache)).view(x.size(0), x.size(1), -1);   // (b, t, m)
        return _dropout.AddTo(x, y).MoveToOuterDisposeScope();
    }
}

/// <summary>The two feed-forward products: wo(relu(wi x)), or wo(gelu(wi_0 x) · wi_1 x) when gated.</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "wi")] private readonly Linear? _wi;         // [f, m]
    [ComponentName(Name = "wi_0")] private readonly Linear? _gate;     // [f, m]
    [ComponentName(Name = "wi_1")] private readonly Linear? _linear;   // [f, m]
    [ComponentName(Name = "wo")] private readonly Linear _wo;          // [m, f]
    [ComponentName(Name = "dropout")] private readonly Dropout _dropout;

    public FeedForward(T5Config config) : base(nameof(FeedForward))
    {
        Linear Inner() => nn.Linear(config.ModelDim, config.FeedForwardDim, hasBias: false);
        (_wi, _gate, _linear) = config.FeedForward == FeedForwardKind.Relu ? (Inner(), (Linear?)null, (Linear?)null) : (null, Inner(), Inner());
        _wo = nn.Linear(config.FeedForwardDim, config.ModelDim, hasBias: false);
        _dropout = new Dropout(config.DropoutRate);
        RegisterComponents();
    }

    /// <summary>What goes through the activation: wi, or wi_0 when gated; [f, m].</summary>
    public Tensor Inner => (_wi ?? _gate)!.weight;

    /// <summary>wi_1, [f, m]; null when not gated.</summary>
    public Tensor? Linear => _linear?.weight;

    /// <summary>wo, [m, f].</summary>
    public Tensor Outer => _wo.weight;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var inner = _wi is not null
            ? LinearMap.Apply(x, _wi.weight).relu_()                                  // (b, t, f)
            : GeluTanh(LinearMap.Apply(x, _gate!.weight)).mul(LinearMap.Apply(x, _linear!.weight));   // (b, t, f)
        return LinearMap.Apply(_dropout.forward(inner), _wo.weight).MoveToOuterDisposeScope();   // (b, t, m)
    }

    /// <summary>Hugging Face's <c>gelu_new</c>: x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³))).</summary>
    internal static Tensor GeluTanh(Tensor x)
    {
        using var scope = NewDisposeScope();
        using Scalar three = 3, cubed = 0.044715, slope = Math.Sqrt(2 / Math.PI), half = 0.5, one = 1;
        var inner = x.pow(three).mul(cubed).add(x).mul(slope);
        return x.mul(half).mul(inner.tanh().add(one)).MoveToOuterDisposeScope();
    }
}

/// <summary>x + dropout(feed-forward(norm(x))).</summary>
internal sealed class FeedForwardLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "DenseReluDense")] private readonly FeedForward _dense;
    [ComponentName(Name = "layer_norm")] private readonly RmsNorm _norm;
    [ComponentName(Name = "dropout")] private readonly Dropout _dropout;

    public FeedForwardLayer(T5Config config) : base(nameof(FeedForwardLayer))
    {
        _dense = new FeedForward(config);
        _norm = new RmsNorm(config.ModelDim, config.LayerNormEpsilon);
        _dropout = new Dropout(config.DropoutRate);
        RegisterComponents();
    }

    public RmsNorm Norm => _norm;

    public FeedForward Dense => _dense;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return _dropout.AddTo(x, _dense.forward(_norm.forward(x))).MoveToOuterDisposeScope();
    }
}

/// <summary>One block: self-attention, in a decoder attention to the encoder's output, feed-forward.</summary>
internal sealed class T5Block : nn.Module
{
    [ComponentName(Name = "layer")] private readonly ModuleList<nn.Module> _layers;

    public T5Block(T5Config config, IGroupedAttention self, IGroupedAttention? cross) : base(nameof(T5Block))
    {
        _layers = cross is null
            ? new(new AttentionLayer(config, Sites.Encoder, self), new FeedForwardLayer(config))
            : new(new AttentionLayer(config, Sites.DecoderSelf, self), new AttentionLayer(config, Sites.DecoderCross, cross), new FeedForwardLayer(config));
        RegisterComponents();
    }

    public IGroupedAttention Self => SelfLayer.Attention;

    public IGroupedAttention? Cross => CrossLayer?.Attention;

    public AttentionLayer SelfLayer => (AttentionLayer)_layers[0];

    public AttentionLayer? CrossLayer => _layers[1] as AttentionLayer;

    public FeedForwardLayer FeedForwardLayer => (FeedForwardLayer)_layers[_layers.Count - 1];

    public Tensor forward(Tensor x, Tensor? memory, Tensor? selfBias, Tensor? selfPadding, Tensor? crossBias, KeyValueCache? selfCache, KeyValueCache? crossCache)
    {
        using var scope = NewDisposeScope();
        x = SelfLayer.forward(x, null, selfBias, selfPadding, selfCache);             // (b, t, m)
        if (CrossLayer is { } cross)
        {
            x = cross.forward(x, memory, crossBias, crossCache);                      // (b, t, m)
        }

        return FeedForwardLayer.forward(x).MoveToOuterDisposeScope();
    }
}

/// <summary>Encoder or decoder: dropout, the blocks, the final norm, dropout. Embedding is the model's.</summary>
internal sealed class T5Stack : nn.Module
{
    private readonly bool _causal;
    [ComponentName(Name = "block")] private readonly ModuleList<T5Block> _blocks;
    [ComponentName(Name = "final_layer_norm")] private readonly RmsNorm _norm;
    [ComponentName(Name = "dropout")] private readonly Dropout _dropout;

    public T5Stack(T5Config config, bool decoder, Func<Sites, int, RelativePositionBias?, IGroupedAttention> attention) : base(nameof(T5Stack))
    {
        T5Block Block(int index)
        {
            // Only block 0 owns a bias; every block of the stack adds it.
            var bias = index == 0 ? new RelativePositionBias(config.Heads, config.RelativeBuckets, config.MaxDistance, bidirectional: !decoder) : null;
            return decoder
                ? new(config, attention(Sites.DecoderSelf, index, bias), attention(Sites.DecoderCross, index, null))
                : new(config, attention(Sites.Encoder, index, bias), null);
        }

        _causal = decoder;
        _blocks = new([.. Enumerable.Range(0, decoder ? config.DecoderLayers : config.EncoderLayers).Select(Block)]);
        _norm = new RmsNorm(config.ModelDim, config.LayerNormEpsilon);
        _dropout = new Dropout(config.DropoutRate);
        RegisterComponents();
    }

    public ModuleList<T5Block> Blocks => _blocks;

    public RmsNorm Norm => _norm;

    /// <summary>Sees each block's output before the final norm, for tests; null in ordinary use.</summary>
    public Action<int, Tensor>? Observe { get; set; }

    /// <summary>Embeddings [b, t, m] in, normed hidden states [b, t, m] out.</summary>
    public Tensor forward(Tensor embedded, Tensor? mask, Tensor? memory, Tensor? memoryMask, DecoderCache? cache)
    {
        using var scope = NewDisposeScope();
        var t = embedded.size(1);
        var s = t + (cache?.Length ?? 0);
        var blocked = Blocked(mask, t, s, _causal, embedded.device);
        // Where a kernel adds padding to a position bias that all rows share, their sum need not be made for each row and head.
        var apart = mask is not null && blocked!.size(2) == 1 && t > 1 && NativeKernels.Available && embedded.device_type == DeviceType.CPU && _blocks.All(static block => block.Self is GroupedQueryAttention);
        var selfBias = SelfBias(t, s, cache, apart ? null : blocked, embedded.dtype);   // (1 or b, h, t, s)
        var selfPadding = apart ? Additive(blocked!, embedded.dtype) : null;            // (b, 1, 1, s)
        Tensor Hiding(Tensor padded) => Additive(Blocked(padded, t, padded.size(1), false, embedded.device)!, embedded.dtype);   // (b, 1, 1, s)
        var crossBias = memoryMask is null ? null : cache?.MemoryBias(() => Hiding(memoryMask)) ?? Hiding(memoryMask);

        var x = _dropout.forward(embedded);                                           // (b, t, m)
        for (var i = 0; i < _blocks.Count; i++)
        {
            var y = _blocks[i].forward(x, memory, selfBias, selfPadding, crossBias, cache?.Self(i), cache?.Cross(i));
            x.Dispose();
            x = y;
            Observe?.Invoke(i, x);
        }

        return _dropout.forward(_norm.forward(x)).MoveToOuterDisposeScope();
    }

    /// <summary>Position bias plus mask, once for all blocks.</summary>
    private Tensor SelfBias(long t, long s, DecoderCache? cache, Tensor? blocked, ScalarType dtype)
    {
        var position = _blocks[0].Self.PositionBias!;
        var bias = cache is not null && t == 1 ? cache.PositionBias(position) : position.forward(t, s);   // (1, h, t, s)
        return blocked is null ? bias : bias.add(Additive(blocked, dtype));
    }

    /// <summary>Where a key must not be seen: padding, and in a decoder whatever comes later. Null where nothing is.</summary>
    private static Tensor? Blocked(Tensor? mask, long t, long s, bool causal, Device device)
    {
        using Scalar hidden = 0;
        var padding = mask?.eq(hidden).unsqueeze(1).unsqueeze(2);                     // (b, 1, 1, s)
        if (!causal || t == 1)
        {
            return padding;
        }

        var later = ones([1, 1, t, s], ScalarType.Bool, device).triu(s - t + 1);      // (1, 1, t, s)
        return padding?.logical_or(later) ?? later;                                   // (b, 1, t, s)
    }

    /// <summary>Half the type's most negative number where blocked, else 0: not −∞, so that a row of nothing but padding stays finite, in a kernel that multiplies by log₂ e too.</summary>
    private static Tensor Additive(Tensor blocked, ScalarType dtype)
    {
        using Scalar least = finfo(dtype).min / 2;
        return zeros(blocked.shape, dtype, blocked.device).masked_fill_(blocked, least);
    }
}

/// <summary>
/// T5 for conditional generation (Raffel et al. 2020): v1.0 (relu, tied) and v1.1 (gated gelu, untied), with the sites that a
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
    internal double HeadScale => _head is null ? 1 / Math.Sqrt(Config.ModelDim) : 1;

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

    // A tied head is scaled.
    private Tensor ForHead(Tensor hidden)
    {
        using Scalar scale = HeadScale;
        return _head is null ? hidden.mul(scale) : hidden.alias();
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
        var merged = Attentions.Where(static block => block.Attention is not GroupedQueryAttention).SelectMany(static block => new[] { $"{block.Name}.k", $"{block.Name}.v" }).ToHashSet();
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
