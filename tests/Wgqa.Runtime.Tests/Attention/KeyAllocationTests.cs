using TorchSharp;
using Wgqa.Attention;
using Wgqa.Runtime.Tests.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Attention;

[Collection(nameof(GlobalGenerator))]
public sealed class KeyAllocationTests
{
    private static readonly (int Heads, int Groups)[] Shapes = [(4, 2), (8, 4), (12, 6), (12, 5), (7, 3), (6, 6), (5, 1), (16, 2)];

    public static IEnumerable<object[]> Rules =>
        from rule in Enum.GetValues<Allocation>() from mode in Enum.GetValues<Mode>() select new object[] { rule, mode };

    private static long Live => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    [Fact]
    public void SafeSizesAreAtLeastOneAndAddUp()
    {
        manual_seed(1);
        foreach (var rule in Enum.GetValues<Allocation>())
        {
            foreach (var (heads, groups) in Shapes)
            {
                using var allocation = new KeyAllocation(heads, groups, rule);
                for (var pass = 0; pass < 20; pass++)
                {
                    using var keys = Keys(groups, rows: 1 + (pass % 3), tokens: 1 + (pass % 5));
                    var map = allocation.For(keys);
                    Assert.Equal((heads, groups), (map.Heads, map.Groups));
                    Assert.Equal(heads, map.Sizes.Sum());
                    Assert.All(map.Sizes, size => Assert.InRange(size, 1, heads));
                    Assert.True(map.IsContiguous);
                    Assert.All(allocation.Calibrated.Sizes, size => Assert.InRange(size, 1, heads));
                }
            }
        }
    }

    // Norms per head are what is given: one row, one token of width 1.
    [Theory]
    [InlineData(8, new[] { 1.0, 2, 3 }, new[] { 1, 3, 4 })]          // above the least 0, 1, 2; of 5 heads 0, 1⅔, 3⅓
    [InlineData(9, new[] { 2.0, 3, 3 }, new[] { 1, 4, 4 })]          // of 6 heads 0, 3, 3
    [InlineData(8, new[] { 3.0, 2, 3 }, new[] { 4, 1, 3 })]          // of 5 heads 2½, 0, 2½: the lower group first
    [InlineData(8, new[] { 5.0, 5, 5 }, new[] { 3, 3, 2 })]
    [InlineData(8, new[] { 0.0, 0, 0, 0 }, new[] { 2, 2, 2, 2 })]
    [InlineData(8, new[] { 1.0, 1.0000001, 1, 1 }, new[] { 2, 2, 2, 2 })]   // equal but for rounding
    [InlineData(3, new[] { 1.0, 9, 4 }, new[] { 1, 1, 1 })]
    [InlineData(5, new[] { 7.0 }, new[] { 5 })]
    public void KeyNormsAllocateWhatIsLeftByLargestRemainder(int heads, double[] norms, int[] sizes)
    {
        using var allocation = new KeyAllocation(heads, norms.Length, Allocation.KeyNorms);
        using var keys = KeysOfNorms(norms);
        Assert.Equal(sizes, allocation.For(keys).Sizes);
        Assert.Equal(sizes, allocation.Calibrated.Sizes);
    }

    [Fact]
    public void DifferencesAreToTheNormsOfTheLastWindow()
    {
        using var allocation = new KeyAllocation(8, 2, Allocation.Difference, window: 2);
        using var first = KeysOfNorms(1, 2);
        using var second = KeysOfNorms(9, 2);
        using var third = KeysOfNorms(2, 2);
        Assert.Equal([3, 5], allocation.For(first).Sizes);    // of 6 heads 2, 4: there were no norms before
        Assert.Equal([3, 5], allocation.For(second).Sizes);   // within the window
        Assert.Equal([7, 1], allocation.For(third).Sizes);    // 1 and 0 have changed
        Assert.Equal([7, 1], allocation.For(second).Sizes);
        Assert.Equal([4, 4], allocation.For(third).Sizes);    // nothing has
    }

