using Wgqa.Training.Distributed;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>What a run trains: a model, the batches that it sees, and what it loses on one of them.</summary>
/// <typeparam name="TBatch">A batch; it owns its tensors.</typeparam>
public interface ITrainingTask<TBatch>
    where TBatch : IDisposable
{
    /// <summary>The model, on the device that batches arrive on.</summary>
    nn.Module Model { get; }

    /// <summary>
    /// The batches of one epoch in their order, without the first <paramref name="skip"/>: a pure function of the run's
    /// seed and <paramref name="epoch"/>, so that a resumed run sees what the uninterrupted one would have seen.
    /// </summary>
    IEnumerable<TBatch> Epoch(int epoch, int skip);

    /// <summary>The held-out batches; none where there is no validation.</summary>
    IEnumerable<TBatch> Validation();

    /// <summary>The loss averaged over the batch's targets: a scalar, the caller's to dispose.</summary>
    Tensor Loss(TBatch batch);

    /// <summary>What a batch holds, without its padding.</summary>
    BatchSize Size(TBatch batch);

    /// <summary>
    /// From here on <see cref="Epoch"/> gives one process's share of every batch, which may be an empty one of no targets, and <see cref="Validation"/> its
    /// share of the batches.
    /// </summary>
    /// <exception cref="UserException">The task's batches cannot be divided.</exception>
    void Divide(BatchShare share) => throw new UserException($"{GetType().Name} cannot be trained by several processes: it does not say how a batch is divided.");

    /// <summary>Writes the model as others will load it into a new folder.</summary>
    void SaveModel(string folder);
}

/// <summary>What a batch holds, without its padding.</summary>
/// <param name="Tokens">Elements that go through the model: source and target tokens.</param>
/// <param name="Targets">Elements that the loss averages over.</param>
public readonly record struct BatchSize(long Tokens, long Targets);
