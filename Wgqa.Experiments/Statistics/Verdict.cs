using System.Globalization;

namespace Wgqa.Experiments.Statistics;

/// <summary>P-values in words.</summary>
internal static class Verdict
{
    /// <summary>The level that words refer to.</summary>
    public const double Level = 0.05;

    /// <summary>"significant at 0.05" or "no significant difference at 0.05".</summary>
    public static string OfP(double p) => p < Level ? "a significant difference at 0.05" : "no significant difference at 0.05";

    /// <summary>A p-value with as many digits as say something.</summary>
    public static string Shown(double p) => p.ToString(p switch { < 0.00095 => "0.0e+0", < 0.0995 => "0.000", _ => "0.00" }, CultureInfo.InvariantCulture);
}