    [Fact]
    public void TheMovingAverageBeginsWithTheFirstNorms()
    {
        using var allocation = new KeyAllocation(12, 2, Allocation.MovingAverage, beta: 0.25);
        using var first = KeysOfNorms(1, 1);
        using var second = KeysOfNorms(13, 1);
        Assert.Equal([6, 6], allocation.For(first).Sizes);
        Assert.Equal([9, 3], allocation.For(second).Sizes);   // ¼·13 + ¾·1 = 4 to 1: of 10 heads 8, 2
    }

    [Fact]
    public void CalibrationIsByTheMeanOfTheNorms()
    {
        using var allocation = new KeyAllocation(8, 3, Allocation.KeyNorms);
        foreach (double[] norms in new[] { new[] { 1.0, 1, 4 }, [2, 4, 1], [3, 1, 1] })
        {
            using var keys = KeysOfNorms(norms);
            allocation.For(keys);
        }

        Assert.Equal([2, 2, 2], LoopAttention.Numbers(allocation.state_dict()["key_norms"]).Select(static norm => Math.Round(norm)));
        Assert.Equal([3, 3, 2], allocation.Calibrated.Sizes);
    }

    [Fact]
    public void NeitherTheNumberOfRowsNorOfTokensIsANorm()
    {
        manual_seed(2);
        using var keys = Keys(3, rows: 2, tokens: 4);
        using var more = cat([keys, keys, keys], 0);
        using var longer = cat([more, more], 2);
        using var one = new KeyAllocation(8, 3, Allocation.Difference);
        one.For(keys);
        using var other = new KeyAllocation(8, 3, Allocation.Difference);
        other.For(longer);
        AssertClose(one.state_dict()["key_norms"], other.state_dict()["key_norms"]);
    }

    [Fact]
    public void TheOrderOfTheRowsDoesNotMatter()
    {
        manual_seed(3);
        foreach (var rule in Enum.GetValues<Allocation>())
        {
            using var one = new KeyAllocation(12, 5, rule);
            using var other = new KeyAllocation(12, 5, rule);
            for (var pass = 0; pass < 10; pass++)
            {
                using var keys = Keys(5, rows: 6, tokens: 3);
                using var reversed = keys.flip(0);
                Assert.Equal(one.For(keys), other.For(reversed));
            }

            Assert.Equal(LoopAttention.Numbers(one.state_dict()["key_norms"]), LoopAttention.Numbers(other.state_dict()["key_norms"]));
        }
    }

    [Theory]
    [InlineData(Allocation.KeyNorms)]
    [InlineData(Allocation.Difference)]
    [InlineData(Allocation.MovingAverage)]
    public void SafeEvaluationChangesNothingAndDoesNotLookAtTheKeys(Allocation rule)
    {
        manual_seed(4);
        using var allocation = new KeyAllocation(8, 3, rule);
        allocation.eval();
        using (var keys = Keys(3))
        {
            Assert.Equal([3, 3, 2], allocation.For(keys).Sizes);
        }

        allocation.train();
        using (var keys = Keys(3))
        {
            allocation.For(keys);
        }

        allocation.eval();
        var calibrated = allocation.Calibrated;
        var state = State(allocation);
        for (var i = 0; i < 5; i++)
        {
            using var keys = Keys(3);
            Assert.Equal(calibrated, allocation.For(keys));
        }

        Assert.Equal(state, State(allocation));
    }

    [Fact]
    public void SafeModeDrawsNothing()
    {
        manual_seed(5);
        using var expected = rand(4);
        foreach (var rule in Enum.GetValues<Allocation>())
        {
            manual_seed(5);
            using var allocation = new KeyAllocation(7, 3, rule);
            using var keys = KeysOfNorms(1, 5, 3);
            allocation.For(keys);
            using var drawn = rand(4);
            Assert.Equal(LoopAttention.Numbers(expected), LoopAttention.Numbers(drawn));
        }
    }

    [Fact]
    public void APassThatOverflowedIsCountedAndForgotten()
    {
        foreach (var rule in Enum.GetValues<Allocation>())
        {
            using var allocation = new KeyAllocation(8, 2, rule);
            using var keys = KeysOfNorms(1, 3);
            allocation.For(keys);
            var before = State(allocation);
            var calibrated = allocation.Calibrated;
            using var overflowed = KeysOfNorms(1, double.PositiveInfinity);
            Assert.Equal(calibrated, allocation.For(overflowed));
            Assert.Equal(before.Select((number, at) => at == before.Length - 1 ? number + 1 : number), State(allocation));
        }
    }

