using Wgqa.Attention;

namespace Wgqa;

/// <summary>A declared variant as a value: what catalogues list and models are built from.</summary>
public sealed class AttentionVariant
{
    private readonly Func<AttentionShape, AttentionProjections?, HeadMaps> _mapsFor;
    private readonly Func<AttentionShape, long> _extraParameters;
    private readonly Func<AttentionShape, long> _kvCacheElementsPerToken;
    private readonly Func<AttentionShape, RelativePositionBias?, IGroupedAttention> _create;

    private AttentionVariant(
        VariantInfo info,
        Func<AttentionShape, AttentionProjections?, HeadMaps> mapsFor,
        Func<AttentionShape, long> extraParameters,
        Func<AttentionShape, long> kvCacheElementsPerToken,
        Func<AttentionShape, RelativePositionBias?, IGroupedAttention> create)
    {
        Info = info;
        _mapsFor = mapsFor;
        _extraParameters = extraParameters;
        _kvCacheElementsPerToken = kvCacheElementsPerToken;
        _create = create;
    }

    /// <summary>The declaration.</summary>
    public VariantInfo Info { get; }

    /// <summary>The variant that the compiler wrote for <typeparamref name="T"/>.</summary>
    public static AttentionVariant Of<T>()
        where T : IAttentionVariant<T> =>
        new(T.Info, T.MapsFor, T.ExtraParameters, T.KvCacheElementsPerToken, static (shape, positionBias) => T.Create(shape, positionBias));

    /// <inheritdoc cref="IAttentionVariant{TSelf}.MapsFor"/>
    public HeadMaps MapsFor(AttentionShape shape, AttentionProjections? source = null) => _mapsFor(shape, source);

    /// <inheritdoc cref="IAttentionVariant{TSelf}.ExtraParameters"/>
    public long ExtraParameters(AttentionShape shape) => _extraParameters(shape);

    /// <inheritdoc cref="IAttentionVariant{TSelf}.KvCacheElementsPerToken"/>
    public long KvCacheElementsPerToken(AttentionShape shape) => _kvCacheElementsPerToken(shape);

    /// <inheritdoc cref="IAttentionVariant{TSelf}.Create"/>
    public IGroupedAttention Create(AttentionShape shape, RelativePositionBias? positionBias = null) => _create(shape, positionBias);

    /// <inheritdoc/>
    public override string ToString() => Info.Name;
}
