using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Additions;

/// <summary>Heads are turned towards one another before they are merged.</summary>
internal sealed class Alignment(VariantSpec spec, Calibration calibration) : Strategy(spec)
{
    public override string Sentence => $"Before heads are merged, they are turned towards one another, by {(calibration == Calibration.Weights ? "their weights" : "what they compute on calibration data")}.";

    public override string Source => "Align Attention Heads Before Merging Them (arXiv 2412.20677)";

    public override void PrepareSource(SourceWriter source)
    {
        source.Line("// The same multi-head attention: what is done to keys is undone in queries, what is done to values in the output.");
        if (calibration == Calibration.Activations)
        {
            source.Line("_ = original.InputCovariance");
            source.Indent(() => source.Line($"?? throw new {Name.UserException}(\"{Spec.Type.Name} aligns heads by what they compute; conversion needs calibration data.\");"));
        }

        source.Line($"using var source = {Name.Alignment}.Align(original, {MergeMaps("Shape")});");
    }
}
