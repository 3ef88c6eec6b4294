namespace Wgqa;

/// <summary>
/// Lets each query head of a <see cref="KvGroupingAttribute"/> variant attend to a learned blend of all key heads and of all value heads, at first its own
/// group's alone. The cache holds G heads all the same. No plain grouped-query attention equals it, so it never folds.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BlendAttribute : Attribute;
