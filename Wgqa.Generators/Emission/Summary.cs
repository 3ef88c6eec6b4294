using Wgqa.Generators.Emission.Merging;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission;

/// <summary>A variant in English.</summary>
internal static class Summary
{
    /// <summary>One sentence: how query heads share key/value heads, and what a key/value head is.</summary>
    public static string Sentence(VariantSpec spec, MergeStrategy merging)
    {
        var clause = Clause(spec, merging);
        return $"{char.ToUpperInvariant(clause[0])}{clause.Substring(1)}.";
    }

    /// <summary>The same to go on a line after the variant's name.</summary>
    public static string Clause(VariantSpec spec, MergeStrategy merging)
    {
        var query = spec.Heads.Heads switch { 1 => "one query head", { } h => $"{h} query heads", null => "query heads" };
        var sharing = spec.Heads switch
        {
            { Groups: 1 } => $"{query} over one key/value head",
            { Groups: { } g } => $"{query} over {g} key/value heads",
            { GroupSize: { } n and > 1 } => $"{query} in groups of {n}, each over one key/value head",
            _ => $"{query} over as many key/value heads",
        };
        return $"{sharing}; a key/value head is {merging.Phrase}";
    }
}
