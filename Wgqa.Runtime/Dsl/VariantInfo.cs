namespace Wgqa;

/// <summary>A variant's declaration as data, with the language's defaults filled in. 0 stands for an unwritten number.</summary>
public sealed record VariantInfo
{
    /// <summary>The class's name, by which commands know the variant.</summary>
    public required string Name { get; init; }

    /// <summary>The class's name with its namespace.</summary>
    public required string FullName { get; init; }

    /// <summary>One English sentence: what the variant is.</summary>
    public required string Summary { get; init; }

    /// <summary>Query heads over the key/value heads that serve them, a few lines of text.</summary>
    public required string Picture { get; init; }

    /// <summary>The weight Wᵍ of a key/value head in terms of those that it is merged from: what folding computes once.</summary>
    public required string FoldIdentity { get; init; }

    /// <summary>Where the variant is from: papers, with the section.</summary>
    public required string Source { get; init; }

    /// <summary>The name of the file that the compiler wrote.</summary>
    public required string GeneratedFile { get; init; }

    /// <summary>Query heads that the declaration fixes, or 0.</summary>
    public int Heads { get; init; }

    /// <summary>Key heads that the declaration fixes, or 0.</summary>
    public int Groups { get; init; }

    /// <summary>Query heads per key head that the declaration fixes, or 0.</summary>
    public int GroupSize { get; init; }

    /// <summary>Value heads that the declaration fixes, or 0.</summary>
    public int ValueGroups { get; init; }

    /// <summary>Query heads per value head that the declaration fixes, or 0.</summary>
    public int ValueGroupSize { get; init; }

    /// <summary>The learned merge weights.</summary>
    public Weighting Weighting { get; init; }

    /// <summary>What the merge weights start as.</summary>
    public Init Init { get; init; }

    /// <summary>How conversion pools heads when nothing is learned.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>When heads are merged.</summary>
    public Merge Merge { get; init; }

    /// <summary>The sites that the variant replaces.</summary>
    public Sites Sites { get; init; }

    /// <summary>Whether the trained variant equals some plain grouped-query attention exactly.</summary>
    public Foldability Folds { get; init; }

    /// <summary>Why it does not, where it never does: the rest of a sentence.</summary>
    public string? ObstacleToFolding { get; init; }

    /// <summary>What heads are aligned by before they are merged; null where they are not.</summary>
    public Calibration? Alignment { get; init; }
}
