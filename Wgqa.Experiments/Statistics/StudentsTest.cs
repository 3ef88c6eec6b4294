using MathNet.Numerics.Distributions;
using Wgqa.Experiments.Sweeps;

namespace Wgqa.Experiments.Statistics;

/// <summary>Student's one-sample t-test of a mean of zero; of differences, the paired test.</summary>
/// <param name="Count">Values.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="T">Mean over standard error.</param>
/// <param name="PValue">Two-sided, with n − 1 degrees of freedom.</param>
internal sealed record StudentsTest(int Count, double Mean, double StandardError, double T, double PValue)
{
    /// <summary>
    /// The test; null where there is none to make: with fewer than two values, and with values that are all the same and not zero,
    /// whose spread says nothing about what others would be.
    /// </summary>
    public static StudentsTest? Of(IReadOnlyCollection<double> values)
    {
        if (values.Count < 2)
        {
            return null;
        }

        var summary = MeanAndError.Of(values)!;
        var error = summary.StandardError!.Value;
        if (error <= 1e-12 * Math.Max(1, Math.Abs(summary.Mean)))
        {
            return Math.Abs(summary.Mean) <= 1e-12 ? new(values.Count, 0, 0, 0, 1) : null;
        }

        var t = summary.Mean / error;
        return new(values.Count, summary.Mean, error, t, 2 * StudentT.CDF(0, 1, values.Count - 1, -Math.Abs(t)));
    }

    /// <summary>Half the width of the mean's 95 % confidence interval.</summary>
    public double HalfWidth => StandardError == 0 ? 0 : StandardError * StudentT.InvCDF(0, 1, Count - 1, 0.975);
}
