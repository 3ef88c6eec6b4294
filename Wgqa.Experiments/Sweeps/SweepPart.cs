using System.Globalization;

namespace Wgqa.Experiments.Sweeps;

/// <summary>One of several equal parts of a sweep's cells.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="Of">Parts in all.</param>
internal sealed record SweepPart(int Number, int Of)
{
    /// <summary>All of them.</summary>
    public static SweepPart Whole { get; } = new(1, 1);

    /// <summary>Reads <c>3/17</c>.</summary>
    /// <exception cref="UserException">It is no such thing.</exception>
    public static SweepPart Parse(string words) =>
        words.Split('/') is [var first, var second]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var of)
        && number >= 1 && number <= of
            ? new(number, of)
            : throw new UserException($"{SlurmScript.PartOption} is '{words}'; it must be a part of the cells such as 3/17, the third of seventeen.");

    /// <summary>The part's cells: every <see cref="Of"/>-th.</summary>
    public IReadOnlyList<CellKey> Cells(SweepPlan plan) => [.. plan.Cells.Where((_, index) => index % Of == Number - 1)];
}
