using Wgqa.Decoding;
using Wgqa.Kernels;
using Wgqa.Runtime.Tests.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>What a step allocates of managed memory does not depend on how fast it is, so it can be asserted.</summary>
[Collection(nameof(GlobalGenerator))]
public sealed class AllocationTests
{
    private const int Steps = 50;

    [Theory]
    [InlineData(true, 1 << 10)]
    [InlineData(false, 20 << 10)]   // operator by operator: a tensor and a scope each
    public void ADecodingStepAllocatesFewManagedBytes(bool kernels, long most)
    {
        using var withheld = kernels ? null : NativeKernels.Withhold();
        using var model = SmallT5.Create(SmallT5.Grouped(2));
        using var inputs = SmallT5.Inputs();
        using var session = new T5DecodingSession(model, inputs, null, 3 * Steps);
        using var tokens = tensor(new long[] { 5, 6, 7 }, [3, 1]);

        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var step = 0; step < Steps; step++)
            {
                session.Step(tokens).Dispose();
            }

            return (GC.GetAllocatedBytesForCurrentThread() - before) / Steps;
        }

        Allocated();   // caches, tables, code that is compiled
        AssertFew(Allocated(), most);
    }

    [Theory]
    [InlineData(1, 3 << 10)]
    [InlineData(3, 10 << 10)]
    public void AStepOfASearchAllocatesFewManagedBytes(int beams, long most)
    {
        using var model = SmallT5.Create(SmallT5.Grouped(2));
        using var inputs = SmallT5.Inputs();

        long Allocated(int length)
        {
            var options = new GenerationOptions { MaxNewTokens = length, MinNewTokens = length, NumBeams = beams };
            var before = GC.GetAllocatedBytesForCurrentThread();
            model.Generate(inputs, options);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated(2 * Steps);
        AssertFew((Allocated(2 * Steps) - Allocated(Steps)) / Steps, most);
    }

    // Another TorchSharp allocates what it will.
    private static void AssertFew(long bytes, long most) => Assert.InRange(bytes, 1, StandIn.Library != 0 ? most : long.MaxValue);
}
