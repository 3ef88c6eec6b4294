using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>Heads are pooled at conversion, and what is trained is plain grouped-query attention (GQA, section 2.1).</summary>
internal sealed class PooledOnce(VariantSpec spec) : MergeStrategy(spec)
{
    public override string Phrase => Spec switch
    {
        { Key.Heads.IsMultiHead: true, MergesNeighbours: true } => "its query head's own: multi-head attention",
        { Pooling: Pooling.FirstHead } => $"the first of {Members}, picked at conversion",
        { Pooling: Pooling.RandomHead } => $"one of {Members}, drawn at conversion",
        _ => $"the mean of {Members}, taken at conversion",
    };

    public override string Source => Spec switch
    {
        { Key.Heads.IsMultiHead: true, MergesNeighbours: true } => "Attention Is All You Need (arXiv 1706.03762), section 3.2.2",
        { Key.Heads.Groups: 1, IsCoupled: true } => "Fast Transformer Decoding (arXiv 1911.02150), section 3; converted as in GQA (arXiv 2305.13245), section 2.1",
        _ => "GQA (arXiv 2305.13245), section 2",
    };

    public override string Identity => TrainsEveryHead ? "Wᵍ = Wₕ" : "nothing is left to fold: the heads were merged at conversion";

    public override bool TrainsEveryHead => Spec.MergesNeighbours && Spec.Key.Heads.IsMultiHead;

    public override string FoldedKey => "_k.weight.alias()";

    public override string FoldedValue => "_v.weight.alias()";

    public override void LoadKeyAndValue(SourceWriter source)
    {
        if (TrainsEveryHead)
        {
            base.LoadKeyAndValue(source);
            return;
        }

        if (Spec.Pooling == Pooling.RandomHead)
        {
            source.Line("// A head's key and value belong together: where they share a map, one draw serves both.");
            source.Line($"var members = {Name.Pooling}.DrawMembers({MergeMaps("Shape")}, random);");
        }

        source.Line($"using var key = {Pooled("Key", KeyMap)};");
        source.Line($"using var value = {Pooled("Value", ValueMap)};");
        source.Line($"{Name.Projections}.Copy(key, _k.weight, \"k.weight\");");
        source.Line($"{Name.Projections}.Copy(value, _v.weight, \"v.weight\");");
    }

    private string Pooled(string side, string map) => Spec.Pooling switch
    {
        Pooling.FirstHead => $"{Name.Pooling}.FirstHead(source.{side}, {map})",
        Pooling.RandomHead => $"{Name.Pooling}.Pick(source.{side}, {map}, members.{side})",
        _ => $"{Name.Pooling}.Average(source.{side}, {map})",
    };
}
