namespace Wgqa.Data;

/// <summary>The names that data sets give to the two sides of a pair.</summary>
internal static class FieldNames
{
    /// <summary>In the order in which they are looked for.</summary>
    private static readonly (string Source, string Target)[] Usual =
    [
        ("source", "target"), ("src", "tgt"), ("de", "en"), ("translation.de", "translation.en"),
        ("document", "summary"), ("article", "highlights"), ("article", "summary"), ("text", "summary"), ("dialogue", "summary"),
        ("body", "subject"), ("body", "title"), ("input", "output"),
    ];

    /// <summary>The fields to read: those that the options name, the others by the usual names that the data has; null where none fit.</summary>
    /// <param name="options">What the user said.</param>
    /// <param name="has">Whether the data has a field.</param>
    public static (string Source, string Target)? Choose(DataOptions options, Func<string, bool> has)
    {
        if (options is { SourceField: { } source, TargetField: { } target })
        {
            return (source, target);
        }

        return Usual
            .Where(names => (options.SourceField is null ? has(names.Source) : options.SourceField == names.Source)
                && (options.TargetField is null ? has(names.Target) : options.TargetField == names.Target))
            .Select(names => ((string, string)?)names)
            .FirstOrDefault();
    }

    /// <summary>The error that no names fit.</summary>
    /// <param name="place">File and line.</param>
    /// <param name="found">The fields that the data has.</param>
    public static UserException Unclear(string place, IEnumerable<string> found) =>
        new($"{place}: which fields are source and target is not clear from {string.Join(", ", found.Select(name => $"'{name}'"))}; say it with --source-field and --target-field.");
}
