namespace Wgqa;

/// <summary>Gives a <see cref="KvGroupingAttribute"/> variant other numbers of groups at some sites or layers. No two may speak of one place.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false, AllowMultiple = true)]
public sealed class GroupsAtAttribute : Attribute
{
    /// <summary>The sites. Default: every site that the variant replaces.</summary>
    public Sites Sites { get; set; }

    /// <summary>The layers, counted from 0 in their stack. Default: all.</summary>
    public int[]? Layers { get; set; }

    /// <summary>Key/value heads there.</summary>
    public int Groups { get; set; }

    /// <summary>Query heads per key/value head there. Not together with <see cref="Groups"/>.</summary>
    public int GroupSize { get; set; }

    /// <summary>Key heads there, where they are not as many as value heads.</summary>
    public int KeyGroups { get; set; }

    /// <summary>Query heads per key head there.</summary>
    public int KeyGroupSize { get; set; }

    /// <summary>Value heads there, where they are not as many as key heads.</summary>
    public int ValueGroups { get; set; }

    /// <summary>Query heads per value head there.</summary>
    public int ValueGroupSize { get; set; }
}
