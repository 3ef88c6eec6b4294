using Wgqa.Experiments.Reports;
using Wgqa.Experiments.Sweeps;

namespace Wgqa.Experiments.Statistics;

/// <summary>
/// The test that goes with the WGQA paper's Figure 2, for one variant and one kind of projection: a one-sample t-test of the merged heads' mean
/// absolute differences from mean pooling, the null hypothesis being a mean of zero. An absolute difference is never negative, so that any
/// change at all rejects it; how far the heads moved in all, beside the fair baseline's, says more.
/// </summary>
/// <param name="Variant">The variant's name.</param>
/// <param name="Kind"><c>key</c> or <c>value</c>.</param>
/// <param name="Heads">Merged heads: blocks × groups × seeds.</param>
/// <param name="Mean">The mean of their mean absolute differences.</param>
/// <param name="Relative">The same as a share of the weights' own mean absolute value.</param>
/// <param name="Test">The paper's test; null with fewer than two heads.</param>
/// <param name="FromCheckpoint">The mean distance from the checkpoint's mean-pooled heads: all that fine-tuning changed.</param>
/// <param name="FairFromCheckpoint">The same of the fair baseline, which has no merge weights; null where there is none.</param>
internal sealed record MergeDistances(
    string Variant,
    string Kind,
    int Heads,
    double Mean,
    double Relative,
    StudentsTest? Test,
    double? FromCheckpoint,
    double? FairFromCheckpoint)
{
    /// <summary>Keys and values of every variant with learned merge weights.</summary>
    public static IReadOnlyList<MergeDistances> Of(IEnumerable<VariantResult> learned, IReadOnlyList<VariantResult> all) =>
    [
        .. from variant in learned
           from kind in variant.Blocks.Where(block => block.PerHead is not null).GroupBy(block => block.Kind)
           let fair = all.FirstOrDefault(other => other.Kind == VariantKind.Fair && other.Groups is { } groups && groups == variant.Groups)
           select Of(variant.Name, [.. kind], fair?.Blocks.Where(block => block.Kind == kind.Key)),
    ];

    private static MergeDistances Of(string variant, IReadOnlyList<MergedWeights> blocks, IEnumerable<MergedWeights>? fair)
    {
        double[] heads = [.. blocks.SelectMany(block => block.PerHead!)];
        return new(
            variant,
            blocks[0].Kind,
            heads.Length,
            heads.Average(),
            heads.Average() / blocks.Average(block => block.MeanAbsoluteWeight),
            StudentsTest.Of(heads),
            Average(blocks),
            Average(fair ?? []));
    }

    private static double? Average(IEnumerable<MergedWeights> blocks) => MeanAndError.Of(blocks.Select(block => block.FromCheckpoint).OfType<double>())?.Mean;
}
