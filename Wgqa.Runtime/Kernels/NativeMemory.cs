namespace Wgqa.Kernels;

/// <summary>The memory of CPU tensors, of all threads.</summary>
/// <param name="Blocks">Pieces held.</param>
/// <param name="Bytes">Bytes in them.</param>
/// <param name="Reached">How much of the range that large tensors lie in has ever been in use: it grows only when a step needs more than any before it.</param>
internal readonly unsafe record struct NativeMemory(long Blocks, long Bytes, long Reached)
{
    private static readonly delegate* unmanaged<out long, out long, out long, int> Held = (delegate* unmanaged<out long, out long, out long, int>)StandIn.Entry("wgqa_memory_held");

    /// <summary>What it is now; null where nobody counts: with another TorchSharp, or <c>WGQA_ALLOCATOR=malloc</c>.</summary>
    public static NativeMemory? Now => Held is not null && Held(out var blocks, out var bytes, out var reached) == 0 ? new(blocks, bytes, reached) : null;
}
