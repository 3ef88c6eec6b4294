namespace Wgqa;

/// <summary>
/// Makes a <see cref="KvGroupingAttribute"/> variant allocate query heads to key/value heads while running, by the norms of the keys: KDGQA and DGQA (Khan et
/// al. 2024). A trained one folds once its allocation is frozen.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KeyDrivenAttribute : Attribute
{
    /// <summary>By what query heads are allocated.</summary>
    public Allocation Allocation { get; set; }

    /// <summary>As published, or safe.</summary>
    public Mode Mode { get; set; }

    /// <summary>Training passes from one allocation of DGQA to the next. Default: 1.</summary>
    public int Window { get; set; }

    /// <summary>The newest norms' share in <see cref="Allocation.MovingAverage"/>, above 0 and at most 1. Default: 0.9, as published.</summary>
    public double Beta { get; set; }
}
