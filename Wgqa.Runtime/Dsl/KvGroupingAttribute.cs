namespace Wgqa;

/// <summary>
/// Declares a key/value-grouping variant. The compiler writes the attention module, its conversion from multi-head
/// weights and its fold to plain grouped-query attention into the other half of the partial class.
/// </summary>
/// <remarks>Every property is read at compile time only, and only where it is written.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KvGroupingAttribute : Attribute
{
    /// <summary>Key/value heads G; 1 is multi-query attention. Default, without <see cref="GroupSize"/>: as many as heads.</summary>
    public int Groups { get; set; }

    /// <summary>Query heads per key/value head, s = h/G, for a declaration that fits any model. Not together with <see cref="Groups"/>.</summary>
    public int GroupSize { get; set; }

    /// <summary>Key heads, where they are not as many as value heads. Default: as <see cref="Groups"/> or <see cref="GroupSize"/> says.</summary>
    public int KeyGroups { get; set; }

    /// <summary>Query heads per key head, where it is not the same as per value head. Not together with <see cref="KeyGroups"/>.</summary>
    public int KeyGroupSize { get; set; }

    /// <summary>Value heads, where they are not as many as key heads. Default: as <see cref="Groups"/> or <see cref="GroupSize"/> says.</summary>
    public int ValueGroups { get; set; }

    /// <summary>Query heads per value head, where it is not the same as per key head. Not together with <see cref="ValueGroups"/>.</summary>
    public int ValueGroupSize { get; set; }

    /// <summary>Query heads h. Written, everything is a literal and divisibility is checked by the compiler; else on construction.</summary>
    public int Heads { get; set; }

    /// <summary>The learned merge weights.</summary>
    public Weighting Weighting { get; set; }

    /// <summary>What the merge weights start as.</summary>
    public Init Init { get; set; }

    /// <summary>How an unweighted, once-merged variant pools heads at conversion.</summary>
    public Pooling Pooling { get; set; }

    /// <summary>When heads are merged.</summary>
    public Merge Merge { get; set; }

    /// <summary>Which query heads share a key/value head, in groups of one size.</summary>
    public Layout Layout { get; set; }

    /// <summary>
    /// The group of each query head, <c>new[] { 0, 0, 1, 1, 1 }</c>, counted from 0: groups may differ in size, and heads and groups
    /// are counted from it. Or <see cref="Wgqa.Map.Searched"/>. Not together with <see cref="Layout"/>.
    /// </summary>
    public object? Map { get; set; }

    /// <summary>As <see cref="Map"/>, for keys alone.</summary>
    public object? KeyMap { get; set; }

    /// <summary>As <see cref="Map"/>, for values alone.</summary>
    public object? ValueMap { get; set; }

    /// <summary>The attention sites that the variant replaces.</summary>
    public Sites Sites { get; set; }
}
