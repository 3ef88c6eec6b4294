using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class DisposeScopeTests
{
    private static LifetimeStatistics Counts => DisposeScopeManager.Statistics.TensorStatistics;

    [Fact]
    public void AScopeDisposesWhatWasMadeInIt()
    {
        Tensor x, y;
        using (NewDisposeScope())
        {
            x = zeros(2);
            y = x + 1;
        }

        Assert.True(x.IsInvalid);
        Assert.True(y.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => x.Handle);
    }

    [Fact]
    public void ATensorMovesOutwardOrOutOfAllScopes()
    {
        Tensor kept, free;
        using (NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                kept = zeros(2).MoveToOuterDisposeScope();
                free = zeros(2).DetachFromDisposeScope();
            }

            Assert.False(kept.IsInvalid);
        }

        Assert.True(kept.IsInvalid);
        Assert.False(free.IsInvalid);
        free.Dispose();
    }

    [Fact]
    public void ScopesHoldMoveAndForgetByHand()
    {
        using var outer = NewDisposeScope();
        var x = zeros(2);
        using (var inner = NewDisposeScope())
        {
            var y = zeros(2);
            var z = zeros(2);
            Assert.Equal(2, inner.DisposablesCount);
            Assert.True(inner.Contains(y));
            Assert.False(inner.Contains(x));
            inner.MoveToOuter(y, z);
            Assert.Equal(0, inner.DisposablesCount);
            Assert.Equal(3, outer.DisposablesCount);
            outer.MoveToOther(inner, y);
            inner.Attach(z);
            Assert.Equal(2, inner.DisposablesView.Count);
            inner.DisposeEverythingBut(z);
            Assert.True(y.IsInvalid);
            Assert.False(z.IsInvalid);
            z.MoveToOtherDisposeScope(x);
        }

        Assert.Equal(2, outer.DisposablesCount);
        outer.DisposeEverything();
        Assert.True(x.IsInvalid);
        Assert.Equal(0, outer.DisposablesCount);
    }

    [Fact]
    public void ATensorDisposedByHandLeavesItsScope()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2);
        x.Dispose();
        x.Dispose();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void AnExpressionsIntermediatesAreDisposedAndItsValueKept()
    {
        using var outer = NewDisposeScope();
        var x = ones(2);
        var y = WrappedTensorDisposeScope(() => (x + 1) * 2 - 1);
        Expect.Values(y, 3, 3);
        Assert.Equal(2, outer.DisposablesCount);
    }

    [Fact]
    public void TheStatisticsCountWhatWasMadeAndDisposed()
    {
        Counts.Reset();
        using (NewDisposeScope())
        {
            var x = zeros(2);
            using var y = x + 1;
            y.DetachFromDisposeScope();
        }

        using (zeros(2))
        {
        }

        Assert.Equal(2, Counts.CreatedInScopeCount);
        Assert.Equal(1, Counts.CreatedOutsideScopeCount);
        Assert.Equal(1, Counts.DetachedFromScopeCount);
        Assert.Equal(1, Counts.DisposedInScopeCount);
        Assert.Equal(2, Counts.DisposedOutsideScopeCount);
        Assert.Equal(0, Counts.ThreadTotalLiveCount);
    }

    [Fact]
    public void AnOperatorMakesOneTensorWhateverItDoesInside()
    {
        using var outer = NewDisposeScope();
        var x = arange(24, dtype: float32).reshape(2, 3, 4);
        void Makes(int count, Action action)
        {
            using var scope = NewDisposeScope();
            action();
            Assert.Equal(count, scope.DisposablesCount);
        }

        Makes(1, () => x.sum(1, 2));
        Makes(1, () => _ = x[0, 1..3, TensorIndex.None, ^1]);
        Makes(1, () => x.std([0, 1]));
        Makes(1, () => nn.functional.layer_norm(x, [4]));
        Makes(1, () => nn.functional.scaled_dot_product_attention(x, x, x));
        Makes(1, () => nn.functional.normalize(x));
        Makes(1, () => x.to(float64));
        Makes(1, () => tensor(new float[] { 1, 2 }, dtype: float64));
        Makes(2, () => x.max(1));
        Makes(3, () => x.unbind(1));
        Makes(0, () => x.add_(1));
        Makes(0, () => x[0] = x[1].MoveToOtherDisposeScope(outer));
    }

    [Fact]
    public void TheLiveCountOfTheThreadReturnsToWhereItWas()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            var w = randn(4, 4, requires_grad: true);
            var loss = nn.functional.mse_loss(w.mm(w), zeros(4, 4));
            loss.backward();
            using (no_grad())
            {
                w.sub_(w.grad! * 0.1);
            }
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void ScopesBelongToTheirThread()
    {
        using var scope = NewDisposeScope();
        var thread = new Thread(() =>
        {
            using var x = zeros(2);
            Assert.Null(CurrentDisposeScope);
        });
        thread.Start();
        thread.Join();
        Assert.Equal(0, scope.DisposablesCount);
        Assert.Same(scope, CurrentDisposeScope);
    }

    [Fact]
    public void AnAliasOutlivesItsOriginal()
    {
        using var scope = NewDisposeScope();
        var x = ones(2);
        var y = x.alias();
        x.Dispose();
        Expect.Values(y, 1, 1);
    }
}
