using Wgqa.Attention;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Attention;

public sealed class HeadOrderTests
{
    public static TheoryData<int[]> Orders => new([[0], [0, 1, 2], [1, 0], [2, 1, 0], [0, 3, 1, 4, 2, 5], [0, 2, 4, 1, 3, 5], [3, 4, 5, 0, 1, 2], [1, 2, 0, 5, 3, 4], [0, 2, 1, 3]]);

    [Theory]
    [MemberData(nameof(Orders))]
    public void PlaceIHoldsHeadOrderI(int[] heads)
    {
        using var scope = NewDisposeScope();
        var order = new HeadOrder(heads);
        var x = arange(heads.Length * 6L, ScalarType.Float32).view(2, heads.Length, 3);
        var moved = order.Apply(x, 1);
        for (var place = 0; place < heads.Length; place++)
        {
            Assert.True(moved.select(1, place).equal(x.select(1, heads[place])).all().item<bool>());
        }

        Assert.True(order.Inverse().Apply(moved, 1).equal(x).all().item<bool>());
        Assert.Equal(heads.SequenceEqual(heads.Order()), order.IsIdentity);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void AnOrderLeadsToAnother(int[] heads)
    {
        using var scope = NewDisposeScope();
        var (from, to) = (new HeadOrder(heads), new HeadOrder([.. heads.Reverse()]));
        var x = arange(heads.Length, ScalarType.Float32);
        Assert.True(from.To(to).Apply(from.Apply(x, 0), 0).equal(to.Apply(x, 0)).all().item<bool>());
        Assert.True(from.To(from).IsIdentity);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void TheGradientGoesBackWhereItCameFrom(int[] heads)
    {
        using var scope = NewDisposeScope();
        var order = new HeadOrder(heads);
        var x = zeros([heads.Length, 2], requires_grad: true);
        var weights = arange(heads.Length * 2L, ScalarType.Float32).view(heads.Length, 2);
        order.Apply(x, 0).mul(weights).sum().backward();
        Assert.True(x.grad!.equal(order.Inverse().Apply(weights, 0)).all().item<bool>());
    }
}
