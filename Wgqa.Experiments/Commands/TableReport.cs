using Wgqa.Experiments.Recipes;

namespace Wgqa.Experiments.Commands;

/// <summary>Prints a table of variants.</summary>
internal static class TableReport
{
    public static void Print(VariantTable table, bool json)
    {
        if (json)
        {
            Console.WriteLine(table.ToJson().ToJsonString());
            return;
        }

        Console.Write(table.ToText());
        Console.WriteLine();
        Console.WriteLine($"run: {table.Run}");
    }
}
