namespace Wgqa.Generators.Model;

/// <summary>
/// A valid declaration, and all that the emitter knows of it. It is an immutable value without symbols, syntax or
/// locations, because the pipeline compares it with the one from before each edit: equal means nothing is written again,
/// and a symbol in it would both never be equal and keep a whole compilation alive.
/// </summary>
internal sealed record VariantSpec
{
    /// <summary>The declared class.</summary>
    public required TypeSpec Type { get; init; }

    /// <summary>Which key head serves each query head.</summary>
    public required MapSpec Key { get; init; }

    /// <summary>Which value head serves each query head.</summary>
    public required MapSpec Value { get; init; }

    /// <summary>Whether one search finds one map for keys and values.</summary>
    public required bool SearchesOnce { get; init; }

    /// <summary>Sites and layers with other groups, in order.</summary>
    public required EquatableArray<GroupsAtSpec> Elsewhere { get; init; }

    /// <summary>The learned merge weights.</summary>
    public required Weighting Weighting { get; init; }

    /// <summary>What they start as.</summary>
    public required Init Init { get; init; }

    /// <summary>How conversion pools heads when nothing is learned.</summary>
    public required Pooling Pooling { get; init; }

    /// <summary>When heads are merged; the language's default is filled in.</summary>
    public required Merge Merge { get; init; }

    /// <summary>The sites replaced; the language's default is filled in.</summary>
    public required Sites Sites { get; init; }

    /// <summary>How query heads are allocated while running; null where the declaration says.</summary>
    public required AllocationSpec? Allocation { get; init; }

    /// <summary>Noise on the output; null for none.</summary>
    public required NoiseSpec? Noise { get; init; }

    /// <summary>Whether each query head attends to a learned blend of all key/value heads.</summary>
    public required bool Blends { get; init; }

    /// <summary>What heads are aligned by before they are merged; null where they are not.</summary>
    public required Calibration? Alignment { get; init; }

    /// <summary>Whether keys and values are grouped alike, at every site and layer.</summary>
    public bool IsCoupled => Key.Equals(Value) && (Key.Kind != MapKind.Searched || SearchesOnce) && Elsewhere.All(at => at.Key.Equals(at.Value));

    /// <summary>Whether heads are merged in equal groups of neighbours, as many everywhere: then every size is a literal or a quotient.</summary>
    public bool MergesNeighbours => Key.Kind == MapKind.Contiguous && IsCoupled && Elsewhere.Count == 0;

    /// <summary>Whether the trained variant equals some plain grouped-query attention.</summary>
    public Foldability Folds =>
        Blends || Noise is { Mode: Mode.Faithful } ? Foldability.Never
        : Allocation is not null ? Foldability.WhenFrozen
        : Foldability.Always;
}
