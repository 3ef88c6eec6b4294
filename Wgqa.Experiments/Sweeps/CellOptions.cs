namespace Wgqa.Experiments.Sweeps;

/// <summary>How the cells of a sweep are run, whatever they are. Only several processes that train together change a result, where there is dropout: as another seed would.</summary>
internal sealed record CellManner
{
    /// <summary>Whether finished cells keep their trained and folded models.</summary>
    public bool KeepModels { get; init; } = true;

    /// <summary>Processes that train a cell together.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>Training steps over which to measure where the time goes; null measures nothing.</summary>
    public int? ProfiledSteps { get; init; }
}
