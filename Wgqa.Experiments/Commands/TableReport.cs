using Wgqa.Experiments.Sweeps;

namespace Wgqa.Experiments.Commands;

/// <summary>Prints a sweep's table, and ends with an error where cells failed.</summary>
internal static class TableReport
{
    public static void Print(SweepTable table, bool json)
    {
        if (json)
        {
            Console.WriteLine(table.ToJson().ToJsonString());
        }
        else
        {
            Console.Write(table.ToText());
            Console.WriteLine();
            Console.WriteLine($"run: {table.Run}");
        }

        if (table.Failures is { Count: > 0 and var failed })
        {
            throw new UserException($"{failed} of {failed + table.Rows.Count} cells failed, the first with: {table.Failures[0].Error.TrimEnd('.')}; --retry-failed tries them again.");
        }
    }
}
