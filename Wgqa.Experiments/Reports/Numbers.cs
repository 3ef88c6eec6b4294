using System.Globalization;

namespace Wgqa.Experiments.Reports;

/// <summary>Numbers as a report shows them: the same digits everywhere, a real minus sign.</summary>
internal static class Numbers
{
    /// <summary>A score, 0–100.</summary>
    public static string Score(double value) => Minus(value.ToString("0.00", CultureInfo.InvariantCulture));

    /// <summary>A difference of scores, with its sign.</summary>
    public static string Difference(double value) => Minus(value.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture));

    /// <summary>A count.</summary>
    public static string Count(double value) => Minus(value.ToString("N0", CultureInfo.InvariantCulture));

    /// <summary>A measured number of any size, three digits of it.</summary>
    public static string Measured(double value) => Minus(Math.Abs(value) is > 0 and < 1e-3 or >= 1e6
        ? value.ToString("0.0e+0", CultureInfo.InvariantCulture)
        : value.ToString("0.####", CultureInfo.InvariantCulture));

    /// <summary>Hours and minutes, or minutes and seconds.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
    };

    private static string Minus(string text) => text.Replace('-', '−');
}
