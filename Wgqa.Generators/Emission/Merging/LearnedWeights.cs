using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>What the three learned weightings share: a parameter each for K and V, multiplied in and summed over a group.</summary>
internal abstract class LearnedWeights(VariantSpec spec) : MergeStrategy(spec)
{
    /// <summary>The weighting as an English adjective.</summary>
    protected abstract string Kind { get; }

    /// <summary>The identity that folding rests on, for the group g.</summary>
    protected abstract string Identity { get; }

    /// <summary>Weights per head, as an expression over <c>shape</c> and as a letter.</summary>
    protected abstract (string Code, string Letter) PerHead { get; }

    /// <summary>The last two sizes of the weights when they scale blocks of [d, m], as expressions and as letters.</summary>
    protected abstract (string Code, string Letters) OverBlock { get; }

    public override string Phrase =>
        $"a {Kind}-weighted sum of {Members}, initialised {(Spec.Init == Init.Mean ? "to their mean" : "at random")}";

    public override IEnumerable<(string Registered, string Field, string Shape)> Parameters =>
    [
        ("key_merge", "_keyMerge", $"[{Size.H}, {PerHead.Letter}]"),
        ("value_merge", "_valueMerge", $"[{Size.H}, {PerHead.Letter}]"),
    ];

    public override (string Code, string Remark) ParameterCount =>
        ($"2L * {ShapeSize.Heads} * {PerHead.Code}", $"2 × {Size.H} × {PerHead.Letter}");

    public override void Construct(SourceWriter source)
    {
        var size = $"{ShapeSize.Heads}, {PerHead.Code}";
        var weights = Spec.Init == Init.Mean ? $"{Name.Torch}.full({size}, {ShapeSize.Mean})" : $"{Name.Torch}.randn({size})";
        source.Line($"_keyMerge = new {Name.Parameter}({weights});");
        source.Line($"_valueMerge = new {Name.Parameter}({weights});");
    }

    public override string Folded(string weight, string merge) => $"MergeHeads({weight}, {merge})";

    public override void FoldMember(SourceWriter source) => MergeHeads(
        source,
        Identity,
        $"{Name.Tensor} weight, {Name.Tensor} merge",
        ($".mul(merge.view({Size.GroupsByMembers}, {OverBlock.Code}))", $"({Size.G}, {Size.N}, d, m) * ({Size.G}, {Size.N}, {OverBlock.Letters})"),
        (".sum(1)", $"({Size.G}, d, m)"));
}
