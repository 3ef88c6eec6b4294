using TorchSharp;
using static TorchSharp.torch;

namespace Wgqa.Data;

public class Seq2SeqBatchTests
{
    private static readonly Seq2SeqExample[] Examples = [new([5, 6, 1], [7, 1]), new([4, 1], [2, 1]), new([8, 1], [9, 9, 9, 1])];

    [Fact]
    public void TheTensorsAreThePaddedArrays()
    {
        using var batch = Seq2SeqBatch.Collate(Examples, [2, 0]);

        Assert.Equal([2L, 3L], batch.InputIds.shape);
        Assert.Equal([2L, 4L], batch.Labels.shape);
        Assert.Equal(ScalarType.Int64, batch.InputIds.dtype);
        Assert.Equal([8L, 1, 0, 5, 6, 1], batch.InputIds.data<long>().ToArray());
        Assert.Equal([1L, 1, 0, 1, 1, 1], batch.AttentionMask.data<long>().ToArray());
        Assert.Equal([9L, 9, 9, 1, 7, 1, -100, -100], batch.Labels.data<long>().ToArray());
        Assert.Equal((2, 5L, 6L), (batch.Rows, batch.SourceTokens, batch.TargetTokens));
    }

    [Fact]
    public void ABatchOutlivesTheScopeItWasMadeInAndFreesItsTensors()
    {
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Seq2SeqBatch batch;
        using (NewDisposeScope())
        {
            batch = Seq2SeqBatch.Collate(Examples, [0, 1]);
        }

        Assert.Equal(5L, batch.InputIds.data<long>()[0]);
        batch.Dispose();
        Assert.All([batch.InputIds, batch.AttentionMask, batch.Labels], tensor => Assert.True(tensor.IsInvalid));
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
