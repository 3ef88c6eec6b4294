using System.Text.Json.Nodes;
using TorchSharp;
using Wgqa.Checkpoints;
using Wgqa.Models;
using Wgqa.Testing;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Training;

/// <summary>
/// Ten steps against torch's own: loss and gradient norm of every step, learning rates, the loss afterwards, the norm of every
/// parameter and of its change. Not among them: Adafactor, which TorchSharp does not have.
/// </summary>
public sealed class GoldenTrajectoryTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string, string, TrainingOptions> Cases()
    {
        var plain = new TrainingOptions { Steps = 10, WeightDecay = 0 };
        (string, TrainingOptions)[] both =
        [
            ("adamw_wd0.0_noclip", plain),
            ("adamw_wd0.01_clip1.0", new() { Steps = 10, ClipGradientNorm = 1 }),
            ("adamw_trainergroups_wd0.01_clip1.0", new() { Steps = 10, ClipGradientNorm = 1, DecayNormsAndBiases = false }),
        ];
        (string, TrainingOptions)[] tied =
        [
            .. both,
            ("adamw_wd0.0_clip1.0", plain with { ClipGradientNorm = 1 }),
            ("adamw_wd0.01_noclip", new() { Steps = 10 }),
            ("adamw_wd1.0_noclip", plain with { WeightDecay = 1 }),
            ("adamw_warmup3_wd0.0_clip1.0", plain with { ClipGradientNorm = 1, WarmupSteps = 3 }),
            ("adamw_accum2_wd0.0_noclip", plain with { Accumulation = 2 }),
            ("sgd_momentum0.9_lr0.05", plain with { UpdateRule = UpdateRule.Sgd, LearningRate = 0.05, Momentum = 0.9, Decay = LearningRateDecay.None }),
        ];
        var data = new TheoryData<string, string, TrainingOptions>();
        foreach (var (model, cases) in new[] { ("t5_tied", tied), ("t5_gated", both) })
        {
            foreach (var (name, options) in cases)
            {
                data.Add(model, name, options);
            }
        }

        return data;
    }

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void TenStepsAreTorchs(string model, string name, TrainingOptions options)
    {
        var golden = JsonNode.Parse(File.ReadAllText(SharedFolder.Path("golden", model, "golden_train.json")))!["cases"]![name]!;
        using var t5 = GoldenTask.Load(model);
        var initial = t5.named_parameters().ToDictionary(static named => named.Item1, static named => named.Item2.detach().clone());
        using var task = new GoldenTask(t5, SharedFolder.Path("golden", model, "golden_train.safetensors"));
        using var run = RunFolder.Open(_scratch.In("run"), options);

        Trainer.Fit(task, options with { LogEvery = 1 }, run);

        var lines = MetricsLog.Read(run.MetricsFile);
        AssertClose(golden["loss"]!, lines.Select(static line => line.Loss), 1e-4);
        AssertClose(golden["grad_norm"]!, lines.Select(static line => line.GradNorm), 1e-3);
        AssertClose(golden["lr"]!, lines.Select(static line => line.Lr), 1e-15);
        Assert.Equal((double)golden["eval_loss_batch0_after"]!, task.LossOfBatch(0), 1e-4);
        foreach (var (parameter, norm) in t5.named_parameters().Select(static named => (named.Item1, named.Item2)))
        {
            using var change = norm.detach() - initial[parameter];
            Assert.Equal((double)golden["final_param_norm"]![parameter]!, Norm(norm), 1e-3);
            Assert.Equal((double)golden["final_delta_norm"]![parameter]!, Norm(change), 1e-3);
            initial[parameter].Dispose();
        }
    }

    private static double Norm(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to_type(ScalarType.Float64).norm().ToDouble();
    }

    private static void AssertClose(JsonNode expected, IEnumerable<double> actual, double tolerance) =>
        Assert.Equal(expected.AsArray().Select(static value => (double)value!), actual, (a, b) => Math.Abs(a - b) <= tolerance);
}

/// <summary>The four batches of the reference training data, one after another.</summary>
internal sealed class GoldenTask(T5 model, string data) : ITrainingTask<GoldenBatch>, IDisposable
{
    private readonly Tensor _inputIds = Read(data, "in.train_input_ids");   // (4, b, s)
    private readonly Tensor _labels = Read(data, "in.train_labels");        // (4, b, t)

    public nn.Module Model => model;

    /// <summary>A reference model without the dropout that its configuration has and the reference training does not.</summary>
    public static T5 Load(string name)
    {
        var folder = SharedFolder.Path("golden", name);
        var loaded = new T5(T5ConfigFile.Load(folder) with { DropoutRate = 0 });
        using var weights = CheckpointWeights.Open(folder);
        weights.CopyInto(loaded);
        return loaded;
    }

    public IEnumerable<GoldenBatch> Epoch(int epoch, int skip) => Enumerable.Range(0, 4).Skip(skip).Select(Batch);

    public IEnumerable<GoldenBatch> Validation() => [];

    public Tensor Loss(GoldenBatch batch)
    {
        using var mask = batch.InputIds.ne(0).to_type(ScalarType.Int64);
        using var read = T5.ShiftRight(batch.Labels);
        using var logits = model.forward(batch.InputIds, mask, read);
        return T5.Loss(logits, batch.Labels);
    }

    public BatchSize Size(GoldenBatch batch) => new(batch.InputIds.numel(), batch.Labels.numel());

    public void SaveModel(string folder) => T5Folder.Save(model, folder);

    public double LossOfBatch(int index)
    {
        model.eval();
        using var frozen = no_grad();
        using var batch = Batch(index);
        using var loss = Loss(batch);
        return loss.ToDouble();
    }

    public void Dispose()
    {
        _inputIds.Dispose();
        _labels.Dispose();
    }

    private GoldenBatch Batch(int index) => new(_inputIds[index], _labels[index]);

    private static Tensor Read(string path, string name)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Read(name);
    }
}

internal sealed record GoldenBatch(Tensor InputIds, Tensor Labels) : IDisposable
{
    public void Dispose()
    {
        InputIds.Dispose();
        Labels.Dispose();
    }
}
