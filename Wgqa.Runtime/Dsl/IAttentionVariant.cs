using Wgqa.Attention;

namespace Wgqa;

/// <summary>
/// What the compiler writes for a class with <see cref="KvGroupingAttribute"/>: facts and a factory as static members, so
/// that the runtime is generic over the variant and never reflects.
/// </summary>
/// <typeparam name="TSelf">The declared class, an attention module.</typeparam>
public interface IAttentionVariant<TSelf> : IGroupedAttention
    where TSelf : IAttentionVariant<TSelf>
{
    /// <summary>The declaration.</summary>
    static abstract VariantInfo Info { get; }

    /// <summary>Which key head and which value head serves each query head of a block.</summary>
    /// <param name="shape">The block's shape, site and layer.</param>
    /// <param name="source">The multi-head block that is converted, for a declaration that leaves its maps to a search; else not looked at.</param>
    /// <exception cref="UserException">The declaration does not fit the shape.</exception>
    static abstract HeadMaps MapsFor(AttentionShape shape, AttentionProjections? source = null);

    /// <summary>Learned merge weights of one block: what training adds and folding removes.</summary>
    static abstract long ExtraParameters(AttentionShape shape);

    /// <summary>Elements that one block's key/value cache holds per token: (Gk + Gv)·d.</summary>
    static abstract long KvCacheElementsPerToken(AttentionShape shape);

    /// <summary>Builds one block with freshly initialised projections.</summary>
    /// <param name="shape">The block's shape.</param>
    /// <param name="positionBias">The stack's relative position bias, in the block that owns it (T5: block 0); else null.</param>
    /// <exception cref="UserException">The declaration does not fit the shape.</exception>
    static abstract TSelf Create(AttentionShape shape, RelativePositionBias? positionBias);
}
