using System.Text.Json;
using Wgqa.Attention;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Runtime.Tests.Training;
using static TorchSharp.torch;
using Dropout = Wgqa.Attention.Dropout;

namespace Wgqa.Runtime.Tests.Attention;

/// <summary>The authors' modules and ours on the same keys: see Golden/README.md.</summary>
[Collection(nameof(GlobalGenerator))]
public sealed class KeyDrivenAgainstAuthorsTests
{
    private static readonly JsonElement Cases = JsonDocument.Parse(File.ReadAllText(Golden.Own("key_driven", "key_driven.json"))).RootElement;

    [Fact]
    public void KdgqaAllocatesAsPublished()
    {
        foreach (var one in Cases.GetProperty("kdgqa").EnumerateArray())
        {
            using var keys = Heads(one, "k");
            using var allocation = new KeyAllocation(Number(one, "heads"), Number(one, "groups"), Allocation.KeyNorms, Mode.Faithful);
            Assert.Equal(Sizes(one), allocation.For(keys).Sizes);
            allocation.eval();
            Assert.Equal(Sizes(one), allocation.For(keys).Sizes);
        }
    }

    [Fact]
    public void KdgqaComputesAsPublished()
    {
        foreach (var one in Cases.GetProperty("kdgqa_outputs").EnumerateArray())
        {
            using var scope = NewDisposeScope();
            var keys = Heads(one, "k");
            var map = new KeyAllocation(Number(one, "heads"), Number(one, "groups"), Allocation.KeyNorms, Mode.Faithful).For(keys);
            var attended = GroupedAttention.Attend(Tokens(one, "q"), keys, Heads(one, "v"), null, HeadMaps.Same(map), new Dropout(0));
            AssertClose(Numbers(one, "attended"), LoopAttention.Numbers(attended));
        }
    }

    [Fact]
    public void DgqaAllocatesAndKeepsStateAsPublished()
    {
        foreach (var run in Cases.GetProperty("dgqa").EnumerateArray())
        {
            var rule = run.GetProperty("kind").GetString() == "diff" ? Allocation.Difference : Allocation.MovingAverage;
            using var allocation = new KeyAllocation(Number(run, "heads"), Number(run, "groups"), rule, Mode.Faithful, Number(run, "window"));
            foreach (var pass in run.GetProperty("passes").EnumerateArray())
            {
                using var keys = Heads(run, "k", pass);
                allocation.train(pass.GetProperty("training").GetBoolean());
                manual_seed(Number(pass, "seed"));
                Assert.Equal(Sizes(pass), allocation.For(keys).Sizes);
                AssertClose(Numbers(pass, "cache"), LoopAttention.Numbers(allocation.state_dict()["key_norms"]));
            }
        }
    }

    [Fact]
    public void PgqaComputesAsPublishedFromTheSameUniformNumbers()
    {
        foreach (var one in Cases.GetProperty("pgqa").EnumerateArray())
        {
            using var scope = NewDisposeScope();
            var map = HeadMap.Contiguous(Number(one, "heads"), Number(one, "groups"));
            var clean = GroupedAttention.Attend(Tokens(one, "q"), Heads(one, "k"), Heads(one, "v"), null, HeadMaps.Same(map), new Dropout(0));
            using var noise = new AttentionNoise(Mode.Faithful);
            noise.Substitute = (rows, columns) => tensor(Numbers(one, "uniform"), ScalarType.Float32).view(rows, columns);
            foreach (var training in new[] { true, false })
            {
                noise.train(training);
                AssertClose(Numbers(one, "attended"), LoopAttention.Numbers(noise.forward(clean, map)));
            }
        }
    }

    private static int Number(JsonElement one, string name) => one.GetProperty(name).GetInt32();

    private static double[] Numbers(JsonElement one, string name) => [.. one.GetProperty(name).EnumerateArray().Select(static number => number.GetDouble())];

    private static int[] Sizes(JsonElement one) => [.. one.GetProperty("sizes").EnumerateArray().Select(static number => number.GetInt32())];

    /// <summary>[b, G, s, d].</summary>
    private static Tensor Heads(JsonElement shape, string name, JsonElement? holder = null) =>
        tensor(Numbers(holder ?? shape, name), [Number(shape, "batch"), Number(shape, "groups"), Number(shape, "tokens"), Number(shape, "width")], ScalarType.Float32);

    /// <summary>[b, t, h·d].</summary>
    private static Tensor Tokens(JsonElement one, string name) =>
        tensor(Numbers(one, name), [Number(one, "batch"), Number(one, "tokens"), Number(one, "heads") * Number(one, "width")], ScalarType.Float32);

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Max(Math.Abs);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 2e-6 * Math.Max(1, largest)));
    }
}
