using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TorchSharp;
using Wgqa.Checkpoints;
using Wgqa.Data;
using Wgqa.Folding;
using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Recipes;

/// <summary>
/// The experiment behind a table: every variant is converted from one multi-head model, fine-tuned on the same batches,
/// evaluated, folded, checked against its fold and evaluated again. A variant whose row is written is not redone,
/// unless it was evaluated on other texts or with other beams.
/// </summary>
internal sealed class VariantComparison
{
    private const string RowFile = "row.json";

    /// <summary>The multi-head model's folder.</summary>
    public required string Model { get; init; }

    /// <summary>The task.</summary>
    public required TextTask Task { get; init; }

    /// <summary>The data as the user named it.</summary>
    public required string Data { get; init; }

    /// <summary>Training pairs.</summary>
    public required IReadOnlyList<TextPair> Train { get; init; }

    /// <summary>Held-out pairs that scores are computed on.</summary>
    public required IReadOnlyList<TextPair> Test { get; init; }

    /// <summary>Pairs per training batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Hyper-parameters of fine-tuning.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Beams when generating.</summary>
    public int Beams { get; init; } = 1;

    /// <summary>Texts generated together.</summary>
    public int EvaluationBatch { get; init; } = 32;

    /// <summary>Where to compute.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Runs what is missing and returns all rows, in the variants' order.</summary>
    public VariantTable Run(IReadOnlyList<AttentionVariant> variants, string folder, IProgressDisplay display, CancellationToken stop)
    {
        RequireFits(variants);
        var evaluatedOn = EvaluatedOn();
        var rows = new List<VariantRow>();
        foreach (var variant in variants)
        {
            stop.ThrowIfCancellationRequested();
            rows.Add(RunOne(variant, Path.Combine(folder, variant.Info.Name), evaluatedOn, display, stop));
        }

        var table = new VariantTable(Task.Metric, rows, Path.GetFullPath(folder));
        CompleteFile.Write(Path.Combine(folder, "table.md"), table.ToText());
        CompleteFile.Write(Path.Combine(folder, "table.json"), table.ToJson().ToJsonString() + "\n");
        return table;
    }

