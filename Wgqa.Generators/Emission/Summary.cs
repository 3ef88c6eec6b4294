using Wgqa.Generators.Emission.Mapping;
using Wgqa.Generators.Emission.Merging;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission;

/// <summary>A variant in English.</summary>
internal static class Summary
{
    /// <summary>How many query heads share how many key/value heads, what a key/value head is, and what else there is to it.</summary>
    public static string Of(VariantSpec spec, MergeStrategy merging, HeadMapping mapping, IEnumerable<Strategy> others) => string.Join(
        " ",
        new[] { $"{Heads(spec.Key.Heads)} over {KeyValueHeads(spec)}; {(spec is { Key.Heads.Groups: 1, IsCoupled: true, Elsewhere.Count: 0 } ? "the" : "each")} key/value head is {merging.Phrase}." }
            .Concat(mapping.Sentences)
            .Concat(others.Select(strategy => strategy.Sentence))
            .Where(sentence => sentence.Length > 0));

    /// <summary>Heads per group, in terms of h where the model decides; or its group's, where groups differ.</summary>
    public static string Members(VariantSpec spec) => spec.MergesNeighbours || (spec.IsCoupled && spec.Elsewhere.Count == 0 && spec.Key.Heads.GroupSize is not null)
        ? spec.Key.Heads switch { { GroupSize: { } n } => $"{n}", { Groups: 1 } => "h", _ => $"h/{spec.Key.Heads.Groups}" }
        : "its group's";

    /// <summary>A number of key, value or key/value heads.</summary>
    public static string KeyValueHeads(HeadSpec heads, string kind) => heads switch
    {
        { Groups: 1 } => $"1 {kind} head",
        { Groups: { } g } => $"{g} {kind} heads",
        { IsMultiHead: true } => $"h {kind} heads",
        { GroupSize: { } n } => $"h/{n} {kind} heads",
        _ => $"{kind} heads",
    };

    private static string KeyValueHeads(VariantSpec spec) => spec.Key.Heads.Equals(spec.Value.Heads)
        ? KeyValueHeads(spec.Key.Heads, "key/value")
        : $"{KeyValueHeads(spec.Key.Heads, "key")} and {KeyValueHeads(spec.Value.Heads, "value")}";

    private static string Heads(HeadSpec heads) => heads.Heads switch { 1 => "1 query head", { } h => $"{h} query heads", null => "h query heads" };
}
