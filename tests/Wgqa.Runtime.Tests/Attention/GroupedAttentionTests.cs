using TorchSharp;
using Wgqa.Attention;
using Wgqa.Runtime.Tests.Models;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Attention;

/// <summary>Grouped attention under every kind of head map, against the keys and values of each query head written out one by one.</summary>
public sealed class GroupedAttentionTests
{
    private const int Batch = 2;
    private const int Targets = 3;
    private const int Sources = 5;
    private const int Width = 4;
    private const int Heads = 6;

    private static readonly Dictionary<string, HeadMap> Named = new()
    {
        ["multi-head"] = HeadMap.Contiguous(Heads, 6),
        ["plain 3"] = HeadMap.Contiguous(Heads, 3),
        ["plain 2"] = HeadMap.Contiguous(Heads, 2),
        ["one"] = HeadMap.Contiguous(Heads, 1),
        ["strided 3"] = HeadMap.Strided(Heads, 3),
        ["strided 2"] = HeadMap.Strided(Heads, 2),
        ["permuted"] = HeadMap.Of(2, 0, 1, 1, 2, 0),
        ["reversed"] = HeadMap.Of(5, 4, 3, 2, 1, 0),
        ["uneven"] = HeadMap.Of(0, 0, 0, 1, 2, 2),
        ["uneven permuted"] = HeadMap.Of(1, 0, 2, 0, 0, 1),
        ["empty first"] = HeadMap.OfSizes(0, 4, 2),
        ["empty within"] = HeadMap.OfSizes(3, 0, 0, 3),
        ["all in the last"] = HeadMap.OfSizes(0, 0, 6),
    };

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var key in Named.Keys)
            {
                foreach (var value in Named.Keys)
                {
                    pairs.Add(key, value);
                }
            }

            return pairs;
        }
    }

    public static TheoryData<string, string> SomePairs => new()
    {
        { "plain 3", "plain 3" },
        { "plain 2", "plain 3" },
        { "strided 3", "strided 3" },
        { "strided 2", "one" },
        { "permuted", "uneven" },
        { "uneven", "uneven permuted" },
        { "empty within", "empty within" },
    };

    private static HeadMaps Maps(string key, string value) => new(Named[key], Named[value]);

    private static Tensor[] Inputs(HeadMaps maps, ScalarType type, params long[]? biasShape)
    {
        using var random = new Generator(5);
        Tensor Draw(params long[] shape) => randn(shape, ScalarType.Float64, generator: random).to_type(type).requires_grad_();
        Tensor[] inputs =
        [
            Draw(Batch, Targets, Heads * Width), Draw(Batch, maps.Key.Groups, Sources, Width), Draw(Batch, maps.Value.Groups, Sources, Width),
        ];
        return biasShape is null ? inputs : [.. inputs, Draw(biasShape)];
    }

    private static Tensor Oracle(Tensor[] inputs, HeadMaps maps, Func<Tensor, Tensor> drop)
    {
        var heads = new List<Tensor>();
        for (var head = 0; head < Heads; head++)
        {
            var query = inputs[0].narrow(2, head * Width, Width);                                    // (b, t, d)
            var scores = query.matmul(inputs[1].select(1, maps.Key.GroupOf[head]).transpose(1, 2));  // (b, t, s)
            if (inputs.Length > 3)
            {
                scores = scores.add(inputs[3].select(1, inputs[3].size(1) == 1 ? 0 : head));
            }

            heads.Add(drop(scores.softmax(-1)).matmul(inputs[2].select(1, maps.Value.GroupOf[head])));   // (b, t, d)
        }

        return cat([.. heads], 2);
    }

    private static void AssertLikeTheOracle(HeadMaps maps, ScalarType type, double tolerance, long[]? biasShape, Func<Tensor, Tensor>? drop = null)
    {
        using var scope = NewDisposeScope();
        using var dropout = new Dropout(0.5) { Substitute = drop };
        dropout.train(drop is not null);
        var (inputs, same) = (Inputs(maps, type, biasShape), Inputs(maps, type, biasShape));
        var expected = Oracle(inputs, maps, drop ?? (x => x));
        var actual = GroupedAttention.Attend(same[0], same[1], same[2], same.ElementAtOrDefault(3), maps, dropout);
        Closeness.AssertWithin(tolerance, expected, actual, "the output");

        using var random = new Generator(6);
        var weights = randn(expected.shape, type, generator: random);
        expected.mul(weights).sum().backward();
        actual.mul(weights).sum().backward();
        foreach (var (name, a, b) in new[] { "q", "k", "v", "bias" }.Zip(inputs, same))
        {
            Closeness.AssertWithin(tolerance, a.grad ?? zeros_like(a), b.grad ?? zeros_like(b), $"the gradient of {name}");
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void EachHeadMeetsTheKeyAndTheValueOfItsMaps(string key, string value)
    {
        AssertLikeTheOracle(Maps(key, value), ScalarType.Float64, 1e-10, null);
        AssertLikeTheOracle(Maps(key, value), ScalarType.Float64, 1e-10, [1, Heads, Targets, Sources]);
        AssertLikeTheOracle(Maps(key, value), ScalarType.Float64, 1e-10, [Batch, Heads, Targets, Sources]);
        AssertLikeTheOracle(Maps(key, value), ScalarType.Float64, 1e-10, [Batch, 1, 1, Sources]);
    }

    [Theory]
    [MemberData(nameof(SomePairs))]
    public void Float32IsAsGoodAsItsRounding(string key, string value) =>
        AssertLikeTheOracle(Maps(key, value), ScalarType.Float32, 1e-5, [1, Heads, Targets, Sources]);

    [Theory]
    [MemberData(nameof(SomePairs))]
    public void DropoutIsOnTheProbabilities(string key, string value) =>
        AssertLikeTheOracle(Maps(key, value), ScalarType.Float64, 1e-10, [1, Heads, Targets, Sources], static p => p.mul(p.gt(0.15)).mul(2));

    [Theory]
    [MemberData(nameof(SomePairs))]
    public void SixteenBitTypesTakeTheSoftmaxInFloat32(string key, string value)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var dropout = new Dropout(0);
        var maps = Maps(key, value);
        var inputs = Inputs(maps, ScalarType.BFloat16, [1, Heads, Targets, Sources]);
        var actual = GroupedAttention.Attend(inputs[0], inputs[1], inputs[2], inputs[3], maps, dropout);
        Assert.Equal(ScalarType.BFloat16, actual.dtype);
        Closeness.AssertWithin(0.06, Oracle([.. inputs.Select(x => x.to_type(ScalarType.Float32))], maps, x => x), actual, "the output");
    }

    [Theory]
    [MemberData(nameof(SomePairs))]
    public void OneTokenAndItsCacheAttendAsTheWholeDoes(string key, string value)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var dropout = new Dropout(0);
        var maps = Maps(key, value);
        var inputs = Inputs(maps, ScalarType.Float64, [1, Heads, Targets, Sources]);
        Tensor Held(Tensor heads) => cat([heads, heads], 2).narrow(2, 0, Sources);   // as a cache with room left lies in memory
        var whole = GroupedAttention.Attend(inputs[0], inputs[1], inputs[2], inputs[3], maps, dropout);
        var last = GroupedAttention.Attend(inputs[0].narrow(1, Targets - 1, 1), Held(inputs[1]), Held(inputs[2]), inputs[3].narrow(2, Targets - 1, 1), maps, dropout);
        Closeness.AssertWithin(1e-12, whole.narrow(1, Targets - 1, 1), last, "the last token");
    }

    [Theory]
    [MemberData(nameof(SomePairs))]
    public void NothingIsLeftBehind(string key, string value)
    {
        using var scope = NewDisposeScope();
        using var dropout = new Dropout(0.1);
        var maps = Maps(key, value);
        var inputs = Inputs(maps, ScalarType.Float32, [1, Heads, Targets, Sources]);
        void Step()
        {
            using var y = GroupedAttention.Attend(inputs[0], inputs[1], inputs[2], inputs[3], maps, dropout);
            using var sum = y.sum();
            sum.backward();
        }

        Step();   // the first one makes the gradients
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var i = 0; i < 20; i++)
        {
            Step();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void GroupsByTheirNumberAreGroupsOfNeighbours()
    {
        using var scope = NewDisposeScope();
        using var dropout = new Dropout(0);
        var maps = Maps("plain 3", "plain 3");
        var inputs = Inputs(maps, ScalarType.Float64, [1, Heads, Targets, Sources]);
        Assert.Equal(0, Closeness.MaxDifference(
            GroupedAttention.Attend(inputs[0], inputs[1], inputs[2], inputs[3], maps, dropout),
            GroupedAttention.Attend(inputs[0], inputs[1], inputs[2], inputs[3], Heads, dropout)));
    }
}