    private VariantRow RunOne(AttentionVariant variant, string folder, string evaluatedOn, IProgressDisplay display, CancellationToken stop)
    {
        var config = new RunConfig
        {
            Command = "table",
            Model = Path.GetFullPath(Model),
            Variant = variant.Info.Name,
            Data = Data,
            Pairs = Train.Count,
            Task = Task,
            BatchSize = BatchSize,
            Training = Training,
            Device = Device,
        };
        using var run = RunFolder.Open(folder, config);
        if (run.Read<VariantRow>(RowFile) is { } finished && finished.EvaluatedOn == evaluatedOn)
        {
            return finished;
        }

        var device = FineTuning.DeviceNamed(Device);
        var tokenizer = T5Tokenizer.Load(Model);
        using var trained = Trained(variant, run, tokenizer, device, display, stop);
        using var reloaded = Training.Precision == Precision.Float32 ? null : T5Folder.Load(run.ModelFolder, VariantCatalog.All, device: device);
        reloaded?.Deploy(Training.Precision);   // not the one trained: its float32 weights are folded below
        var evaluated = reloaded ?? trained;
        Evaluation? scores = null;
        IReadOnlyList<string>? predictions = null;
        string? obstacle = null;
        try
        {
            (scores, predictions) = Evaluation.Run(evaluated, tokenizer, Task, Test, Beams, EvaluationBatch, display, $"{variant.Info.Name}: evaluate", stop);
        }
        catch (UserException e)
        {
            // The other rows are worth having all the same.
            obstacle = e.Message;
        }

        using var folded = Folded(trained);
        Evaluation? foldedScores = null;
        IReadOnlyList<string>? foldedPredictions = null;
        if (folded is not null)
        {
            folded.eval();
            T5Folder.Save(folded, Path.Combine(folder, "folded"), Model);
            folded.Deploy(Training.Precision);
            (foldedScores, foldedPredictions) = Evaluation.Run(folded, tokenizer, Task, Test, Beams, EvaluationBatch, display, $"{variant.Info.Name}: evaluate the fold", stop);
        }

        using var probe = Probe(tokenizer, device);
        var deployed = folded ?? evaluated;

        var row = new VariantRow
        {
            Variant = variant.Info.Name,
            EvaluatedOn = evaluatedOn,
            Groups = Groups(trained, variant.Info.Sites),
            KeyValueHeads = trained.Config.Grouping!.KeyValueHeads,
            ExtraParameters = trained.Attentions.Where(block => variant.Info.Sites.HasFlag(block.Site)).Sum(block => variant.ExtraParameters(block.Attention.Shape)),
            TrainableParameters = run.Summary!.Parameters,
            Loss = run.Summary.Loss,
            Scores = scores?.Scores,
            Obstacle = obstacle,
            FoldedScores = foldedScores?.Scores,
            SameTexts = foldedPredictions is null || predictions is null ? null : predictions.Zip(foldedPredictions).Count(texts => texts.First == texts.Second),
            Texts = Test.Count,
            FoldMaxError = folded is null || obstacle is not null ? null : FoldCheck.MaxError(evaluated, folded, probe),
            KvBytesPerToken = FoldCheck.CacheBytesPerToken(deployed, probe),
            TokensPerSecond = FoldCheck.TokensPerSecond(deployed, probe),
        };
        Evaluation.Write(Path.Combine(folder, "predictions.txt"), foldedPredictions ?? predictions ?? []);
        run.Write(RowFile, row);
        return row;
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

    private T5 Trained(AttentionVariant variant, RunFolder run, T5Tokenizer tokenizer, Device device, IProgressDisplay display, CancellationToken stop)
    {
        if (run.Summary is not null)
        {
            return T5Folder.Load(run.ModelFolder, VariantCatalog.All, device: device);
        }

        // What conversion draws (RandomHead, Init = Normal) depends on the seed alone, whichever variant came before.
        Randomness.SeedModel(Training.Seed);
        using var multiHead = T5Folder.Load(Model, VariantCatalog.All);
        var model = VariantConversion.Convert(multiHead, variant, () => tokenizer, Task, Train);
        try
        {
            model.to(device);
            FineTuning.Run(model, tokenizer, Model, Task, Train, [], BatchSize, Training, run, display, stop);
            model.eval();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>What would go wrong with the last variant goes wrong before the first is trained, and before there is a folder.</summary>
    private void RequireFits(IReadOnlyList<AttentionVariant> variants)
    {
        var config = T5ConfigFile.Load(Model);
        if (config.Grouping is { } grouping)
        {
            throw new UserException($"{Model} has {grouping.KeyValueHeads} at {grouping.Sites}; variants are converted from a multi-head model.");
        }

        T5Tokenizer.Load(Model).EnsureFits(config.VocabSize, "the model's configuration");
        foreach (var variant in variants)
        {
            foreach (var site in Enum.GetValues<Sites>().Where(site => variant.Info.Sites.HasFlag(site)))
            {
                for (var layer = 0; layer < (site == Sites.Encoder ? config.EncoderLayers : config.DecoderLayers); layer++)
                {
                    variant.MapsFor(config.Shape with { Site = site, Layer = layer });
                }
            }
        }
    }

    /// <summary>What scores depend on beside the trained model: a row computed on something else is computed again.</summary>
    private string EvaluatedOn()
    {
        var texts = JsonSerializer.SerializeToUtf8Bytes(Test.Select(pair => new { pair.Source, pair.References }));
        var digest = Convert.ToHexStringLower(SHA256.HashData(texts))[..16];
        return string.Create(CultureInfo.InvariantCulture, $"{Test.Count} pairs ({digest}), beams {Beams}");
    }

    private Seq2SeqBatch Probe(T5Tokenizer tokenizer, Device device)
    {
        Seq2SeqExample[] examples = [.. Task.Encoder(tokenizer).Encode(Test.Take(EvaluationBatch))];
        return Seq2SeqBatch.Collate(examples, Enumerable.Range(0, examples.Length), device: device);
    }
}