    [Fact]
    public void FaithfulHalvesAreRoundedToEven()
    {
        using var allocation = new KeyAllocation(5, 3, Allocation.KeyNorms, Mode.Faithful);
        using var keys = KeysOfNorms(0, 1, 1);   // 0, 2½, 2½: 0, 2, 2, and the first of the smallest has the fifth
        Assert.Equal([1, 2, 2], allocation.For(keys).Sizes);
    }

    [Fact]
    public void FaithfulCorrectionsAreValidWhateverIsDrawn()
    {
        manual_seed(6);
        var maps = new HashSet<HeadMap>();
        for (var i = 0; i < 50; i++)
        {
            using var allocation = new KeyAllocation(8, 3, Allocation.MovingAverage, Mode.Faithful);
            using var keys = KeysOfNorms(1, 1, 1);   // 8/3 each: 3, 3, 3, of which one goes
            var map = allocation.For(keys);
            Assert.Equal(8, map.Sizes.Sum());
            Assert.Equal([2, 3, 3], map.Sizes.Order());
            maps.Add(map);
        }

        Assert.Equal(3, maps.Count);
    }

    [Theory]
    [InlineData(Allocation.KeyNorms, "4 query heads cannot be allocated to 2 key heads as published, which divides 0 by 0 where all key heads have equal norms; Mode.Safe splits evenly.")]
    [InlineData(Allocation.Difference, "4 query heads cannot be allocated to 2 key heads as published, which divides 0 by 0 where all key heads have the norms that they had; Mode.Safe splits evenly.")]
    [InlineData(Allocation.MovingAverage, "4 query heads cannot be allocated to 2 key heads as published, which divides 0 by 0 where all key heads have norms of zero; Mode.Safe splits evenly.")]
    public void FaithfulZeroByZeroIsAnErrorThatLeavesStateAlone(Allocation rule, string message)
    {
        using var allocation = new KeyAllocation(4, 2, rule, Mode.Faithful);
        var before = State(allocation);
        using var keys = KeysOfNorms(0, 0);
        Assert.Equal(message, Assert.Throws<UserException>(() => allocation.For(keys)).Message);
        Assert.Equal(before, State(allocation));
    }

    [Theory]
    [InlineData(Allocation.KeyNorms)]
    [InlineData(Allocation.Difference)]
    [InlineData(Allocation.MovingAverage)]
    public void FaithfulNormsThatAreNotFiniteAreAnError(Allocation rule)
    {
        using var allocation = new KeyAllocation(4, 2, rule, Mode.Faithful);
        foreach (var odd in new[] { double.NaN, double.PositiveInfinity })
        {
            using var keys = KeysOfNorms(1, odd);
            Assert.Equal("4 query heads cannot be allocated to 2 key heads: the norms of the keys are not finite.", Assert.Throws<UserException>(() => allocation.For(keys)).Message);
        }
    }

    [Fact]
    public void AFaithfulMapMayHaveEmptyGroupsAndACalibratedOneNot()
    {
        using var allocation = new KeyAllocation(8, 3, Allocation.Difference, Mode.Faithful);
        using var keys = KeysOfNorms(1, 0, 0);
        Assert.Equal([8, 0, 0], allocation.For(keys).Sizes);
        Assert.Equal([6, 1, 1], allocation.Calibrated.Sizes);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void AnAllocationGoesOnFromItsStateAsIfItHadNeverStopped(Allocation rule, Mode mode)
    {
        manual_seed(7);
        using var whole = new KeyAllocation(8, 3, rule, mode, window: 3);
        using var resumed = new KeyAllocation(8, 3, rule, mode, window: 3);
        for (var pass = 0; pass < 12; pass++)
        {
            using var keys = Keys(3);
            if (pass == 5)
            {
                resumed.load_state_dict(whole.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value));
            }

            manual_seed(100 + pass);
            var map = whole.For(keys);
            if (pass >= 5)
            {
                manual_seed(100 + pass);
                Assert.Equal(map, resumed.For(keys));
            }
        }

        Assert.Equal(State(whole), State(resumed));
    }

