using System.Diagnostics;
using System.Globalization;
using Wgqa.Experiments.Processes;
using Wgqa.Training;
using Cell = Wgqa.Experiments.Sweeps.SweepFolder.Cell;

namespace Wgqa.Experiments.Sweeps;

/// <summary>
/// Several processes on one machine at the cells of one sweep. Each is this app with the same command line and <c>--worker</c>; what it does comes back
/// as lines on its standard output, and when its standard input ends, it stops. A worker that dies is replaced; a cell that worker after worker dies in has failed.
/// </summary>
/// <param name="folder">The sweep's folder, prepared.</param>
/// <param name="cells">The cells.</param>
/// <param name="display">Where progress shows.</param>
internal sealed class SweepWorkers(string folder, IReadOnlyList<CellKey> cells, IProgressDisplay display)
{
    private const int DeathsThatFail = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<CellKey, int> _deaths = [];
    private readonly IReadOnlyList<Cell> _cells = [.. SweepFolder.Open(folder).Cells.Where(cell => cells.Contains(cell.Key))];
    private int _deathsBetweenCells;

    /// <summary>The option by which a worker knows that it is one.</summary>
    public const string WorkerOption = "--worker";

    /// <summary>The option that names the cell which a process is to train together with others.</summary>
    public const string CellOption = "--train-cell";

    private int Settled => _cells.Count(cell => cell.IsSettled);

    /// <summary>Runs what is neither finished nor failed.</summary>
    /// <param name="jobs">Processes at once.</param>
    /// <param name="stop">Asks the workers to keep checkpoints and stop.</param>
    public void Run(int jobs, CancellationToken stop)
    {
        var done = Settled;
        jobs = Math.Min(jobs, cells.Count - done);
        if (jobs == 0)
        {
            return;
        }

        using var progress = display.Start($"sweep, {jobs} at once", cells.Count, done);
        Task[] workers = [.. Enumerable.Range(0, jobs).Select(job => Task.Factory.StartNew(() => Keep(job, jobs, progress, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        try
        {
            Task.WaitAll(workers, CancellationToken.None);
        }
        catch (AggregateException errors)
        {
            throw errors.InnerExceptions.FirstOrDefault(error => error is UserException) ?? errors.InnerExceptions[0];
        }

        stop.ThrowIfCancellationRequested();
    }

    // One worker after another, until one ends because there is nothing left to do.
    private void Keep(int job, int jobs, IProgress progress, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var (exitCode, during, lastWords) = RunWorker(job, jobs, progress, stop);
            if (exitCode == 0 || stop.IsCancellationRequested)
            {
                return;
            }

            if (exitCode == 2)
            {
                throw new UserException(lastWords.StartsWith("wgqa: ", StringComparison.Ordinal) ? lastWords["wgqa: ".Length..] : $"A worker of the sweep refused its command line: {lastWords}");
            }

            Bury(during, $"ended with exit code {exitCode}{(lastWords.Length > 0 ? $" ({lastWords})" : "")}");
        }
    }

    private void Bury(CellKey? during, string how)
    {
        lock (_gate)
        {
            if (during is null)
            {
                if (++_deathsBetweenCells == DeathsThatFail)
                {
                    throw new UserException($"Workers of the sweep end before they begin a cell; the last one {how}.");
                }

                return;
            }

            display.Say($"{during.Variant}, seed {during.Seed}: its worker {how}; another takes over");
            var deaths = _deaths[during] = _deaths.GetValueOrDefault(during) + 1;
            if (deaths == DeathsThatFail && _cells.Single(cell => cell.Key == during) is { IsSettled: false } cell)
            {
                SweepQueue.Fail(cell, $"{DeathsThatFail} workers died in it; the last one {how}.");
            }
        }
    }

    private (int ExitCode, CellKey? During, string LastWords) RunWorker(int job, int jobs, IProgress progress, CancellationToken stop)
    {
        using var process = Process.Start(Command(job, jobs))!;
        var lastWords = "";
        process.ErrorDataReceived += (_, line) => lastWords = string.IsNullOrWhiteSpace(line.Data) ? lastWords : line.Data;
        process.BeginErrorReadLine();

        // The end of its standard input is what tells a worker to stop, also when this process is killed.
        using var stopping = stop.Register(process.StandardInput.Close);
        CellKey? during = null;
        using var replay = new WorkerReplay(display);
        while (process.StandardOutput.ReadLine() is { } text)
        {
            var line = WorkerLine.Parse(text);
            lock (_gate)
            {
                replay.Show(line);
                if (line.Cell is not null || line.CellEnds is not null)
                {
                    during = line.Cell;
                    progress.Report(Settled, "");
                }
            }
        }

        process.WaitForExit();
        return (process.ExitCode, during, lastWords);
    }

    private static ProcessStartInfo Command(int job, int jobs)
    {
        var start = ThisApp.Again(WorkerOption);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OMP_NUM_THREADS")))
        {
            start.Environment["OMP_NUM_THREADS"] = start.Environment[Launcher.CoresVariable] = ThreadsOf(job, jobs, Environment.ProcessorCount).ToString(CultureInfo.InvariantCulture);
        }

        return start;
    }

    /// <summary>How many of the machine's cores one of several workers computes with: all are given out, and each gets one at least.</summary>
    public static int ThreadsOf(int job, int jobs, int cores) => Math.Max(1, (cores / jobs) + (job < cores % jobs ? 1 : 0));
}
