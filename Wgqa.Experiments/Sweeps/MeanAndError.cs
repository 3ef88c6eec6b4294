using System.Globalization;

namespace Wgqa.Experiments.Sweeps;

/// <summary>A mean over seeds with its standard error.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="StandardError">s/√n, s with n − 1 in the denominator; null for a single value, which tells nothing of it.</param>
/// <param name="Count">Values n.</param>
internal sealed record MeanAndError(double Mean, double? StandardError, int Count)
{
    /// <summary>Of some values; null where there is none.</summary>
    public static MeanAndError? Of(IEnumerable<double> values)
    {
        var all = values.ToArray();
        if (all.Length == 0)
        {
            return null;
        }

        var mean = all.Average();
        return new(mean, all.Length > 1 ? Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1) / all.Length) : null, all.Length);
    }

    /// <summary><c>22.20 ± 0.31</c>, or the value alone where there is one.</summary>
    public string ToText(string format) => StandardError is { } error
        ? $"{Mean.ToString(format, CultureInfo.InvariantCulture)} ± {error.ToString(format, CultureInfo.InvariantCulture)}"
        : Mean.ToString(format, CultureInfo.InvariantCulture);
}
