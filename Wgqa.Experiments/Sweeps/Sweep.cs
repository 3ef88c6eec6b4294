using Wgqa.Checkpoints;
using Wgqa.Experiments.Processes;
using Wgqa.Experiments.Recipes;
using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;
using Cell = Wgqa.Experiments.Sweeps.SweepFolder.Cell;

namespace Wgqa.Experiments.Sweeps;

/// <summary>
/// The experiment behind a table: every variant with every seed on every task, a cell each. It can be stopped or killed at any moment and started
/// again: finished cells are not redone, a half-finished one goes on from its checkpoint. A cell that fails is recorded and passed over.
/// </summary>
internal sealed class Sweep
{
    /// <summary>What is asked for.</summary>
    public required SweepPlan Plan { get; init; }

    /// <summary>The texts by the task's name.</summary>
    public required IReadOnlyDictionary<string, TaskData> Data { get; init; }

    /// <summary>How cells are run.</summary>
    public CellOptions Options { get; init; } = new();

    /// <summary>Whether cells that failed before are tried again.</summary>
    public bool RetryFailed { get; init; }

    /// <summary>Processes at once; with 1, this one does the work.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>The cells that this call is for; the table has all.</summary>
    public SweepPart Part { get; init; } = SweepPart.Whole;

    /// <summary>Runs what is missing in the folder, and returns the table of all cells.</summary>
    /// <exception cref="UserException">What is asked for does not fit the model, or the folder holds another sweep.</exception>
    public SweepTable Run(string folder, IProgressDisplay display, CancellationToken stop)
    {
        Prepare(folder);
        if (Jobs == 1)
        {
            new SweepQueue(folder, Data, Options).Run(Part.Cells(Plan), display, stop);
        }
        else
        {
            new SweepWorkers(folder, Part.Cells(Plan), display).Run(Jobs, stop);
        }

        return Finish(folder);
    }

    /// <summary>Does a worker's part (<see cref="SweepWorkers"/>): the process that started it has prepared the folder and makes the table.</summary>
    public void Work(string folder, CancellationToken stop)
    {
        var orphaned = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var parent = new Thread(() =>
        {
            Console.In.ReadToEnd();
            orphaned.Cancel();   // at any time, so it is not disposed
        })
        {
            IsBackground = true,
        };
        parent.Start();
        var progress = new WorkerProgress(Console.Out);
        new SweepQueue(folder, Data, Options) { OnCell = progress.OnCell, OwnProgress = false }.Run(Part.Cells(Plan), progress, orphaned.Token);
    }

    /// <summary>Does this process's part of training one cell (<see cref="CellExperiment.Train"/>).</summary>
    public void Train(string folder, string cell, Peers peers, CancellationToken stop)
    {
        var key = Plan.Cells.Single(key => key.Path == cell);
        var task = Plan.Tasks.Single(task => task.Name == key.Task);
        IProgressDisplay display = peers.IsFirst ? new WorkerProgress(Console.Out) : new NoProgress();
        new CellExperiment(Plan, task, Data[task.Name], PaperTable.Named(key.Variant), key.Seed).Train(SweepFolder.CellPath(folder, key), peers, Options.ProfiledSteps, display, stop);
    }

    /// <summary>Writes down what is asked for, and the test texts.</summary>
    /// <exception cref="UserException">What is asked for does not fit the model, or the folder holds another sweep.</exception>
    public void Prepare(string folder)
    {
        RequireFits();
        var file = SweepFolder.PlanFile(folder);
        if (File.Exists(file))
        {
            RequireContinues(SweepPlan.Read(file), file);
        }

        Plan.Write(file);
        foreach (var task in Plan.Tasks)
        {
            Data[task.Name].WriteTest(SweepFolder.TestFile(folder, task.Name));
        }

        foreach (var cell in RetryFailed ? Part.Cells(Plan) : [])
        {
            CompleteFile.Remove(Path.Combine(SweepFolder.CellPath(folder, cell), Cell.FailureFile));
        }
    }

    /// <summary>Makes the table and the database of a folder anew from its cells as they are now.</summary>
    public static SweepTable Finish(string folder)
    {
        var sweep = SweepFolder.Open(folder);
        var table = new SweepTable(sweep);
        CompleteFile.Write(Path.Combine(folder, "table.md"), table.ToText());
        CompleteFile.Write(Path.Combine(folder, "table.json"), table.ToJson().ToJsonString() + "\n");
        if (table.Profile is { } profile)
        {
            CompleteFile.Write(Path.Combine(folder, SweepProfile.FileName), profile);
        }

        SweepDatabase.Write(sweep, Path.Combine(folder, "runs.sqlite"));
        return table;
    }

    // Variants, seeds, tasks, test texts and beams may be others than last time; what trained the cells may not.
    private void RequireContinues(SweepPlan before, string file)
    {
        Require("model", before.Model, Plan.Model);
        Require("device", before.Device, Plan.Device);
        foreach (var (was, wanted) in before.Tasks.Join(Plan.Tasks, task => task.Name, task => task.Name, (was, wanted) => (was, wanted)))
        {
            if (JsonDifference.First(was.WhatTrains(), wanted.WhatTrains()) is { } other)
            {
                Require($"{other.Field} of {wanted.Name}", other.Was, other.Wanted);
            }
        }

        void Require(string field, string was, string wanted)
        {
            if (was != wanted)
            {
                throw new UserException($"{file} belongs to another sweep: {field} is {was} there and {wanted} here; choose another folder.");
            }
        }
    }

    /// <summary>What would go wrong with the last cell goes wrong before the first is trained, and before there is a folder.</summary>
    private void RequireFits()
    {
        var config = T5ConfigFile.Load(Plan.Model);
        if (config.Grouping is { } grouping)
        {
            throw new UserException($"{Plan.Model} has {grouping.KeyValueHeads} at {grouping.Sites}; variants are converted from a multi-head model.");
        }

        T5Tokenizer.Load(Plan.Model).EnsureFits(config.VocabSize, "the model's configuration");
        FineTuning.DeviceNamed(Plan.Device);
        foreach (var variant in Plan.Variants.Select(PaperTable.Named))
        {
            config.For(variant);
        }
    }
}
