using System.Runtime.InteropServices;
using Wgqa.Kernels;

namespace Wgqa.Profiling;

/// <summary>The time that one operator took, gradients' nodes among them.</summary>
/// <param name="Name">As libtorch calls it, such as <c>aten::mm</c>; kernels of our own begin with <c>wgqa::</c>.</param>
/// <param name="Calls">How often it was called.</param>
/// <param name="Seconds">In all of them, without the operators that it called itself. On a CUDA device, the time to ask for the work.</param>
public sealed record OperatorTime(string Name, long Calls, double Seconds);

/// <summary>Times libtorch's operators where the stand-in for TorchSharp can: one at a time in a process, all of its threads together.</summary>
internal static unsafe class OperatorTimes
{
    private static readonly delegate* unmanaged<int> BeginEntry = (delegate* unmanaged<int>)StandIn.Entry("wgqa_profile_begin");
    private static readonly delegate* unmanaged<int> EndEntry = (delegate* unmanaged<int>)StandIn.Entry("wgqa_profile_end");
    private static readonly delegate* unmanaged<out int, int> TakeEntry = (delegate* unmanaged<out int, int>)StandIn.Entry("wgqa_profile_take");
    private static readonly delegate* unmanaged<int, out byte*, out long, out long, void> ReadEntry =
        (delegate* unmanaged<int, out byte*, out long, out long, void>)StandIn.Entry("wgqa_profile_read");

    /// <summary>Whether they can be timed here.</summary>
    public static bool Available => ReadEntry is not null;

    /// <summary>Times what is called from now on.</summary>
    public static void Begin()
    {
        if (Available)
        {
            NativeKernels.Done(BeginEntry());
        }
    }

    /// <summary>Times nothing any more.</summary>
    public static void End()
    {
        if (Available)
        {
            NativeKernels.Done(EndEntry());
        }
    }

    /// <summary>What has been timed since this was asked last, what took longest first; null where nothing can be.</summary>
    public static IReadOnlyList<OperatorTime>? Take()
    {
        if (!Available)
        {
            return null;
        }

        NativeKernels.Done(TakeEntry(out var count));
        var times = new OperatorTime[count];
        for (var i = 0; i < count; i++)
        {
            ReadEntry(i, out var name, out var calls, out var nanoseconds);
            times[i] = new(Named(Marshal.PtrToStringUTF8((nint)name)!), calls, nanoseconds * 1e-9);
        }

        Array.Sort(times, static (x, y) => y.Seconds.CompareTo(x.Seconds));
        return times;
    }

    /// <summary>libtorch's name, but a kernel's gradient, which is called after a C++ class, by what it is.</summary>
    internal static string Named(string name)
    {
        const string Node = "CppNode<";
        var at = name.IndexOf(Node, StringComparison.Ordinal);
        if (at < 0)
        {
            return name;
        }

        var type = name[(at + Node.Length)..].TrimEnd('>');
        return $"wgqa::{type[(type.LastIndexOf(':') + 1)..]} backward";
    }
}
