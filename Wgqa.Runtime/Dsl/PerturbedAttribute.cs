namespace Wgqa;

/// <summary>
/// Subtracts noise from the attention's output of a <see cref="KvGroupingAttribute"/> variant, against the likeness of the heads of a group: PGQA (Khan et al.
/// 2024). In training alone, or as published also in evaluation.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PerturbedAttribute : Attribute
{
    /// <summary>As published, or safe: noise of mean zero, in training alone.</summary>
    public Mode Mode { get; set; }

    /// <summary>The noise's standard deviation, in units of each head's output's own. Default: 1. Not in <see cref="Mode.Faithful"/>.</summary>
    public double Scale { get; set; }
}
