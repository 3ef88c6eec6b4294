namespace Wgqa.Experiments.Statistics;

/// <summary>
/// Holm's adjustment of several p-values: where none of the differences is real, the chance that any adjusted value lies below 0.05 is
/// at most 0.05, whatever the dependence between the tests.
/// Source: Holm, "A Simple Sequentially Rejective Multiple Test Procedure" (Scandinavian Journal of Statistics 6, 1979).
/// </summary>
internal static class HolmAdjustment
{
    /// <summary>The adjusted p-values in the order given; null where there was no test, which then counts for nothing.</summary>
    public static IReadOnlyList<double?> Of(IReadOnlyList<double?> pValues)
    {
        var adjusted = new double?[pValues.Count];
        int[] ascending = [.. Enumerable.Range(0, pValues.Count).Where(i => pValues[i] is not null).OrderBy(i => pValues[i])];
        var largest = 0.0;
        for (var rank = 0; rank < ascending.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, (ascending.Length - rank) * pValues[ascending[rank]]!.Value));
            adjusted[ascending[rank]] = largest;
        }

        return adjusted;
    }
}
