namespace Wgqa.Experiments.Sweeps;

/// <summary>How a sweep's cells are run, whatever they are. It changes no result, but that several processes which train a cell together draw dropout as another seed would.</summary>
internal sealed record CellOptions
{
    /// <summary>Whether finished cells keep their trained and folded models.</summary>
    public bool KeepModels { get; init; } = true;

    /// <summary>Processes that train a cell together.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>Training steps over which to measure where the time goes; null measures nothing.</summary>
    public int? ProfiledSteps { get; init; }
}
