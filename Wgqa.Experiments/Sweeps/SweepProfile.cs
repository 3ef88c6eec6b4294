using System.Globalization;
using Wgqa.Experiments.Reports;
using Wgqa.Profiling;

namespace Wgqa.Experiments.Sweeps;

/// <summary>Where the time of a sweep's steps went, variant by variant.</summary>
internal static class SweepProfile
{
    /// <summary>Its place in the sweep's folder.</summary>
    public const string FileName = "profile.md";

    /// <summary>Tables of milliseconds in a step, part by part, each the mean over a variant's cells; null where none was measured.</summary>
    public static string? Of(SweepFolder sweep)
    {
        var cells = sweep.Cells.Select(cell => (cell.Variant, cell.Profile)).Where(static cell => cell.Profile is not null).ToArray();
        string[] tables =
        [
            .. Table("milliseconds in a training step", cells.Select(static cell => (cell.Variant, cell.Profile!.Training))),
            .. Table("milliseconds in a decoding step", cells.Select(static cell => (cell.Variant, cell.Profile!.Decoding))),
        ];
        return tables.Length == 0 ? null : string.Join('\n', tables) + $"\nOperator by operator: {SweepFolder.Cell.ProfileFile} of each cell.\n";
    }

    private static IEnumerable<string> Table(string title, IEnumerable<(string Variant, Profile? Profile)> cells)
    {
        var measured = cells.Where(static cell => cell.Profile is not null).ToArray();
        if (measured.Length == 0)
        {
            yield break;
        }

        string[] parts = [.. measured.SelectMany(static cell => cell.Profile!.Parts).Select(static part => part.Name).Distinct()];
        var table = new TextTable(["variant", "cells", "step", .. parts]);
        foreach (var variant in measured.GroupBy(static cell => cell.Variant, static cell => cell.Profile!))
        {
            string Mean(Func<Profile, double> seconds) => variant.Average(one => 1000 * seconds(one) / one.Steps).ToString("N2", CultureInfo.InvariantCulture);
            table.Add([variant.Key, $"{variant.Count()}", Mean(static one => one.Seconds), .. parts.Select(part => Mean(one => one.Parts.Where(its => its.Name == part).Sum(static its => its.Seconds)))]);
        }

        yield return $"{title}:\n\n{table}";
    }
}
