using Wgqa.Generators.Emission.Merging;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission;

/// <summary>A variant in English.</summary>
internal static class Summary
{
    /// <summary>One clause: how heads are shared, and what a key/value head is made of.</summary>
    public static string Of(VariantSpec spec, MergeStrategy merging) => spec.Heads switch
    {
        { Groups: 1 } => $"{QueryHeads(spec)} over one key/value head, {merging.Phrase}",
        { Groups: { } g } => $"{QueryHeads(spec)} over {g} key/value heads, each {merging.Phrase}",
        { GroupSize: 1 } => $"query heads over as many key/value heads, each {merging.Phrase}",
        { GroupSize: { } n } => $"query heads over a key/value head for every {n}, each {merging.Phrase}",
        _ => throw new InvalidOperationException("a declaration fixes the groups or their size"),
    };

    private static string QueryHeads(VariantSpec spec) => spec.Heads.Heads switch
    {
        1 => "one query head",
        { } h => $"{h} query heads",
        null => "query heads",
    };
}
