namespace Wgqa;

/// <summary>
/// Turns heads towards one another before a <see cref="KvGroupingAttribute"/> variant merges them: orthogonal Procrustes alignment of each group's keys and values, undone in Q
/// and O, so that the multi-head block computes the same (Jin et al. 2025).
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class AlignAttribute : Attribute
{
    /// <summary>What heads are compared by.</summary>
    public Calibration Calibration { get; set; }
}
