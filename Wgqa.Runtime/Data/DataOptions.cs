namespace Wgqa.Data;

/// <summary>How a <see cref="DataSource"/> finds pairs in its files.</summary>
public sealed record DataOptions
{
    /// <summary>
    /// The field of the source text: a JSON field (dots reach into nested objects), a TSV column's header or its number from 1,
    /// or, for files found by their language, the ending (<c>de</c>). Null looks for the names that data sets usually have.
    /// </summary>
    public string? SourceField { get; init; }

    /// <summary>The field of the target text, likewise.</summary>
    public string? TargetField { get; init; }

    /// <summary>Exchange source and target after reading.</summary>
    public bool Swap { get; init; }

    /// <summary>Which part of a data folder: <c>train</c>, <c>val</c>, <c>test</c>, or the beginning of its files' names.</summary>
    public string Split { get; init; } = "train";
}
