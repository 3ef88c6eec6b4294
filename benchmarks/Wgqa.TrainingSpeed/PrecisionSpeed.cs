using System.Diagnostics;
using Wgqa.Data;
using Wgqa.Decoding;
using Wgqa.Models;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.TrainingSpeed;

/// <summary>bfloat16 beside float32: the operations of a model one by one, and T5-small's training step and decoding.</summary>
internal static class PrecisionSpeed
{
    private const long Seed = 1;

    public static void MeasureOperations(int rounds)
    {
        Randomness.SeedModel(Seed);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        Compare("linear [2048, 512]·[2048, 512]ᵀ", randn(2048, 512), x => nn.functional.linear(x, x));
        Compare("linear [1, 512]·[32128, 512]ᵀ", randn(32128, 512), x => nn.functional.linear(x.narrow(0, 0, 1), x));
        Compare("scores [4, 8, 256, 64]", randn(4, 8, 256, 64), static x => x.matmul(x.transpose(2, 3)));
        var scores = randn(4, 8, 256, 256);
        Compare("softmax [4, 8, 256, 256]", scores, static x => x.softmax(-1));
        Compare("softmax in float32, cast back", scores, static x => x.softmax(-1, ScalarType.Float32).to_type(x.dtype));
        Compare("dropout", scores, static x => nn.functional.dropout(x, 0.1, training: true));
        Compare("sum of two", scores, static x => x.add(x));
        Compare("relu", scores, static x => nn.functional.relu(x));
        Compare("tanh", scores, static x => x.tanh());
        Compare("cast to float32", scores, static x => x.to_type(ScalarType.Float32, copy: true));
        var tokens = randint(0, 32128, [2048], dtype: ScalarType.Int64);
        Compare("rows by index, with their gradient", randn(32128, 512), x => WithGradient(x, leaf => leaf.index_select(0, tokens)));
        Compare("linear, with its gradients", randn(2048, 512), static x => WithGradient(x, static leaf => nn.functional.linear(leaf, leaf.narrow(0, 0, 512))));
        return;

        void Compare(string name, Tensor wide, Func<Tensor, Tensor> operation)
        {
            using var narrow = wide.to_type(ScalarType.BFloat16);
            void Run(Tensor x)
            {
                using var all = NewDisposeScope();
                operation(x);
            }

            var medians = Timing.Medians(rounds, () => Run(wide), () => Run(narrow));
            Console.WriteLine($"| {name} | {medians[0] * 1e3:f2} | {medians[1] * 1e3:f2} | {medians[0] / medians[1]:f2} |");
        }
    }

    /// <summary>A training step without the optimizer's part.</summary>
    public static void MeasureSteps(int rounds, int batch, int sources, int targets, double dropout)
    {
        Randomness.SeedModel(Seed);
        using var model = new T5(new T5Config { DropoutRate = dropout });
        model.Initialize();
        model.train();
        using var input = randint(2, 32000, [batch, sources], dtype: ScalarType.Int64);
        using var labels = randint(2, 32000, [batch, targets], dtype: ScalarType.Int64);
        using var read = T5.ShiftRight(labels);
        void Step(Precision precision)
        {
            model.Precision = precision;
            using var scope = NewDisposeScope();
            T5.Loss(model.forward(input, null, read), labels).backward();
            model.zero_grad();
        }

        var medians = Timing.Medians(rounds, () => Step(Precision.Float32), () => Step(Precision.BFloat16));
        Console.WriteLine($"| training step {batch} × {sources}/{targets}, dropout {dropout} | {medians[0] * 1e3:f0} | {medians[1] * 1e3:f0} | {medians[0] / medians[1]:f2} |");
    }

    /// <summary>The same update over and over, optimizer included, with each one's seconds.</summary>
    public static void RepeatStep(int rounds, Precision precision, int batch, int sources, int targets, double dropout)
    {
        Randomness.SeedModel(Seed);
        using var model = new T5(new T5Config { DropoutRate = dropout });
        model.Initialize();
        var random = new Random((int)Seed);
        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(2, 32000))];
        var examples = Enumerable.Range(0, batch).Select(_ => new Seq2SeqExample(Ids(sources), Ids(targets))).ToArray();
        var task = new Seq2SeqTask(model, examples, batch, Seed);
        using var updates = new Updates<Seq2SeqBatch>(task, new() { Steps = rounds + 1, Seed = Seed, Decay = LearningRateDecay.None, Precision = precision });
        for (var step = 0; step < rounds; step++)
        {
            var start = Stopwatch.GetTimestamp();
            var update = updates.Next(() => Seq2SeqBatch.Collate(examples, Enumerable.Range(0, batch)), step);
            Console.WriteLine($"step {step}: {Stopwatch.GetElapsedTime(start).TotalSeconds:f3} s, loss {update!.Value.Loss:f5}");
        }
    }

    /// <summary>Greedy decoding of a fixed number of tokens.</summary>
    public static void MeasureDecoding(int rounds, int batch, int sources, int tokens)
    {
        Randomness.SeedModel(Seed);
        using var wide = new T5(new T5Config());
        wide.Initialize();
        wide.eval();
        Randomness.SeedModel(Seed);
        using var narrow = new T5(new T5Config());
        narrow.Initialize();
        narrow.eval();
        narrow.Deploy(Precision.BFloat16);
        using var input = randint(2, 32000, [batch, sources], dtype: ScalarType.Int64);
        var options = T5Generation.DefaultOptions(wide.Config) with { MinNewTokens = tokens, MaxNewTokens = tokens };
        var medians = Timing.Medians(rounds, () => T5Generation.Generate(wide, input, options), () => T5Generation.Generate(narrow, input, options));
        Console.WriteLine($"| decoding {batch} × {sources}, {tokens} tokens | {medians[0] * 1e3:f0} | {medians[1] * 1e3:f0} | {medians[0] / medians[1]:f2} |");
    }

    private static Tensor WithGradient(Tensor values, Func<Tensor, Tensor> operation)
    {
        using var enabled = enable_grad();
        using var leaf = values.detach().requires_grad_(true);
        using var result = operation(leaf);
        using var sum = result.sum();
        sum.backward();
        return leaf.grad!;
    }
}
