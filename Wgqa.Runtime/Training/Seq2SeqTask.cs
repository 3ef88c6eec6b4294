using Wgqa.Data;
using Wgqa.Models;
using Wgqa.Training.Distributed;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>Trains a T5 to write each example's target from its source.</summary>
public sealed class Seq2SeqTask : ITrainingTask<Seq2SeqBatch>, IProfiledTask
{
    // Enough that a file's next chunk of lines is tokenized while the batches before it are trained on.
    private const int BatchesAhead = 8;

    private readonly IExampleBatches _training;
    private readonly IEnumerable<IReadOnlyList<Seq2SeqExample>> _validation;
    private readonly Device _device;
    private BatchShare _share = BatchShare.Whole;
    private StepProfile? _profile;

    /// <summary>A task; the examples stay the caller's, and so does the model.</summary>
    /// <param name="model">The model, on its device.</param>
    /// <param name="training">The examples that the model learns from.</param>
    /// <param name="batchSize">Examples in a batch, before accumulation; validation has the same.</param>
    /// <param name="seed">The run's seed, which the order of the batches follows from.</param>
    /// <param name="validation">The held-out examples, if any.</param>
    /// <exception cref="UserException">There are no training examples, or batches of none.</exception>
    public Seq2SeqTask(T5 model, IReadOnlyList<Seq2SeqExample> training, int batchSize, long seed, IReadOnlyList<Seq2SeqExample>? validation = null)
        : this(
            model,
            new PlannedBatches(training, new BatchPlan(training.Count, batchSize, unchecked((ulong)seed), [.. training.Select(static example => example.Length)]).Epoch),
            (validation ?? []).Chunk(batchSize))
    {
    }

    /// <summary>A task over batches, however they come about.</summary>
    /// <param name="model">The model, on its device.</param>
    /// <param name="training">The batches that the model learns from.</param>
    /// <param name="validation">The held-out batches, if any.</param>
    public Seq2SeqTask(T5 model, IExampleBatches training, IEnumerable<IReadOnlyList<Seq2SeqExample>>? validation = null)
    {
        (Model, _training, _validation) = (model, training, validation ?? []);
        _device = model.parameters().First().device;
    }

    /// <summary>The model.</summary>
    public T5 Model { get; }

    /// <summary>A folder whose tokenizer goes with the saved model; null saves none.</summary>
    public string? TokenizerFrom { get; init; }

    nn.Module ITrainingTask<Seq2SeqBatch>.Model => Model;

    StepProfile? IProfiledTask.Profile
    {
        get => _profile;
        set => _profile = value;
    }

    /// <inheritdoc/>
    /// <remarks>Reading, tokenizing and padding go on ahead on another thread; tensors are made here, when they are asked for.</remarks>
    public IEnumerable<Seq2SeqBatch> Epoch(int epoch, int skip) => _training.Epoch(epoch, skip).Select(_share.Of).Select(Pad).Ahead(BatchesAhead).Select(OnDevice);

    /// <inheritdoc/>
    public IEnumerable<Seq2SeqBatch> Validation() => _share.OfAll(_validation).Select(Pad).Select(OnDevice);

    /// <inheritdoc/>
    public void Divide(BatchShare share) => _share = share;

    /// <summary>Cross-entropy averaged over the batch's target tokens.</summary>
    public Tensor Loss(Seq2SeqBatch batch)
    {
        using var read = T5.ShiftRight(batch.Labels, Model.Config.DecoderStartTokenId, Model.Config.PadTokenId);   // (b, t)
        using var encoded = Model.Encode(batch.InputIds, batch.AttentionMask);                                    // (b, s, m)
        using var hidden = Model.DecodeHidden(read, encoded, batch.AttentionMask, null, null);                    // (b, t, m)
        _profile?.Mark(StepPart.Forward);
        return Model.HeadLoss(hidden, batch.Labels);
    }

    /// <inheritdoc/>
    public BatchSize Size(Seq2SeqBatch batch) => new(batch.SourceTokens + batch.TargetTokens, batch.TargetTokens);

    /// <inheritdoc/>
    public void SaveModel(string folder) => T5Folder.Save(Model, folder, TokenizerFrom);

    private PaddedBatch Pad(IReadOnlyList<Seq2SeqExample> examples) =>
        examples.Count > 0 ? PaddedBatch.Of(examples, Model.Config.PadTokenId) : PaddedBatch.Empty;

    private Seq2SeqBatch OnDevice(PaddedBatch batch) => new(batch, _device);
}
