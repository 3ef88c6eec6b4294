namespace Wgqa;

/// <summary>
/// Declares a key/value-grouping variant. The compiler writes the attention module, its conversion from multi-head
/// weights and its fold to plain grouped-query attention into the other half of the partial class.
/// </summary>
/// <remarks>Every property is read at compile time only, and only where it is written.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KvGroupingAttribute : Attribute
{
    /// <summary>Key/value heads G; 1 is multi-query attention. Unwritten, with no <see cref="GroupSize"/>: as many as heads.</summary>
    public int Groups { get; set; }

    /// <summary>Query heads per key/value head, s = h/G, for a declaration that fits any model. Not together with <see cref="Groups"/>.</summary>
    public int GroupSize { get; set; }

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

    /// <summary>The attention sites that the variant replaces.</summary>
    public Sites Sites { get; set; }
}
