using TorchSharp;
using Wgqa.Attention;
using Wgqa.Runtime.Tests.Models;
using static TorchSharp.torch;
using Dropout = Wgqa.Attention.Dropout;

namespace Wgqa.Runtime.Tests.Attention;

public sealed class BlendedAttentionTests
{
    // (targets, key heads, value heads): queries expanded for both, for keys alone, for neither, for values alone.
    public static TheoryData<int, int, int> Shapes => new() { { 1, 2, 1 }, { 1, 2, 3 }, { 4, 2, 3 }, { 2, 3, 1 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ValuesAndGradientsAreThoseOfPlainLoops(int targets, int keyHeads, int valueHeads)
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        var heads = 3;
        var q = Leaf(2, targets, heads * 2);
        var k = Leaf(2, keyHeads, 4, 2);
        var v = Leaf(2, valueHeads, 4, 2);
        var bias = Leaf(1, heads, targets, 4);
        var keyExpand = Leaf(heads, keyHeads);
        var valueExpand = Leaf(heads, valueHeads);
        var dropout = new Dropout(0);
        Tensor Attend() => BlendedAttention.Attend(q, k, v, bias, keyExpand, valueExpand, dropout);
        double[] Loops() => LoopAttention.Attend(q, k, v, bias, Table(keyExpand), Table(valueExpand));
        Assert.All(Loops().Zip(LoopAttention.Numbers(Attend())), static pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Slopes.AssertGradients([q, k, v, bias, keyExpand, valueExpand], Attend, Loops);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void BlockSelectionIsGroupedQueryAttention(int targets)
    {
        manual_seed(2);
        using var scope = NewDisposeScope();
        var (q, k, v, bias) = (randn(2, targets, 6 * 4), randn(2, 3, 7, 4), randn(2, 3, 7, 4), randn(1, 6, targets, 7));
        var dropout = new Dropout(0);
        var selection = BlendedAttention.Selection(HeadMap.Contiguous(6, 3));
        var blended = BlendedAttention.Attend(q, k, v, bias, selection, selection, dropout);
        var grouped = GroupedAttention.Attend(q, k, v, bias, 6, dropout);
        Closeness.AssertWithin(1e-6, grouped, blended, "block selection");
    }

    [Fact]
    public void SelectionHasAOneAtEachHeadsGroup()
    {
        using var selection = BlendedAttention.Selection(HeadMap.Of(1, 0, 2, 0));
        Assert.Equal([0.0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0], LoopAttention.Numbers(selection));
        Assert.Equal([4L, 3], selection.shape);
        Assert.Equal(ScalarType.Float32, selection.dtype);
    }

    [Fact]
    public void FewTargetsExpandQueries()
    {
        Assert.True(BlendedAttention.ExpandsQueries(targets: 1, groups: 12, width: 64));
        Assert.True(BlendedAttention.ExpandsQueries(targets: 32, groups: 2, width: 64));
        Assert.False(BlendedAttention.ExpandsQueries(targets: 33, groups: 2, width: 64));
        Assert.False(BlendedAttention.ExpandsQueries(targets: 512, groups: 1, width: 64));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void DropoutIsAppliedToTheProbabilities(int targets)
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (zeros(1, targets, 4), zeros(1, 2, 3, 2), ones(1, 2, 3, 2));
        var dropout = new Dropout(0.5) { Substitute = static p => p.mul(2) };
        var y = BlendedAttention.Attend(q, k, v, null, ones(2, 2), ones(2, 2), dropout);
        Closeness.AssertWithin(1e-6, full([1, targets, 4], 4f), y, "twice the sum of both value heads");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void NoTensorIsLeftBehind(int targets)
    {
        manual_seed(3);
        var start = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            var (q, k, v, expand) = (randn(1, targets, 8), randn(1, 2, 3, 4), randn(1, 2, 3, 4), randn(2, 2).requires_grad_());
            var dropout = new Dropout(0);
            var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
            for (var i = 0; i < 10; i++)
            {
                BlendedAttention.Attend(q, k, v, null, expand, expand, dropout).Dispose();
                BlendedAttention.Selection(HeadMap.Contiguous(4, 2)).Dispose();
            }

            Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }

        Assert.Equal(start, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static Tensor Leaf(params long[] shape) => randn(shape, ScalarType.Float64).requires_grad_();

    private static double[,] Table(Tensor expand)
    {
        var numbers = LoopAttention.Numbers(expand);
        var table = new double[expand.size(0), expand.size(1)];
        Buffer.BlockCopy(numbers, 0, table, 0, numbers.Length * sizeof(double));
        return table;
    }
}
