namespace Wgqa.Experiments.Reports;

/// <summary>What sort of variant a row is. Charts give each sort a shape and a colour of its own.</summary>
internal enum VariantKind
{
    /// <summary>As many key/value heads as query heads.</summary>
    MultiHead,

    /// <summary>Merged once, at conversion; nothing learned in the merge.</summary>
    Merged,

    /// <summary>All heads trained and merged by their mean in each forward: what weighted variants have to be compared with.</summary>
    Fair,

    /// <summary>Learned merge weights that start as the mean.</summary>
    Weighted,

    /// <summary>Learned merge weights that start at random.</summary>
    RandomInit,

    /// <summary>Everything else that the language can say.</summary>
    Other,
}

/// <summary>How the sorts are called and which a variant is of.</summary>
internal static class VariantKinds
{
    /// <summary>The sort in words.</summary>
    public static string Words(this VariantKind kind) => kind switch
    {
        VariantKind.MultiHead => "multi-head",
        VariantKind.Merged => "merged once",
        VariantKind.Fair => "fair baseline (all heads trained)",
        VariantKind.Weighted => "weighted (starts as the mean)",
        VariantKind.RandomInit => "weighted (random start)",
        _ => "other",
    };

    /// <summary>The sort as a name of a CSS class.</summary>
    public static string CssClass(this VariantKind kind) => $"k{(int)kind}";

    /// <summary>Which a variant of that name is; other, where no such variant is declared here.</summary>
    public static VariantKind Of(string name) => VariantCatalog.All.FirstOrDefault(variant => variant.Info.Name == name)?.Info switch
    {
        null => VariantKind.Other,
        { Alignment: not null } => VariantKind.Other,
        var info when IsMoreThanAGrouping(info) => VariantKind.Other,
        { Weighting: not None, Init: Normal } => VariantKind.RandomInit,
        { Weighting: not None } => VariantKind.Weighted,
        { Groups: 0, GroupSize: 0 or 1, ValueGroups: 0, ValueGroupSize: 0 or 1 } => VariantKind.MultiHead,
        { Merge: Live } => VariantKind.Fair,
        _ => VariantKind.Merged,
    };

    private static bool IsMoreThanAGrouping(VariantInfo info) =>
        typeof(VariantKinds).Assembly.GetType(info.FullName) is { } declared
        && (declared.IsDefined(typeof(KeyDrivenAttribute), false) || declared.IsDefined(typeof(PerturbedAttribute), false) || declared.IsDefined(typeof(BlendAttribute), false));
}
