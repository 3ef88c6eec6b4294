using Wgqa.Attention;

namespace Wgqa;

/// <summary>A declared variant as a value: what catalogues list and models are built from.</summary>
public sealed class AttentionVariant
{
    private readonly Func<int, int> _groupsFor;
    private readonly Func<AttentionShape, long> _extraParameters;
    private readonly Func<AttentionShape, long> _kvCacheElementsPerToken;
    private readonly Func<AttentionShape, RelativePositionBias?, IGroupedAttention> _create;

    private AttentionVariant(
        VariantInfo info,
        Func<int, int> groupsFor,
        Func<AttentionShape, long> extraParameters,
        Func<AttentionShape, long> kvCacheElementsPerToken,
        Func<AttentionShape, RelativePositionBias?, IGroupedAttention> create)
    {
        Info = info;
        _groupsFor = groupsFor;
        _extraParameters = extraParameters;
        _kvCacheElementsPerToken = kvCacheElementsPerToken;
        _create = create;
    }

    /// <summary>The declaration.</summary>
    public VariantInfo Info { get; }

    /// <summary>The variant that the compiler wrote for <typeparamref name="T"/>.</summary>
    public static AttentionVariant Of<T>()
        where T : IAttentionVariant<T> =>
        new(T.Info, T.GroupsFor, T.ExtraParameters, T.KvCacheElementsPerToken, static (shape, positionBias) => T.Create(shape, positionBias));

    /// <inheritdoc cref="IAttentionVariant{TSelf}.GroupsFor"/>
    public int GroupsFor(int heads) => _groupsFor(heads);

    /// <inheritdoc cref="IAttentionVariant{TSelf}.ExtraParameters"/>
    public long ExtraParameters(AttentionShape shape) => _extraParameters(shape);

    /// <inheritdoc cref="IAttentionVariant{TSelf}.KvCacheElementsPerToken"/>
    public long KvCacheElementsPerToken(AttentionShape shape) => _kvCacheElementsPerToken(shape);

    /// <inheritdoc cref="IAttentionVariant{TSelf}.Create"/>
    public IGroupedAttention Create(AttentionShape shape, RelativePositionBias? positionBias = null) => _create(shape, positionBias);

    /// <inheritdoc/>
    public override string ToString() => Info.Name;
}