    [Fact]
    public void CountsAndNormsKeepTheirTypesWhateverTheModelsIs()
    {
        using var allocation = new KeyAllocation(8, 3, Allocation.KeyNorms);
        var buffers = allocation.named_buffers().ToDictionary(buffer => buffer.name, buffer => buffer.buffer);
        allocation.to(ScalarType.BFloat16);
        allocation.to(CPU, ScalarType.Float64);
        Assert.Equal(["key_norms", "passes", "sizes"], buffers.Keys.Order());
        Assert.Equal((ScalarType.Float32, ScalarType.Int64, ScalarType.Int64), (buffers["key_norms"].dtype, buffers["passes"].dtype, buffers["sizes"].dtype));
        Assert.Empty(allocation.parameters());
        using var keys = KeysOfNorms(1, 2, 3);
        using var half = keys.to_type(ScalarType.BFloat16);
        Assert.Equal([1, 3, 4], allocation.For(half).Sizes);
        Assert.Equal(1, buffers["passes"].item<long>());
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void APassLeavesNoTensorBehindAndIsOutsideOfAutograd(Allocation rule, Mode mode)
    {
        manual_seed(8);
        var start = Live;
        using (var allocation = new KeyAllocation(8, 3, rule, mode))
        {
            using var keys = Keys(3).requires_grad_();
            allocation.For(keys);
            var before = Live;
            for (var pass = 0; pass < 20; pass++)
            {
                allocation.train(pass % 2 == 0);
                using var others = Keys(3).requires_grad_();
                allocation.For(others);
            }

            Assert.Equal(before, Live);
            Assert.All(allocation.buffers(), buffer => Assert.False(buffer.requires_grad));
        }

        Assert.Equal(start, Live);
    }

    [Fact]
    public void AnAllocationMadeWithinADisposeScopeOutlivesIt()
    {
        KeyAllocation allocation;
        using (NewDisposeScope())
        {
            allocation = new KeyAllocation(4, 2, Allocation.KeyNorms);
        }

        using (allocation)
        {
            Assert.Equal([2, 2], allocation.Calibrated.Sizes);
        }
    }

    [Fact]
    public void NumbersOutOfRangeAreRefused()
    {
        static string Refused(Func<KeyAllocation> make) => Assert.Throws<UserException>(make).Message;
        Assert.Equal("4 query heads cannot be allocated to 5 key heads, which takes at least 1 key head and at most 4.", Refused(() => new(4, 5, Allocation.KeyNorms)));
        Assert.Equal("4 query heads cannot be allocated to 0 key heads, which takes at least 1 key head and at most 4.", Refused(() => new(4, 0, Allocation.KeyNorms)));
        Assert.Equal("a key-driven allocation takes a window of at least 1 and a beta above 0 and at most 1; they are 0 and 0.9.", Refused(() => new(4, 2, Allocation.Difference, window: 0)));
        Assert.Equal("a key-driven allocation takes a window of at least 1 and a beta above 0 and at most 1; they are 1 and NaN.", Refused(() => new(4, 2, Allocation.MovingAverage, beta: double.NaN)));
        Assert.Equal("4 query heads cannot be allocated to 1 key head as published, which divides 0 by 0 there; Mode.Safe gives it all of them.", Refused(() => new(4, 1, Allocation.KeyNorms, Mode.Faithful)));
    }

    /// <summary>Keys whose heads differ in strength: [b, g, s, 2].</summary>
    private static Tensor Keys(int groups, int rows = 2, int tokens = 3)
    {
        using var scope = NewDisposeScope();
        return randn(rows, groups, tokens, 2).mul(rand(groups).add(0.1).view(1, groups, 1, 1)).MoveToOuterDisposeScope();
    }

    /// <summary>One row, one token of width 1: [1, g, 1, 1].</summary>
    private static Tensor KeysOfNorms(params double[] norms) => tensor(norms, [1, norms.Length, 1, 1], ScalarType.Float32);

    /// <summary>All buffers' numbers, the number of passes last.</summary>
    private static double[] State(KeyAllocation allocation)
    {
        var state = allocation.state_dict();
        return [.. new[] { "key_norms", "sizes", "passes" }.SelectMany(name => LoopAttention.Numbers(state[name]))];
    }

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.All(LoopAttention.Numbers(expected).Zip(LoopAttention.Numbers(actual)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
}
