namespace Wgqa;

/// <summary>Whether a trained variant equals some plain grouped-query attention, to which it can then be folded exactly.</summary>
public enum Foldability
{
    /// <summary>It always does.</summary>
    Always,

    /// <summary>It does once the head map that it makes while running is frozen.</summary>
    WhenFrozen,

    /// <summary>It does not.</summary>
    Never,
}
