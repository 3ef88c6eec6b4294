using Wgqa.Generators.Emission.Merging;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission;

/// <summary>A variant in English.</summary>
internal static class Summary
{
    /// <summary>One sentence: how many query heads share how many key/value heads, and what a key/value head is.</summary>
    public static string Of(HeadSpec heads, MergeStrategy merging) =>
        $"{Heads(heads)} over {KeyValueHeads(heads)}; {(heads.Groups == 1 ? "the" : "each")} key/value head is {merging.Phrase}.";

    /// <summary>Heads per group, in terms of h where the model decides.</summary>
    public static string Members(HeadSpec heads) => heads switch
    {
        { GroupSize: { } n } => $"{n}",
        { Groups: 1 } => "h",
        _ => $"h/{heads.Groups}",
    };

    private static string Heads(HeadSpec heads) => heads.Heads switch { 1 => "1 query head", { } h => $"{h} query heads", null => "h query heads" };

    private static string KeyValueHeads(HeadSpec heads) => heads switch
    {
        { Groups: 1 } => "1 key/value head",
        { Groups: { } g } => $"{g} key/value heads",
        { GroupSize: 1 } => "h key/value heads",
        _ => $"h/{heads.GroupSize} key/value heads",
    };
}
