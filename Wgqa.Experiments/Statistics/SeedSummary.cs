namespace Wgqa.Experiments.Statistics;

/// <summary>Scores of one variant under several seeds.</summary>
/// <param name="Count">Seeds.</param>
/// <param name="Mean">The mean.</param>
/// <param name="StandardError">The mean's standard error, s/√n with n − 1 in s; null with one seed.</param>
internal sealed record SeedSummary(int Count, double Mean, double? StandardError)
{
    /// <summary>Sums up at least one value.</summary>
    public static SeedSummary Of(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        var squares = values.Sum(value => (value - mean) * (value - mean));
        return new(values.Count, mean, values.Count > 1 ? Math.Sqrt(squares / (values.Count - 1) / values.Count) : null);
    }
}
