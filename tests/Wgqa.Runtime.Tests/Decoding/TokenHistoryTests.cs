using Wgqa.Decoding;

namespace Wgqa.Runtime.Tests.Decoding;

public class TokenHistoryTests
{
    [Fact]
    public void RowsGrowByOneTokenEach()
    {
        var history = new TokenHistory([[0, 5], [0, 6]], capacity: 3);
        history.Append([7, 8]);
        Assert.Equal(3, history.Length);
        Assert.Equal([0, 5, 7], history.Row(0).ToArray());
        Assert.Equal([0, 6, 8], history.Row(1).ToArray());
    }

    [Fact]
    public void RowsCanBeRepeatedSwappedAndDropped()
    {
        var history = new TokenHistory([[1], [2]], capacity: 2);
        history.Select([1, 1, 0, 0]);
        Assert.Equal([2, 2, 1, 1], Enumerable.Range(0, history.Rows).Select(row => history.Row(row)[0]));
        history.Append([3, 4, 5, 6]);
        history.Select([3, 0]);
        Assert.Equal(2, history.Rows);
        Assert.Equal([1, 6], history.Row(0).ToArray());
        Assert.Equal([2, 3], history.Row(1).ToArray());
    }

    [Fact]
    public void PromptsOfDifferentLengthAreRefused() =>
        Assert.Throws<ArgumentException>(() => new TokenHistory([[1, 2], [3]], capacity: 4));
}
