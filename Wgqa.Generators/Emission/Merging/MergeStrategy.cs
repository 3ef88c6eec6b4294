using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>
/// One way to make G key/value heads of h: asked for its code at named stages by the emitter, which writes what all
/// ways share. A new way is a file beside this one, and its line in <see cref="For"/>.
/// </summary>
internal abstract class MergeStrategy(VariantSpec spec)
{
    /// <summary>The way that a declaration asks for.</summary>
    public static MergeStrategy For(VariantSpec spec) => (spec.Weighting, spec.Merge) switch
    {
        (Weighting.Scalar, _) => new ScalarWeights(spec),
        (Weighting.Row, _) => new RowWeights(spec),
        (Weighting.Column, _) => new ColumnWeights(spec),
        (_, Merge.Live) => new FixedMean(spec),
        _ => new PooledOnce(spec),
    };

    /// <summary>The declaration.</summary>
    protected VariantSpec Spec { get; } = spec;

    /// <summary>The sizes in instance members.</summary>
    protected Extents Size { get; } = new(spec.Heads, "Shape");

    /// <summary>The sizes in members with a parameter <c>shape</c>.</summary>
    protected Extents ShapeSize { get; } = new(spec.Heads, "shape");

    /// <summary>In English, how many heads a key/value head is made of.</summary>
    protected string Members => Summary.Members(Spec.Heads);

    /// <summary>In English, what a key/value head is.</summary>
    public abstract string Phrase { get; }

    /// <summary>Whether all h heads of the key and value projections are trained, or G.</summary>
    public virtual bool TrainsEveryHead => true;

    /// <summary>Learned parameters beside the projections: their name in checkpoints and in code, and their shape.</summary>
    public virtual IEnumerable<(string Registered, string Field, string Shape)> Parameters => [];

    /// <summary>Their number in one block, as an expression over <c>shape</c> of type long, and in English.</summary>
    public virtual (string Code, string Remark) ParameterCount => ("0", "0");

    /// <summary>Statements of the constructor that make them.</summary>
    public virtual void Construct(SourceWriter source)
    {
    }

    /// <summary>What <c>FoldKey</c> or <c>FoldValue</c> returns, as an expression.</summary>
    /// <param name="weight">The projection's weight.</param>
    /// <param name="merge">The projection's own learned parameter, where there is one.</param>
    public abstract string Folded(string weight, string merge);

    /// <summary>The member that <see cref="Folded"/> calls, under a remark with the identity that it computes.</summary>
    public virtual void FoldMember(SourceWriter source)
    {
    }

    /// <summary>Statements of <c>LoadMultiHead</c> that fill <c>_k</c> and <c>_v</c> from <c>source</c>.</summary>
    public virtual void LoadKeyAndValue(SourceWriter source)
    {
        source.Line($"{Name.Projections}.Copy(source.Key, _k.weight, \"k.weight\");");
        source.Line($"{Name.Projections}.Copy(source.Value, _v.weight, \"v.weight\");");
    }

    /// <summary>A <see cref="FoldMember"/> that merges along the second axis of a weight seen as (g, n, d, m).</summary>
    protected void MergeHeads(SourceWriter source, string identity, string parameters, params (string Code, string Remark)[] merge)
    {
        source.Line();
        source.Line($"// {identity} over the {Size.N} heads h of group g");
        source.Open($"private {Name.Tensor} MergeHeads({parameters})");
        source.Line($"using var scope = {Name.NewDisposeScope}();");
        source.Line("return weight");
        source.Indent(() => source.Lines(
        [
            ($".view({Size.GroupsByMembers}, {Size.HeadDim}, {Size.ModelDim})", $"({Size.G}, {Size.N}, d, m)"),
            .. merge,
            ($".view(-1, {Size.ModelDim})", $"({Size.G}·d, m)"),
            (".MoveToOuterDisposeScope();", ""),
        ]));
        source.Close();
    }
}
