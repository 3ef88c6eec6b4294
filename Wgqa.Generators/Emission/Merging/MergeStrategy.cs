using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>
/// One way to make key/value heads of h heads' weights. A new way is a file beside this one, and its line in <see cref="For"/>.
/// </summary>
internal abstract class MergeStrategy(VariantSpec spec) : Strategy(spec)
{
    /// <summary>The way that a declaration asks for.</summary>
    public static MergeStrategy For(VariantSpec spec) => (spec.Weighting, spec.Merge) switch
    {
        (Weighting.Scalar, _) => new ScalarWeights(spec),
        (Weighting.Row, _) => new RowWeights(spec),
        (Weighting.Column, _) => new ColumnWeights(spec),
        (Weighting.Dense, _) => new DenseWeights(spec),
        (_, Merge.Live) => new FixedMean(spec),
        _ => new PooledOnce(spec),
    };

    /// <summary>In English, of what a key/value head is made.</summary>
    protected string Members => Summary.Members(Spec);

    /// <summary>In English, what a key/value head is.</summary>
    public abstract string Phrase { get; }

    /// <summary>The identity that folding rests on, for the group g.</summary>
    public abstract string Identity { get; }

    /// <summary>Whether all h heads of the key and value projections are trained, or G.</summary>
    public virtual bool TrainsEveryHead => true;

    /// <summary>What <c>FoldKey</c> returns, as an expression.</summary>
    public abstract string FoldedKey { get; }

    /// <summary>What <c>FoldValue</c> returns, as an expression.</summary>
    public abstract string FoldedValue { get; }

    /// <summary>The member that these call, under a remark with the identity that it computes.</summary>
    public virtual void FoldMember(SourceWriter source)
    {
    }

    /// <summary>Statements of <c>LoadMultiHead</c> that fill <c>_k</c> and <c>_v</c> from <c>source</c>.</summary>
    public virtual void LoadKeyAndValue(SourceWriter source)
    {
        source.Line($"{Name.Projections}.Copy(source.Key, _k.weight, \"k.weight\");");
        source.Line($"{Name.Projections}.Copy(source.Value, _v.weight, \"v.weight\");");
    }

    /// <summary>The map by which keys are merged, as an expression of an instance.</summary>
    protected string KeyMap => $"{MergeMaps("Shape")}.Key";

    /// <inheritdoc cref="KeyMap"/>
    protected string ValueMap => $"{MergeMaps("Shape")}.Value";

    /// <summary>A call of <see cref="MergeHeads"/>; with a map, where groups are not everywhere the same neighbours.</summary>
    protected string Merged(string arguments, string map) => Spec.MergesNeighbours ? $"MergeHeads({arguments})" : $"MergeHeads({arguments}, {map})";

    /// <summary>A <see cref="FoldMember"/> that scales each head's block of a weight and adds up the blocks of a group.</summary>
    /// <param name="source">Where to.</param>
    /// <param name="parameters">The member's parameters; the first is the weight.</param>
    /// <param name="scale">A step that scales the blocks, seen with the given leading sizes (as expressions and as letters); or null.</param>
    /// <param name="sum">The step that adds up along axis 1, and the name of a map's method that adds up the heads of each group.</param>
    protected void MergeHeads(
        SourceWriter source, string parameters, Func<string, string, (string Code, string Remark)>? scale, (string Axis, string Groups) sum)
    {
        source.Line();
        if (Spec.MergesNeighbours)
        {
            var (g, n) = (Key.G, Key.N);
            source.Line($"// {Identity} over the {n} heads h of group g");
            source.Open($"private {Name.Tensor} MergeHeads({parameters})");
            source.Line($"using var scope = {Name.NewDisposeScope}();");
            source.Line("return weight");
            source.Indent(() => source.Lines(
            [
                ($".view({Key.GroupsByMembers}, {Key.HeadDim}, {Key.ModelDim})", $"({g}, {n}, d, m)"),
                .. Step(scale, Key.GroupsByMembers, $"{g}, {n}"),
                ($".{sum.Axis}", $"({g}, d, m)"),
                ($".view(-1, {Key.ModelDim})", $"({g}·d, m)"),
                (".MoveToOuterDisposeScope();", ""),
            ]));
        }
        else
        {
            source.Line($"// {Identity} over the heads h of group g");
            source.Open($"private {Name.Tensor} MergeHeads({parameters}, {Name.Map} map)");
            source.Line($"using var scope = {Name.NewDisposeScope}();");
            source.Line("var heads = weight");
            source.Indent(() => source.Lines(Ended(
            [
                ($".view({Key.Heads}, {Key.HeadDim}, {Key.ModelDim})", $"({Key.H}, d, m)"),
                .. Step(scale, Key.Heads, Key.H),
            ])));
            source.Lines(
                ($"return map.{sum.Groups}(heads)", "(g, d, m)"),
                ($"    .view(-1, {Key.ModelDim})", "(g·d, m)"),
                ("    .MoveToOuterDisposeScope();", ""));
        }

        source.Close();
    }

    private static (string, string)[] Step(Func<string, string, (string, string)>? scale, string sizes, string letters) => scale is null ? [] : [scale(sizes, letters)];

    private static (string Code, string Remark)[] Ended((string Code, string Remark)[] lines)
    {
        lines[lines.Length - 1].Code += ";";
        return lines;
    }
}
