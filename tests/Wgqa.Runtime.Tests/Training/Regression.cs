using TorchSharp.Modules;
using TorchSharp.Utils;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Training;

/// <summary>Two layers with dropout between them: small enough that a run takes milliseconds, random enough that a wrong resume shows.</summary>
internal sealed class SmallNetwork : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "inner")] private readonly Linear _inner;   // [8, 4]
    [ComponentName(Name = "layer_norm")] private readonly LayerNorm _norm;
    [ComponentName(Name = "outer")] private readonly Linear _outer;   // [1, 8]

    public SmallNetwork() : base(nameof(SmallNetwork))
    {
        _inner = nn.Linear(4, 8);
        _norm = nn.LayerNorm(8);
        _outer = nn.Linear(8, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var inner = nn.functional.dropout(_norm.forward(_inner.forward(x)), 0.3, training);
        return _outer.forward(nn.functional.relu(inner)).MoveToOuterDisposeScope();
    }
}

internal sealed record RegressionBatch(Tensor X, Tensor Y) : IDisposable
{
    public void Dispose()
    {
        X.Dispose();
        Y.Dispose();
    }
}

/// <summary>Fits a fixed linear function: five batches an epoch, in an order that follows from seed and epoch.</summary>
internal sealed class Regression : ITrainingTask<RegressionBatch>, IDisposable
{
    private const int BatchesPerEpoch = 5;
    private readonly long _seed;

    public Regression(long seed)
    {
        _seed = seed;
        Randomness.SeedModel(seed);
        Model = new SmallNetwork();
    }

    public SmallNetwork Model { get; }

    nn.Module ITrainingTask<RegressionBatch>.Model => Model;

    /// <summary>Called with every loss before the run sees it, which it may replace.</summary>
    public Func<Tensor, Tensor> OnLoss { get; set; } = static loss => loss;

    /// <summary>Whether the model was in training mode, for every loss.</summary>
    public List<bool> Modes { get; } = [];

    public int ValidationBatches { get; init; }

    public IEnumerable<RegressionBatch> Epoch(int epoch, int skip)
    {
        var order = Enumerable.Range(0, BatchesPerEpoch).ToArray();
        new Random((int)_seed + (epoch * 1000)).Shuffle(order);
        return order.Skip(skip).Select(Batch);
    }

    public IEnumerable<RegressionBatch> Validation() => Enumerable.Range(100, ValidationBatches).Select(Batch);

    public Tensor Loss(RegressionBatch batch)
    {
        Modes.Add(Model.training);
        using var predicted = Model.forward(batch.X);
        return OnLoss(nn.functional.mse_loss(predicted, batch.Y));
    }

    public BatchSize Size(RegressionBatch batch) => new(batch.X.numel(), batch.Y.numel());

    public void SaveModel(string folder) => Model.save(Path.Combine(folder, "weights"));

    public float[] Weights() => [.. Model.parameters().SelectMany(static parameter => parameter.data<float>().ToArray())];

    public void Dispose() => Model.Dispose();

    private static RegressionBatch Batch(int index)
    {
        var random = new Random(index);
        var x = Enumerable.Range(0, 6 * 4).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        var y = x.Chunk(4).Select(static row => row[0] - (2 * row[1]) + (0.5f * row[3])).ToArray();
        return new(tensor(x, [6, 4]), tensor(y, [6, 1]));
    }
}

/// <summary>Tests that draw from torch's global generator run while no other test does.</summary>
[CollectionDefinition(nameof(GlobalGenerator), DisableParallelization = true)]
public sealed class GlobalGenerator;
