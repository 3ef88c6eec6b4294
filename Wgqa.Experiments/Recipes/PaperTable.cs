namespace Wgqa.Experiments.Recipes;

/// <summary>The fifteen rows of Table 1 of "Weighted Grouped Query Attention" (arXiv 2407.10855), in its order.</summary>
internal static class PaperTable
{
    /// <summary>The rows' names in the paper; the declared classes carry the same, whatever the case.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "MHA", "GQA", "WGQA", "MQA", "WMQA", "ROWWGQA", "COLWGQA", "ROWWMQA", "COLWMQA",
        "RANDWGQA", "RANDROWWGQA", "RANDCOLWGQA", "RANDWMQA", "RANDROWWMQA", "RANDCOLWMQA",
    ];

    /// <summary>The variants that a user's words name: <c>paper</c>, <c>all</c>, or names separated by commas.</summary>
    /// <exception cref="UserException">A name is not declared.</exception>
    public static IReadOnlyList<AttentionVariant> Select(string words) => words switch
    {
        "paper" => [.. Names.Select(Named)],
        "all" => VariantCatalog.All,
        _ => words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } names
            ? [.. names.Select(Named).Distinct()]
            : throw new UserException($"--variants is '{words}', which names none."),
    };

    /// <summary>The declared variant of that name, whatever the case.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static AttentionVariant Named(string name) =>
        VariantCatalog.All.FirstOrDefault(variant => string.Equals(variant.Info.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UserException($"'{name}' is not a declared variant; there are {string.Join(", ", VariantCatalog.All.Select(variant => variant.Info.Name))}.");
}
