using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using Wgqa.Attention;
using Wgqa.Kernels;
using static TorchSharp.torch;
using Dropout = Wgqa.Attention.Dropout;

namespace Wgqa.Models;

// Read bottom-up: the stack, its blocks, the three kinds of layer, the norm. Every registered name is Hugging Face's.
// b batch, t target, s source, h heads, m model width, f feed-forward width.

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
        // Not square(): TorchSharp's makes a 2 that nothing holds.
        var scale = wide.mul(wide).mean([-1L], keepdim: true).Plus(epsilon).rsqrt();  // (b, t, 1)
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
        var y = padding is null
            ? Attention.forward(queries, memory, bias, cache)
            : ((GroupedQueryAttention)Attention).forward(queries, memory, bias, padding, cache);
        return _dropout.AddTo(x, y.view(x.size(0), x.size(1), -1)).MoveToOuterDisposeScope();   // (b, t, m)
    }
}

/// <summary>The two feed-forward products: wo(σ(wi x)), or wo(σ(wi_0 x) · wi_1 x) when gated, σ the kind's activation.</summary>
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
        Kind = config.FeedForward;
        (_wi, _gate, _linear) = Kind is FeedForwardKind.GatedGelu or FeedForwardKind.GatedSilu or FeedForwardKind.GatedRelu
            ? (null, Inner(), Inner()) : (Inner(), (Linear?)null, (Linear?)null);
        _wo = nn.Linear(config.FeedForwardDim, config.ModelDim, hasBias: false);
        _dropout = new Dropout(config.DropoutRate);
        RegisterComponents();
    }

    /// <summary>The activation, and whether it is gated.</summary>
    public FeedForwardKind Kind { get; }

    /// <summary>What goes through the activation: wi, or wi_0 when gated; [f, m].</summary>
    public Tensor Inner => (_wi ?? _gate)!.weight;

    /// <summary>wi_1, [f, m]; null when not gated.</summary>
    public Tensor? Linear => _linear?.weight;

    /// <summary>wo, [m, f].</summary>
    public Tensor Outer => _wo.weight;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var inner = Activate(Kind, LinearMap.Apply(x, Inner));                        // (b, t, f)
        if (_linear is not null)
        {
            inner = inner.mul(LinearMap.Apply(x, _linear.weight));                    // (b, t, f)
        }

        return LinearMap.Apply(_dropout.forward(inner), _wo.weight).MoveToOuterDisposeScope();   // (b, t, m)
    }

    /// <summary>σ(x), perhaps written over x.</summary>
    internal static Tensor Activate(FeedForwardKind kind, Tensor x) => kind switch
    {
        FeedForwardKind.Relu or FeedForwardKind.GatedRelu => x.relu_(),
        FeedForwardKind.GatedGelu => GeluTanh(x),
        FeedForwardKind.Gelu => x.gelu(),
        _ => x.silu(),
    };

    /// <summary>Hugging Face's <c>gelu_new</c>: x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³))).</summary>
    private static Tensor GeluTanh(Tensor x)
    {
        using var scope = NewDisposeScope();
        using Scalar three = 3, cubed = 0.044715, slope = Math.Sqrt(2 / Math.PI), half = 0.5, one = 1;
        var inner = x.pow(three).mul(cubed).Plus(x).mul(slope);
        return x.mul(half).mul(inner.tanh().Plus(one)).MoveToOuterDisposeScope();
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
        var apart = mask is not null && blocked!.size(2) == 1 && t > 1
            && NativeKernels.Available && embedded.device_type == DeviceType.CPU && _blocks.All(static block => block.Self is GroupedQueryAttention);
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
        return blocked is null ? bias : bias.Plus(Additive(blocked, dtype));
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
