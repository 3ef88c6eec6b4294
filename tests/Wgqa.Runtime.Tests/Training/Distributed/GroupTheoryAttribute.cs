using Wgqa.Training.Distributed;

namespace Wgqa.Runtime.Tests.Training.Distributed;

/// <summary>A test in several processes, skipped for the product's own reason where the build has no process groups.</summary>
public sealed class GroupTheoryAttribute : TheoryAttribute
{
    public GroupTheoryAttribute() => Skip = ProcessGroup.Obstacle;
}

/// <inheritdoc cref="GroupTheoryAttribute"/>
public sealed class GroupFactAttribute : FactAttribute
{
    public GroupFactAttribute() => Skip = ProcessGroup.Obstacle;
}
