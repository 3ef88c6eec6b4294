using TorchSharp;
using Wgqa.Checkpoints;
using Wgqa.Data;
using Wgqa.Decoding;
using Wgqa.Experiments.Processes;
using Wgqa.Experiments.Recipes;
using Wgqa.Folding;
using Wgqa.Models;
using Wgqa.Profiling;
using Wgqa.Text;
using Wgqa.Training;
using static TorchSharp.torch;
using Cell = Wgqa.Experiments.Sweeps.SweepFolder.Cell;

namespace Wgqa.Experiments.Sweeps;

/// <summary>
/// The experiment in one cell: a variant is converted from the multi-head model, fine-tuned, evaluated, folded, checked against its
/// fold and evaluated again. An interrupted one goes on from its checkpoint; one whose texts or beams have changed keeps its training.
/// </summary>
/// <param name="plan">The sweep.</param>
/// <param name="task">The cell's task.</param>
/// <param name="data">Its texts.</param>
/// <param name="variant">The cell's variant.</param>
/// <param name="seed">The cell's seed.</param>
internal sealed class CellExperiment(SweepPlan plan, SweepTask task, TaskData data, AttentionVariant variant, long seed)
{
    private readonly TrainingOptions _training = task.Training with { Seed = seed };

    /// <summary>Runs what the folder does not have yet. The row is written last: with it the cell is finished.</summary>
    /// <param name="folder">The cell's folder.</param>
    /// <param name="options">How it is run.</param>
    /// <param name="display">Where progress shows.</param>
    /// <param name="stop">Asks the run to keep a checkpoint and stop.</param>
    public VariantRow Run(string folder, CellOptions options, IProgressDisplay display, CancellationToken stop)
    {
        if (options.Processes > 1)
        {
            TrainTogether(folder, options.Processes, display, stop);
        }

        using var run = RunFolder.Open(folder, Config);
        var environment = (CellEnvironment.Here(plan.Device) with { TrainedBy = options.Processes }).After(run.Read<CellEnvironment>(Cell.EnvironmentFile));
        run.Write(Cell.EnvironmentFile, environment);
        var row = Experiment(run, options, display, stop);
        run.Write(Cell.EnvironmentFile, environment with { Finished = DateTimeOffset.UtcNow });
        run.Write(Cell.RowFile, row);
        Tidy(folder, options.KeepModels);
        return row;
    }

    /// <summary>Does this process's part of training the cell, which leaves the model and the summary in its folder.</summary>
    public void Train(string folder, Peers peers, int? profiledSteps, IProgressDisplay display, CancellationToken stop)
    {
        using var run = RunFolder.Open(folder, Config, peers.Group);
        var tokenizer = T5Tokenizer.Load(plan.Model);
        using var multiHead = T5Folder.Load(plan.Model, VariantCatalog.All);
        var profile = profiledSteps is { } steps
            ? new StepProfile(steps, measured =>
            {
                if (peers.IsFirst && measured is not null)
                {
                    run.Write(Cell.ProfileFile, new CellProfile(measured, null));
                }
            })
            : null;
        Trained(multiHead, run, tokenizer, peers, display, stop, profile).Dispose();
    }

    /// <summary>What a finished cell has and no longer needs.</summary>
    public static IEnumerable<string> Leftovers(string folder, bool keepModel) =>
        (keepModel ? ["checkpoint", "uptrain/checkpoint"] : new[] { "checkpoint", "uptrain/checkpoint", "model", "folded", "uptrain/model" }).Select(name => Path.Combine(folder, name)).Where(Directory.Exists);

    /// <summary>Removes it; only for who has claimed the cell.</summary>
    public static void Tidy(string folder, bool keepModel)
    {
        foreach (var leftover in Leftovers(folder, keepModel))
        {
            Directory.Delete(leftover, recursive: true);
        }
    }

    private RunConfig Config => new()
    {
        Command = "table",
        Model = plan.Model,
        Variant = variant.Info.Name,
        Data = task.Data,
        Pairs = task.Pairs,
        Task = task.Task,
        BatchSize = task.BatchSize,
        Training = _training,
        Device = plan.Device,
    };

    // Several processes with this one's command line, for this cell; the folder is theirs until they have ended.
    private void TrainTogether(string folder, int processes, IProgressDisplay display, CancellationToken stop)
    {
        var summary = Path.Combine(folder, "summary.json");
        if (File.Exists(summary) && Directory.Exists(Path.Combine(folder, "model")))
        {
            return;
        }

        CompleteFile.Remove(summary);   // of a cell whose model has been dropped
        using var replay = new WorkerReplay(display);
        Launcher.Run(processes, [SweepWorkers.CellOption, new CellKey(task.Name, variant.Info.Name, seed).Path], line => replay.Show(WorkerLine.Parse(line)), stop);
    }

