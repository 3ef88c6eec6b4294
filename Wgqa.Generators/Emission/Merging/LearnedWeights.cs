using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>What the three learned weightings share: a parameter each for K and V, multiplied in and summed over a group.</summary>
internal abstract class LearnedWeights(VariantSpec spec) : MergeStrategy(spec)
{
    /// <summary>Weights per head as a factor, as an expression over <paramref name="shape"/>; null where it is one.</summary>
    protected abstract string? WeightsPerHead(string shape);

    /// <summary>The same as a letter, or 1.</summary>
    protected abstract string Letter { get; }

    /// <summary>What a weight belongs to beside its head, in English; empty where nothing.</summary>
    protected abstract string Axis { get; }

    /// <summary>The identity that folding rests on, for the group g.</summary>
    protected abstract string Identity { get; }

    /// <summary>The last two sizes of the weights as they broadcast over [d, m]: code, then remark.</summary>
    protected abstract (string Code, string Remark) Broadcast { get; }

    public override string Phrase =>
        $"the sum of its group, with one learned weight per head{Axis} starting {(Spec.Init == Init.Mean ? "as the mean" : "at random")}";

    public override string TrainedHeads => Size.Heads;

    public override string TrainedHeadsRemark => Size.H;

    public override string ExtraParameters =>
        $"2L * {(Spec.Heads.Heads is null ? "shape.Heads" : Size.Heads)}{(WeightsPerHead("shape") is { } factor ? $" * {factor}" : "")}";

    public override string ExtraParametersRemark => $"2 × {Size.H}{(WeightsPerHead("shape") is null ? "" : $" × {Letter}")}";

    public override IEnumerable<(string Registered, string Field, string Shape)> Parameters =>
    [
        ("key_merge", "_keyMerge", $"[{Size.H}, {Letter}]"),
        ("value_merge", "_valueMerge", $"[{Size.H}, {Letter}]"),
    ];

    public override void Construct(SourceWriter source)
    {
        var size = $"{Size.Heads}, {WeightsPerHead("shape") ?? "1"}";
        var initial = Spec.Init == Init.Mean ? $"{Name.Torch}.full({size}, {Size.Mean})" : $"{Name.Torch}.randn({size})";
        source.Line($"_keyMerge = new({initial});");
        source.Line($"_valueMerge = new({initial});");
    }

    public override string Folded(string weight, string merge) => $"MergeHeads({weight}, {merge})";

    public override void FoldMember(SourceWriter source)
    {
        source.Line();
        source.Line($"// {Identity} over the {Size.N} heads h of group g");
        source.Open($"private {Name.Tensor} MergeHeads({Name.Tensor} weight, {Name.Tensor} merge)");
        source.Line($"using var scope = {Name.NewDisposeScope}();");
        source.Line("return weight");
        source.Indent(() => source.Lines(
            ($".view({Size.GroupsByMembers}, {Extents.HeadDim}, {Extents.ModelDim})", $"({Size.G}, {Size.N}, d, m)"),
            ($".mul(merge.view({Size.GroupsByMembers}, {Broadcast.Code}))", $"({Size.G}, {Size.N}, {Broadcast.Remark})"),
            (".sum(1)", $"({Size.G}, d, m)"),
            ($".view(-1, {Extents.ModelDim})", $"({Size.G}·d, m)"),
            (".MoveToOuterDisposeScope();", "")));
        source.Close();
    }
}
