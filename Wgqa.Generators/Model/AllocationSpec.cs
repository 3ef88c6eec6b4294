namespace Wgqa.Generators.Model;

/// <summary>How query heads are allocated to groups while running.</summary>
/// <param name="Allocation">By what.</param>
/// <param name="Mode">As published, or safe.</param>
/// <param name="Window">Training passes from one allocation to the next.</param>
/// <param name="Beta">The newest norms' share in the moving average.</param>
internal sealed record AllocationSpec(Allocation Allocation, Mode Mode, int Window, double Beta);
