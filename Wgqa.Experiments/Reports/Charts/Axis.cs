namespace Wgqa.Experiments.Reports.Charts;

/// <summary>A range of values laid over a range of pixels.</summary>
/// <param name="Low">The value at <paramref name="From"/>.</param>
/// <param name="High">The value at <paramref name="To"/>.</param>
/// <param name="From">A pixel.</param>
/// <param name="To">Another; smaller than <paramref name="From"/> where values grow upwards.</param>
/// <param name="IsLogarithmic">Equal ratios are equally long.</param>
internal sealed record Axis(double Low, double High, double From, double To, bool IsLogarithmic = false)
{
    /// <summary>The pixel of a value.</summary>
    public double At(double value)
    {
        var share = IsLogarithmic ? Math.Log(value / Low) / Math.Log(High / Low) : (value - Low) / (High - Low);
        return From + (share * (To - From));
    }

    /// <summary>The same, kept between the ends.</summary>
    public double Within(double value) => At(Math.Clamp(value, Low, High));

    /// <summary>Round values within a linear axis: at most <paramref name="most"/>, steps of 1, 2 or 5 times a power of ten.</summary>
    public IReadOnlyList<double> Ticks(int most)
    {
        var step = Math.Pow(10, Math.Floor(Math.Log10((High - Low) / most)));
        step *= new[] { 1, 2, 5, 10 }.First(factor => Math.Floor(High / (step * factor)) - Math.Ceiling(Low / (step * factor)) + 1 <= most || factor == 10);
        var first = (long)Math.Ceiling((Low / step) - 1e-9);
        var last = (long)Math.Floor((High / step) + 1e-9);
        return [.. Enumerable.Range(0, (int)Math.Max(0, last - first + 1)).Select(i => (first + i) * step)];
    }
}
