using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>What the weightings of single heads share: a parameter each for K and V, multiplied in and summed over a group (WGQA, section 3).</summary>
internal abstract class LearnedWeights(VariantSpec spec) : MergeStrategy(spec)
{
    /// <summary>The weighting as an English adjective.</summary>
    protected abstract string Kind { get; }

    /// <summary>Weights per head, as an expression over <c>shape</c> and as a letter.</summary>
    protected abstract (string Code, string Letter) PerHead { get; }

    /// <summary>The last two sizes of the weights when they scale blocks of [d, m], as expressions and as letters.</summary>
    protected abstract (string Code, string Letters) OverBlock { get; }

    public override string Phrase =>
        $"a {Kind}-weighted sum of {Members}, initialised {(Spec.Init == Init.Mean ? "to their mean" : "at random")}";

    public override string Source => "Weighted Grouped Query Attention (arXiv 2407.10855), section 3";

    public override IEnumerable<EmittedParameter> Parameters =>
    [
        new("key_merge", "_keyMerge", $"[{Key.H}, {PerHead.Letter}]", $"{ShapeKey.Heads} * {PerHead.Code}", $"{Key.H} × {PerHead.Letter}"),
        new("value_merge", "_valueMerge", $"[{Key.H}, {PerHead.Letter}]", $"{ShapeKey.Heads} * {PerHead.Code}", $"{Key.H} × {PerHead.Letter}"),
    ];

    public override void Construct(SourceWriter source)
    {
        source.Line($"_keyMerge = new {Name.Parameter}({Start("Key")});");
        source.Line($"_valueMerge = new {Name.Parameter}({Start("Value")});");
    }

    public override string FoldedKey => Merged("_k.weight, _keyMerge", KeyMap);

    public override string FoldedValue => Merged("_v.weight, _valueMerge", ValueMap);

    public override void FoldMember(SourceWriter source) => MergeHeads(
        source,
        $"{Name.Tensor} weight, {Name.Tensor} merge",
        (sizes, letters) => ($".mul(merge.view({sizes}, {OverBlock.Code}))", $"({letters}, d, m) * ({letters}, {OverBlock.Letters})"),
        ("sum(1)", "SumGroups"));

    private string Start(string side) =>
        Spec.Init == Init.Normal ? $"{Name.Torch}.randn({ShapeKey.Heads}, {PerHead.Code})"
        : Spec.MergesNeighbours ? $"{Name.Torch}.full({ShapeKey.Heads}, {PerHead.Code}, {ShapeKey.Mean})"
        : $"{MergeMaps("shape")}.{side}.MeanWeights({PerHead.Code})";
}
