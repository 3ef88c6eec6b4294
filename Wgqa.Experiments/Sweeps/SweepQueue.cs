using System.Text.Json.Nodes;
using Wgqa.Checkpoints;
using Wgqa.Experiments.Processes;
using Wgqa.Experiments.Recipes;
using Wgqa.Training;
using Cell = Wgqa.Experiments.Sweeps.SweepFolder.Cell;

namespace Wgqa.Experiments.Sweeps;

/// <summary>
/// The cells of a sweep as one process works on them: it claims one that nobody has, runs it, and goes on until each is finished or has failed.
/// Any number of processes, on any machines that share the folder, may be at it together.
/// </summary>
/// <param name="folder">The sweep's folder, prepared.</param>
/// <param name="data">The texts by the task's name.</param>
/// <param name="options">How cells are run.</param>
internal sealed class SweepQueue(string folder, IReadOnlyDictionary<string, TaskData> data, CellOptions options)
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private readonly SweepFolder _folder = SweepFolder.Open(folder);

    /// <summary>Called with each cell that this process begins, and with null when it is done with it.</summary>
    public Action<CellKey?> OnCell { get; init; } = static _ => { };

    /// <summary>Whether this process shows how far the whole is; a worker's is shown by who started it.</summary>
    public bool OwnProgress { get; init; } = true;

    /// <summary>Runs the cells, in their order, that are neither finished nor failed.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="display">Where progress shows.</param>
    /// <param name="stop">Asks a cell in progress to keep a checkpoint and stop.</param>
    public void Run(IReadOnlyList<CellKey> cells, IProgressDisplay display, CancellationToken stop)
    {
        var byKey = _folder.Cells.ToDictionary(cell => cell.Key);
        var open = cells.Select(key => byKey[key]).Where(cell => !Settled(cell)).ToList();
        using var progress = OwnProgress && cells.Count > 1 ? display.Start("sweep", cells.Count, cells.Count - open.Count) : new NoProgress();
        while (open.Count > 0)
        {
            var before = open.Count;
            foreach (var cell in open.ToArray())
            {
                stop.ThrowIfCancellationRequested();
                if (cell.IsSettled || RunUnclaimed(cell, display, stop))
                {
                    open.Remove(cell);
                    progress.Report(cells.Count - open.Count, "");
                }
            }

            if (open.Count == before)
            {
                stop.WaitHandle.WaitOne(Glance);   // others are at all of them; should one die, its cell is taken over
            }
        }
    }

    /// <summary>Records that a cell failed.</summary>
    public static void Fail(Cell cell, string error) =>
        CompleteFile.Write(Path.Combine(cell.Path, Cell.FailureFile), new JsonObject { ["error"] = error, ["time"] = DateTimeOffset.UtcNow }.ToJsonString() + "\n");

    // Whether the cell is finished or failed; what a killed process had no time to remove from it is removed.
    private bool Settled(Cell cell)
    {
        if (!cell.IsSettled)
        {
            return false;
        }

        if (cell.Failure is null && CellExperiment.Leftovers(cell.Path, options.KeepModels).Any())
        {
            using var claim = CellClaim.TryTake(cell.Path);
            if (claim is not null)
            {
                CellExperiment.Tidy(cell.Path, options.KeepModels);
            }
        }

        return true;
    }

    // False where another process is at the cell.
    private bool RunUnclaimed(Cell cell, IProgressDisplay display, CancellationToken stop)
    {
        using var claim = CellClaim.TryTake(cell.Path);
        if (claim is null)
        {
            return false;
        }

        if (cell.IsSettled)
        {
            return true;   // since it was looked at
        }

        OnCell(cell.Key);
        var words = _folder.Plan.Words(cell.Key);
        try
        {
            var task = _folder.Plan.Tasks.Single(task => task.Name == cell.Task);
            new CellExperiment(_folder.Plan, task, data[task.Name], PaperTable.Named(cell.Variant), cell.Seed)
                .Run(cell.Path, options, new CellProgress(display, words, Path.GetFileName(cell.Path)), stop);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Fail(cell, error is UserException ? error.Message : $"{error.GetType().Name}: {WorkerReport.WithoutFrames(error.Message)}");
            display.Say($"{words} failed: {error.Message}");
        }

        OnCell(null);
        return true;
    }
}
