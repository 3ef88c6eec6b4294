namespace Wgqa.Generators.Model;

/// <summary>
/// A valid declaration, and all that the emitter knows of it. It is an immutable value without symbols, syntax or
/// locations, because the pipeline compares it with the one from before each edit: equal means nothing is written again,
/// and a symbol in it would both never be equal and keep a whole compilation alive.
/// </summary>
/// <param name="Type">The declared class.</param>
/// <param name="Heads">How query heads share key/value heads.</param>
/// <param name="Weighting">The learned merge weights.</param>
/// <param name="Init">What they start as.</param>
/// <param name="Pooling">How conversion pools heads when nothing is learned.</param>
/// <param name="Merge">When heads are merged; the language's default is filled in.</param>
/// <param name="Sites">The sites replaced; the language's default is filled in.</param>
internal sealed record VariantSpec(
    TypeSpec Type,
    HeadSpec Heads,
    Weighting Weighting,
    Init Init,
    Pooling Pooling,
    Merge Merge,
    Sites Sites);
