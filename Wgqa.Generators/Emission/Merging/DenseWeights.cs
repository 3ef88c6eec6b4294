using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>One weight per group and head: every head takes part in every group. The linear fusion of DHA, without its restriction to a cluster.</summary>
internal sealed class DenseWeights(VariantSpec spec) : MergeStrategy(spec)
{
    public override string Phrase =>
        $"a weighted sum of all heads, initialised {(Spec.Init == Init.Mean ? $"to the mean of {Members}" : "at random")}";

    public override string Source => "after the linear head fusion of Decoupled-Head Attention (arXiv 2406.06567), section 3";

    public override string Identity => "Wᵍ = Σₕ w₍g,h₎ Wₕ";

    public override IEnumerable<EmittedParameter> Parameters =>
    [
        new("key_merge", "_keyMerge", $"[{Key.G}, {Key.H}]", $"{Groups("Key", ShapeKey)} * {ShapeKey.Heads}", $"{Key.G} × {Key.H}"),
        new("value_merge", "_valueMerge", $"[{Value.G}, {Value.H}]", $"{Groups("Value", ShapeValue)} * {ShapeValue.Heads}", $"{Value.G} × {Value.H}"),
    ];

    public override void Construct(SourceWriter source)
    {
        source.Line($"_keyMerge = new {Name.Parameter}({Start("Key", ShapeKey)});");
        source.Line($"_valueMerge = new {Name.Parameter}({Start("Value", ShapeValue)});");
    }

    public override string FoldedKey => "MergeHeads(_k.weight, _keyMerge)";

    public override string FoldedValue => "MergeHeads(_v.weight, _valueMerge)";

    public override void FoldMember(SourceWriter source)
    {
        source.Line();
        source.Line($"// {Identity} over all {Key.H} heads h");
        source.Open($"private {Name.Tensor} MergeHeads({Name.Tensor} weight, {Name.Tensor} merge)");
        source.Line($"using var scope = {Name.NewDisposeScope}();");
        source.Lines(
            ($"return merge.matmul(weight.view({Key.Heads}, -1))", $"(g, {Key.H}) · ({Key.H}, d·m)"),
            ($"    .view(-1, {Key.ModelDim})", "(g·d, m)"),
            ("    .MoveToOuterDisposeScope();", ""));
        source.Close();
    }

    private string Start(string side, Extents size) => Spec.Init == Init.Normal
        ? $"{Name.Torch}.randn({Groups(side, size)}, {size.Heads})"
        : $"{MergeMaps("shape")}.{side}.MeanMatrix()";

    private static string Groups(string side, Extents size) => int.TryParse(size.Groups, out _) ? size.Groups : $"MapsFor(shape).{side}.Groups";
}
