using Wgqa.Experiments.Sweeps;

namespace Wgqa.Experiments.Commands;

/// <summary>Prints a sweep's table, and ends with an error where cells failed.</summary>
internal static class TableReport
{
    /// <param name="table">The table.</param>
    /// <param name="json">Whether to print JSON.</param>
    /// <param name="cells">The cells that were to be run; null means all.</param>
    /// <exception cref="UserException">One of them failed.</exception>
    public static void Print(SweepTable table, bool json, IReadOnlyList<CellKey>? cells = null)
    {
        if (json)
        {
            Console.WriteLine(table.ToJson().ToJsonString());
        }
        else
        {
            Console.Write(table.ToText());
            Console.WriteLine();
            if (table.Profile is { } profile)
            {
                Console.WriteLine(profile);
            }

            Console.WriteLine($"run: {table.Run}");
        }

        var failed = table.Failures.Where(failure => cells is null || cells.Contains(failure.Cell)).ToArray();
        if (failed.Length > 0)
        {
            throw new UserException($"{failed.Length} of {cells?.Count ?? failed.Length + table.Rows.Count} cells failed, the first with: {failed[0].Error.TrimEnd('.')}; --retry-failed tries them again.");
        }
    }
}
