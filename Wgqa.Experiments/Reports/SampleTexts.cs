using Wgqa.Data;

namespace Wgqa.Experiments.Reports;

/// <summary>One test text with what each variant made of it, under one seed.</summary>
/// <param name="Number">The text's line in the test, from 1.</param>
/// <param name="Source">The source.</param>
/// <param name="References">The references.</param>
/// <param name="Outputs">The texts that were generated, each with the variants that generated it; in the table's order.</param>
internal sealed record SampleTexts(int Number, string Source, IReadOnlyList<string> References, IReadOnlyList<(string Text, IReadOnlyList<string> Variants)> Outputs)
{
    /// <summary>Texts that were drawn, not chosen: the same for every report of the same test.</summary>
    /// <param name="task">The task's results.</param>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<SampleTexts> Of(TaskAnalysis task, int count = 5)
    {
        var seed = Seed(task);
        var outputs = task.Variants
            .Select(variant => (variant.Name, Texts: variant.Cells.FirstOrDefault(cell => cell.Row is not null && cell.Cell.Seed == seed)?.Cell.Predictions))
            .Where(variant => variant.Texts is not null).ToList();
        if (outputs.Count == 0)
        {
            return [];
        }

        var random = new SeededRandom(1);
        int[] lines = [.. Enumerable.Range(0, task.Test.Count)];
        random.Shuffle(lines.AsSpan());
        return [.. lines.Take(count).Order().Select(line => new SampleTexts(
            line + 1,
            task.Test[line].Source,
            task.Test[line].References,
            [.. outputs.GroupBy(variant => variant.Texts![line], variant => variant.Name).Select(group => (group.Key, (IReadOnlyList<string>)[.. group]))]))];
    }

    /// <summary>The seed whose outputs are shown: the one that most variants have finished.</summary>
    public static long Seed(TaskAnalysis task) => task.Cells.Where(cell => cell.Row is not null).GroupBy(cell => cell.Cell.Seed)
        .OrderByDescending(group => group.Count()).ThenBy(group => group.Key).FirstOrDefault()?.Key ?? 0;
}
