using System.Runtime.InteropServices;
using Wgqa.Attention;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Kernels;

/// <summary>
/// One token a row through all of a T5's decoder in one call (compat/native/kernels/decoding_step.h), where <see cref="DecodingKernels"/> are: on the CPU, in float32 and in
/// bfloat16 after <see cref="T5.Deploy"/>, of relu or gated gelu, and blocks that are <see cref="GroupedQueryAttention"/> with keys shared as values are. Other models step operator by operator.
/// </summary>
/// <remarks>Weights are asked for at each step, so that one that was moved or cast in between is noticed.</remarks>
internal sealed unsafe class DecodingStep
{
    private static readonly delegate* unmanaged<nint, nint, nint*, nint*, long, nint, nint, double, double, nint, nint, long, long, out nint, int> Entry =
        (delegate* unmanaged<nint, nint, nint*, nint*, long, nint, nint, double, double, nint, nint, long, long, out nint, int>)NativeKernels.PortableEntry("wgqa_decode_step");

    private const int TensorsOfLayer = 16;

    private readonly T5 _model;
    private readonly DecoderCache _cache;
    private readonly Layer[] _layers;   // empty where some block is of another kind
    private readonly nint[] _tensors;
    private readonly nint[] _maps;      // addresses of arrays that never move

    /// <summary>The steps of a cache.</summary>
    public DecodingStep(T5 model, DecoderCache cache)
    {
        (_model, _cache) = (model, cache);
        var layers = model.Decoder.Blocks.Select(Layer.Of).OfType<Layer>().ToArray();
        _layers = layers.Length == model.Decoder.Blocks.Count ? layers : [];
        _tensors = new nint[_layers.Length * TensorsOfLayer];
        _maps = [.. _layers.SelectMany(static layer => layer.Maps).Select(static map => (nint)Marshal.UnsafeAddrOfPinnedArrayElement(map, 0))];
    }

    /// <summary>Logits [rows, 1, V] of what follows <paramref name="tokens"/>, the caller's to dispose; null where the kernel does not take this step.</summary>
    /// <param name="tokens">[rows, 1] int64.</param>
    /// <param name="mask">[rows of the memory, s] int64; null sees padding too.</param>
    public Tensor? Run(Tensor tokens, Tensor? mask)
    {
        if (_layers.Length == 0 || _model.training || _model.Decoder.Observe is not null || !Gather())
        {
            return null;
        }

        using var embeddings = _model.Embeddings();
        if (embeddings.dtype != (_model.Precision == Precision.Float32 ? ScalarType.Float32 : ScalarType.BFloat16))
        {
            return null;
        }

        using var head = _model.Head();
        using var bias = _cache.PositionBias(_model.Decoder.Blocks[0].Self.PositionBias!);   // (1, h, 1, s)
        nint logits;
        fixed (nint* tensors = _tensors, maps = _maps)
        {
            var failed = Entry(
                tokens.Handle, embeddings.Handle, tensors, maps, _layers.Length, _model.Decoder.Norm.Weight.Handle, head.Handle, _model.HeadScale,
                _model.Config.LayerNormEpsilon, bias.Handle, mask?.Handle ?? 0, _model.Config.Heads, _cache.Length, out logits);
            NativeKernels.Done(failed, tokens, embeddings, head, bias, mask);
            GC.KeepAlive(_model);
        }

        if (logits == 0)
        {
            return null;
        }

        for (var i = 0; i < _layers.Length; i++)
        {
            _cache.Self(i).CountOne();
        }

        return Tensor.UnsafeCreateTensor(logits);
    }

    // The addresses in the order of few_rows.cpp's LayerTensors.
    private bool Gather()
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            var layer = _layers[i];
            if (layer.IsObserved || _cache.Self(i).RoomForOne() is not { } own || _cache.Cross(i).Memory is not { } memory)
            {
                return false;
            }

            var to = _tensors.AsSpan(i * TensorsOfLayer, TensorsOfLayer);
            to[0] = layer.SelfNorm.Weight.Handle;
            to[1] = layer.Self.QueryWeight.Handle;
            to[2] = own.KeyWeight.Handle;
            to[3] = own.ValueWeight.Handle;
            to[4] = layer.Self.OutputWeight.Handle;
            to[5] = own.Keys.Handle;
            to[6] = own.Values.Handle;
            to[7] = layer.CrossNorm.Weight.Handle;
            to[8] = layer.Cross.QueryWeight.Handle;
            to[9] = layer.Cross.OutputWeight.Handle;
            to[10] = memory.Keys.Handle;
            to[11] = memory.Values.Handle;
            to[12] = layer.DenseNorm.Weight.Handle;
            to[13] = layer.Dense.Inner.Handle;
            to[14] = layer.Dense.Linear?.Handle ?? 0;
            to[15] = layer.Dense.Outer.Handle;
        }

        return true;
    }

    /// <summary>What a block is made of.</summary>
    private sealed class Layer
    {
        private readonly AttentionLayer _self;
        private readonly AttentionLayer _cross;

        private Layer(AttentionLayer self, GroupedQueryAttention selfAttention, AttentionLayer cross, GroupedQueryAttention crossAttention, FeedForwardLayer dense)
        {
            (_self, _cross, Self, Cross, SelfNorm, CrossNorm, DenseNorm, Dense) = (self, cross, selfAttention, crossAttention, self.Norm, cross.Norm, dense.Norm, dense.Dense);
            int[][] maps = [Self.Maps.Key.OrderedHeads, Self.Maps.Key.GroupStarts, Cross.Maps.Key.OrderedHeads, Cross.Maps.Key.GroupStarts];
            Maps = Array.ConvertAll(maps, static map =>
            {
                var pinned = GC.AllocateUninitializedArray<int>(map.Length, pinned: true);
                map.CopyTo(pinned, 0);
                return pinned;
            });
        }

        public GroupedQueryAttention Self { get; }

        public GroupedQueryAttention Cross { get; }

        public RmsNorm SelfNorm { get; }

        public RmsNorm CrossNorm { get; }

        public RmsNorm DenseNorm { get; }

        public FeedForward Dense { get; }

        /// <summary>Query heads group by group and where groups begin, of both attentions.</summary>
        public int[][] Maps { get; }

        public bool IsObserved => _self.Observe is not null || _cross.Observe is not null;

        /// <summary>A block's parts; null where it is of another kind.</summary>
        public static Layer? Of(T5Block block) =>
            block is { Self: GroupedQueryAttention self, Cross: GroupedQueryAttention cross, FeedForwardLayer.Dense.Kind: FeedForwardKind.Relu or FeedForwardKind.GatedGelu }
                && self.Maps.Key.Equals(self.Maps.Value) && cross.Maps.Key.Equals(cross.Maps.Value)
                ? new(block.SelfLayer, self, block.CrossLayer!, cross, block.FeedForwardLayer)
                : null;
    }
}
