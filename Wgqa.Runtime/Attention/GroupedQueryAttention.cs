using TorchSharp.Modules;
using TorchSharp.Utils;
using Wgqa.Conversion;
using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// Plain grouped-query attention: h query heads over G key/value heads, nothing learned beside the projections. G = h is
/// multi-head attention, G = 1 multi-query attention; groups may be any head maps. What every foldable variant folds to.
/// </summary>
public sealed class GroupedQueryAttention : nn.Module<Tensor, Tensor?, Tensor?, KeyValueCache?, Tensor>, IGroupedAttention
{
    [ComponentName(Name = "q")] private readonly Linear _q;   // [h·d, m]
    [ComponentName(Name = "k")] private readonly Linear _k;   // [gk·d, m]
    [ComponentName(Name = "v")] private readonly Linear _v;   // [gv·d, m]
    [ComponentName(Name = "o")] private readonly Linear _o;   // [m, h·d]
    [ComponentName(Name = "relative_attention_bias")] private readonly RelativePositionBias? _positionBias;
    [ComponentName(Name = "dropout")] private readonly Dropout _dropout;

    /// <summary>A block with freshly initialised projections and equal groups of neighbouring query heads.</summary>
    /// <exception cref="UserException"><paramref name="groups"/> does not divide the heads.</exception>
    public GroupedQueryAttention(AttentionShape shape, int groups, RelativePositionBias? positionBias = null)
        : this(shape, HeadMaps.Same(HeadMap.Contiguous(shape.Heads, groups)), positionBias)
    {
    }

    /// <summary>A block with freshly initialised projections.</summary>
    /// <exception cref="UserException">The maps are of another number of heads.</exception>
    public GroupedQueryAttention(AttentionShape shape, HeadMaps maps, RelativePositionBias? positionBias = null) : base(nameof(GroupedQueryAttention))
    {
        if (maps.Key.Heads != shape.Heads || maps.Value.Heads != shape.Heads)
        {
            throw new UserException($"the head maps are of {maps.Key.Heads} and {maps.Value.Heads} query heads, and the block has {shape.Heads}.");
        }

        (Shape, Maps) = (shape, maps);
        _q = nn.Linear(shape.ModelDim, shape.Heads * shape.HeadDim, hasBias: false);
        _k = nn.Linear(shape.ModelDim, maps.Key.Groups * shape.HeadDim, hasBias: false);
        _v = nn.Linear(shape.ModelDim, maps.Value.Groups * shape.HeadDim, hasBias: false);
        _o = nn.Linear(shape.Heads * shape.HeadDim, shape.ModelDim, hasBias: false);
        _positionBias = positionBias;
        _dropout = new Dropout(shape.Dropout);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public AttentionShape Shape { get; }

    /// <inheritdoc/>
    public HeadMaps Maps { get; }

    /// <inheritdoc/>
    public RelativePositionBias? PositionBias => _positionBias;

    internal Tensor QueryWeight => _q.weight;

    internal Tensor OutputWeight => _o.weight;

    /// <inheritdoc cref="IGroupedAttention.forward"/>
    public override Tensor forward(Tensor x, Tensor? memory, Tensor? bias, KeyValueCache? cache) => forward(x, memory, bias, null, cache);

    /// <summary>As above, with padding [b, 1, 1, s] apart from a bias that all rows of the batch share.</summary>
    internal Tensor forward(Tensor x, Tensor? memory, Tensor? bias, Tensor? padding, KeyValueCache? cache)
    {
        using var scope = NewDisposeScope();
        var source = memory ?? x;                                                       // (b, s, m)
        var q = LinearMap.Apply(x, _q.weight);                                          // (b, t, h·d)
        var (k, v) = cache?.Advance(source, Maps, FoldKey, FoldValue)
            ?? (GroupedAttention.Project(source, _k.weight, Maps.Key.Groups),           // (b, g, s, d)
                GroupedAttention.Project(source, _v.weight, Maps.Value.Groups));        // (b, g, s, d)
        var y = GroupedAttention.Attend(q, k, v, bias, padding, Maps, _dropout);        // (b, t, h·d)
        return LinearMap.Apply(y, _o.weight).MoveToOuterDisposeScope();                 // (b, t, m)
    }

    /// <inheritdoc/>
    public Tensor FoldKey() => _k.weight.alias();

    /// <inheritdoc/>
    public Tensor FoldValue() => _v.weight.alias();

    /// <summary>Takes over a multi-head block, each key/value head becoming the mean of its group.</summary>
    /// <inheritdoc/>
    public void LoadMultiHead(AttentionProjections source, Generator? random = null)
    {
        using var key = HeadPooling.Average(source.Key, Maps.Key);
        using var value = HeadPooling.Average(source.Value, Maps.Value);
        LoadGrouped(source with { Key = key, Value = value });
    }

    /// <summary>Takes over projections that are grouped already: keys [Gk·d, m], values [Gv·d, m].</summary>
    /// <exception cref="UserException">A projection's shape is not this block's.</exception>
    public void LoadGrouped(AttentionProjections source)
    {
        AttentionProjections.Copy(source.Query, _q.weight, "q.weight");
        AttentionProjections.Copy(source.Key, _k.weight, "k.weight");
        AttentionProjections.Copy(source.Value, _v.weight, "v.weight");
        AttentionProjections.Copy(source.Output, _o.weight, "o.weight");
    }

    /// <inheritdoc/>
    public AttentionProjections Fold()
    {
        using var frozen = no_grad();
        return new(_q.weight.clone(), _k.weight.clone(), _v.weight.clone(), _o.weight.clone());
    }
}
