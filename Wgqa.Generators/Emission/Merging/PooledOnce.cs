using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Merging;

/// <summary>Heads are pooled at conversion, and what is trained is plain grouped-query attention (GQA, section 2.1).</summary>
internal sealed class PooledOnce(VariantSpec spec) : MergeStrategy(spec)
{
    public override string Phrase => Spec switch
    {
        { Heads.GroupSize: 1 } => "its query head's own: multi-head attention",
        { Pooling: Pooling.FirstHead } => $"the first of {Members}, picked at conversion",
        { Pooling: Pooling.RandomHead } => $"one of {Members}, drawn at conversion",
        _ => $"the mean of {Members}, taken at conversion",
    };

    public override bool TrainsEveryHead => Spec.Heads.GroupSize == 1;

    public override string Folded(string weight, string merge) => $"{weight}.alias()";

    public override void LoadKeyAndValue(SourceWriter source)
    {
        if (TrainsEveryHead)
        {
            base.LoadKeyAndValue(source);
            return;
        }

        if (Spec.Pooling == Pooling.RandomHead)
        {
            source.Line("// A head's key and value belong together: one draw serves both.");
            source.Line($"var members = {Name.Pooling}.DrawMembers({Size.Heads}, {Size.Groups}, random);");
        }

        source.Line($"using var key = {Pooled("source.Key")};");
        source.Line($"using var value = {Pooled("source.Value")};");
        source.Line($"{Name.Projections}.Copy(key, _k.weight, \"k.weight\");");
        source.Line($"{Name.Projections}.Copy(value, _v.weight, \"v.weight\");");
    }

    private string Pooled(string weight) => Spec.Pooling switch
    {
        Pooling.FirstHead => $"{Name.Pooling}.FirstHead({weight}, {Size.Heads}, {Size.Groups})",
        Pooling.RandomHead => $"{Name.Pooling}.Pick({weight}, {Size.Heads}, {Size.Groups}, members)",
        _ => $"{Name.Pooling}.Average({weight}, {Size.Heads}, {Size.Groups})",
    };
}