    private VariantRow Experiment(RunFolder run, CellOptions options, IProgressDisplay display, CancellationToken stop)
    {
        var device = FineTuning.DeviceNamed(plan.Device);
        var tokenizer = T5Tokenizer.Load(plan.Model);
        using var multiHead = T5Folder.Load(plan.Model, VariantCatalog.All);
        Profile? training = null;
        using var trained = Trained(multiHead, run, tokenizer, Peers.None, display, stop, options.ProfiledSteps is { } steps ? new(steps, measured => training = measured) : null);
        run.Write(Cell.BlocksFile, MergedWeights.Measure(trained, multiHead));

        using var reloaded = _training.Precision == Precision.Float32 ? null : T5Folder.Load(run.ModelFolder, VariantCatalog.All, device: device);
        reloaded?.Deploy(_training.Precision);   // not the one trained: its float32 weights are folded below
        var evaluated = reloaded ?? trained;
        Evaluation? scores = null;
        IReadOnlyList<string>? predictions = null;
        string? obstacle = null;
        var decoding = options.ProfiledSteps is null ? null : new DecodingProfile();
        Randomness.SeedModel(seed);   // noise that a variant keeps while evaluating is that of an uninterrupted run
        try
        {
            (scores, predictions) = Evaluation.Run(evaluated, tokenizer, task.Task, data.Test, task.Beams, task.EvaluationBatch, display, "evaluate", stop, decoding);
        }
        catch (UserException e)
        {
            // The rest of the row is worth having all the same.
            obstacle = e.Message;
        }

        using var folded = Folded(trained);
        Evaluation? foldedScores = null;
        IReadOnlyList<string>? foldedPredictions = null;
        if (folded is not null)
        {
            folded.eval();
            T5Folder.Save(folded, Path.Combine(run.Path, "folded"), plan.Model);
            folded.Deploy(_training.Precision);
            decoding = decoding is null ? null : new();
            (foldedScores, foldedPredictions) = Evaluation.Run(folded, tokenizer, task.Task, data.Test, task.Beams, task.EvaluationBatch, display, "evaluate the fold", stop, decoding);
        }

        CompleteFile.Remove(Path.Combine(run.Path, Cell.PredictionsFile));
        if ((foldedPredictions ?? predictions) is { } generated)
        {
            Evaluation.Write(Path.Combine(run.Path, Cell.PredictionsFile), generated);
        }

        if (decoding is not null)
        {
            // A cell that was trained before is not trained again, and what was measured then still holds.
            run.Write(Cell.ProfileFile, new CellProfile(training ?? run.Read<CellProfile>(Cell.ProfileFile)?.Training, decoding.Measured));
        }

        using var probe = Probe(tokenizer, device);
        var deployed = folded ?? evaluated;
        return new VariantRow
        {
            Task = task.Name,
            Variant = variant.Info.Name,
            Seed = seed,
            EvaluatedOn = task.EvaluatedOn,
            Groups = Groups(trained, variant.Info.Sites),
            KeyValueHeads = trained.Config.Grouping!.KeyValueHeads,
            ExtraParameters = trained.Attentions.Where(block => variant.Info.Sites.HasFlag(block.Site)).Sum(block => variant.ExtraParameters(block.Attention.Shape)),
            TrainableParameters = run.Summary!.Parameters,
            Loss = run.Summary.Loss,
            Scores = scores?.Scores,
            Obstacle = obstacle,
            FoldedScores = foldedScores?.Scores,
            SameTexts = foldedPredictions is null || predictions is null ? null : predictions.Zip(foldedPredictions).Count(texts => texts.First == texts.Second),
            Texts = data.Test.Count,
            FoldMaxError = folded is null || obstacle is not null ? null : FoldCheck.MaxError(evaluated, folded, probe),
            KvBytesPerToken = FoldCheck.CacheBytesPerToken(deployed, probe),
            TokensPerSecond = FoldCheck.TokensPerSecond(deployed, probe),
        };
    }

    // Key/value heads, where all blocks have as many of each.
    private static int? Groups(T5 model, Sites sites)
    {
        int?[] counts = [.. model.Attentions.Where(block => sites.HasFlag(block.Site)).SelectMany(block => new int?[] { block.Attention.Maps.Key.Groups, block.Attention.Maps.Value.Groups }).Distinct()];
        return counts is [var groups] ? groups : null;
    }

    // The plain model that a trained variant equals; null where there is none.
    private static T5? Folded(T5 trained)
    {
        switch (trained.Variant!.Info.Folds)
        {
            case Foldability.Always:
                return ModelFolding.Fold(trained);
            case Foldability.WhenFrozen:
                using (var frozen = ModelFreezing.Freeze(trained))
                {
                    return ModelFolding.Fold(frozen);
                }

            default:
                return null;
        }
    }

    private T5 Trained(T5 multiHead, RunFolder run, T5Tokenizer tokenizer, Peers peers, IProgressDisplay display, CancellationToken stop, StepProfile? profile)
    {
        var device = peers.Place(plan.Device);
        if (run.Summary is not null)
        {
            if (Directory.Exists(run.ModelFolder))
            {
                return T5Folder.Load(run.ModelFolder, VariantCatalog.All, device: device);
            }

            // The cell was finished and its model dropped; other texts to evaluate need it once more.
            CompleteFile.Remove(Path.Combine(run.Path, "summary.json"));
        }

        // What conversion draws (RandomHead, Init = Normal) depends on the seed alone, whichever variant came before.
        Randomness.SeedModel(_training.Seed);
        var model = task.Uptraining is { } uptraining
            ? T5Folder.Load(uptraining.Run(plan.Model, variant, Path.Combine(run.Path, "uptrain"), seed, plan.Device, peers, display, stop), VariantCatalog.All)
            : VariantConversion.Convert(multiHead, variant, () => tokenizer, task.Task, data.Train);
        try
        {
            model.to(device);
            FineTuning.Run(model, tokenizer, plan.Model, task.Task, data.Train, [], task.BatchSize, _training, run, display, stop, peers, profile);
            model.eval();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private Seq2SeqBatch Probe(T5Tokenizer tokenizer, Device device)
    {
        Seq2SeqExample[] examples = [.. task.Task.Encoder(tokenizer).Encode(data.Test.Take(task.EvaluationBatch))];
        return Seq2SeqBatch.Collate(examples, Enumerable.Range(0, examples.Length), device: device);
    }
}
