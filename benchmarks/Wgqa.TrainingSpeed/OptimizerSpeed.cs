using TorchSharp;
using Wgqa.Models;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.TrainingSpeed;

/// <summary>Our flat AdamW beside TorchSharp's, on the same gradients.</summary>
internal static class OptimizerSpeed
{
    private const long Seed = 1;

    public static void Measure(int rounds)
    {
        Randomness.SeedModel(Seed);
        using var ours = new T5(new T5Config());
        using var theirs = new T5(new T5Config());
        using (no_grad())
        {
            foreach (var (mine, other) in ours.parameters().Zip(theirs.parameters()))
            {
                using var gradient = randn(mine.shape).mul_(1e-3);
                other.copy_(mine);
                (mine.grad, other.grad) = (gradient.clone(), gradient.clone());
            }
        }

        var options = new TrainingOptions { Steps = rounds };
        using var flat = Optimization.Create(ours, options);
        using var plain = optim.AdamW(theirs.parameters(), options.LearningRate, weight_decay: options.WeightDecay);
        var medians = Timing.Medians(
            rounds,
            () =>
            {
                using var gradients = flat.Gather();
                flat.Step(gradients, options.LearningRate, Optimization.ClippingScale(gradients.Norm(), 1e9));
            },
            () =>
            {
                nn.utils.clip_grad_norm_(theirs.parameters(), 1e9);
                plain.step();
            },
            () => flat.Gather().Dispose(),
            () =>
            {
                using var gradients = flat.Gather();
                gradients.Norm();
            });

        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var apart = ours.parameters().Zip(theirs.parameters()).Max(static pair => pair.First.sub(pair.Second).abs().max().ToDouble());
        Console.WriteLine($"{flat.Elements:N0} parameters, {rounds} rounds, {get_num_threads()} threads; after them the two differ by at most {apart:e1}.");
        Console.WriteLine($"flat {medians[0] * 1e3:f1} ms (gather {medians[2] * 1e3:f1}, with norm {medians[3] * 1e3:f1}), TorchSharp {medians[1] * 1e3:f1} ms: {medians[1] / medians[0]:f2} times as fast.");
        Console.WriteLine($"Bytes moved at least: {flat.Elements * 4 * 7 / 1e9:f2} GB, {flat.Elements * 4 * 7 / 1e9 / medians[0]:f1} GB/s.");
    }
}
