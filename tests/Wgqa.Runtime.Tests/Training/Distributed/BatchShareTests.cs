using Wgqa.Training.Distributed;

namespace Wgqa.Runtime.Tests.Training.Distributed;

public sealed class BatchShareTests
{
    [Theory]
    [InlineData(8, 2)]
    [InlineData(7, 3)]
    [InlineData(1, 4)]
    [InlineData(0, 2)]
    public void SharesHaveEveryExampleOnceAndDifferByOneAtMost(int examples, int processes)
    {
        var batch = Enumerable.Range(0, examples).ToList();
        var shares = Enumerable.Range(0, processes).Select(rank => new BatchShare(rank, processes).Of(batch)).ToList();
        Assert.Equal(batch, shares.SelectMany(static share => share).Order());
        Assert.True(shares.Max(static share => share.Count) - shares.Min(static share => share.Count) <= 1);
        Assert.Equal(shares, Enumerable.Range(0, processes).Select(rank => new BatchShare(rank, processes).OfAll(batch).ToList()));
    }

    [Fact]
    public void OneProcessHasTheBatchItself()
    {
        var batch = new[] { 1, 2, 3 };
        Assert.Same(batch, BatchShare.Whole.Of(batch));
    }
}
