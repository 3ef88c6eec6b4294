using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>Tensors nobody disposes: the garbage collector may come at any moment, even in the middle of a call.</summary>
public sealed class FinalizerTests
{
    [Fact]
    public void TemporariesAreNotFreedWhileTheyAreInUse()
    {
        using var x = arange(4096, dtype: float32).reshape(64, 64);
        var stop = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                GC.Collect(0);
                Thread.Yield();
            }
        });
        collector.Start();
        try
        {
            for (var i = 0; i < 2000; i++)
            {
                Assert.Equal(67f, (x + 1)[1][..][2].item<float>());
                Assert.Equal(64, x.t().contiguous().stride(0));
                Assert.Equal(4f, cat([x[0, 1..3], x[0, 1..2]]).sum().item<float>());
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            collector.Join();
        }
    }

    [Fact]
    public void WhatNobodyDisposesIsCollected()
    {
        var weak = Dropped();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.False(weak.TryGetTarget(out _));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference<Tensor> Dropped() => new(zeros(10));
}
