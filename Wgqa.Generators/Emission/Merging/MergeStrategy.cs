using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>
/// One way to make G key/value heads of h: asked for its code at named stages by the emitter, which writes what all
/// ways share. A new way is a file beside this one, and its line in <see cref="For"/>.
/// </summary>
internal abstract class MergeStrategy
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

    /// <summary>A declaration and the sizes in its code.</summary>
    protected MergeStrategy(VariantSpec spec) => (Spec, Size) = (spec, new(spec.Heads));

    /// <summary>The declaration.</summary>
    protected VariantSpec Spec { get; }

    /// <summary>The sizes in its code.</summary>
    protected Extents Size { get; }

    /// <summary>What one key/value head is, to end the sentence "… key/value heads, each …".</summary>
    public abstract string Phrase { get; }

    /// <summary>Heads in the trainable key and value projections, as an expression.</summary>
    public abstract string TrainedHeads { get; }

    /// <summary>The same in remarks.</summary>
    public abstract string TrainedHeadsRemark { get; }

    /// <summary>Learned merge weights of one block, as an expression over <c>shape</c> of type long.</summary>
    public virtual string ExtraParameters => "0";

    /// <summary>The same in English, or null where there are none.</summary>
    public virtual string? ExtraParametersRemark => null;

    /// <summary>Fields beside the projections: name in checkpoints, name in code, shape.</summary>
    public virtual IEnumerable<(string Registered, string Field, string Shape)> Parameters => [];

    /// <summary>Statements of the constructor that make the fields.</summary>
    public virtual void Construct(SourceWriter source)
    {
    }

    /// <summary>The projection of <c>source</c> to G heads, as an expression.</summary>
    /// <param name="field">The projection's field, <c>_k</c> or <c>_v</c>.</param>
    /// <param name="fold">The member that folds it, <c>FoldKey</c> or <c>FoldValue</c>.</param>
    public virtual string Project(string field, string fold) => $"{Name.LinearOf}(source, {fold}())";

    /// <summary>The folded weight as an expression: what <c>FoldKey</c> or <c>FoldValue</c> returns.</summary>
    /// <param name="weight">The projection's weight.</param>
    /// <param name="merge">The field of its merge weights, where there is one.</param>
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
}
