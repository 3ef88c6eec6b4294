using System.Diagnostics;
using static TorchSharp.torch;

namespace Wgqa.Profiling;

/// <summary>Gives the time that passes to the parts of the work. On a CUDA device each is waited for, which makes what is measured slower than the rest.</summary>
/// <typeparam name="TPart">The parts.</typeparam>
internal sealed class PartClock<TPart>
    where TPart : struct, Enum
{
    private readonly TimeSpan[] _parts = new TimeSpan[Enum.GetValues<TPart>().Length];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly bool _waits = cuda.is_available();
    private TimeSpan _last;
    private long _allocated = GC.GetTotalAllocatedBytes();
    private long _tensors = Tensor.TotalCount;

    /// <summary>The time since the last mark belongs to this part.</summary>
    public void Mark(TPart part)
    {
        var before = _last;
        Skip();
        _parts[Convert.ToInt32(part)] += _last - before;
    }

    /// <summary>The time since the last mark belongs to nobody.</summary>
    public void Skip()
    {
        if (_waits)
        {
            cuda.synchronize();
        }

        _last = _clock.Elapsed;
    }

    /// <summary>Forgets everything before.</summary>
    public void Clear()
    {
        Array.Clear(_parts);
        (_allocated, _tensors) = (GC.GetTotalAllocatedBytes(), Tensor.TotalCount);
    }

    /// <summary>What has been measured, and the operators timed meanwhile.</summary>
    public Profile Measured(string of, int steps) => new()
    {
        Of = of,
        Steps = steps,
        Parts = [.. Enum.GetValues<TPart>().Select(part => new PartTime(part.ToString().ToLowerInvariant(), _parts[Convert.ToInt32(part)].TotalSeconds)).Where(static part => part.Seconds > 0)],
        Operators = OperatorTimes.Take(),
        AllocatedBytes = GC.GetTotalAllocatedBytes() - _allocated,
        TensorsMore = Tensor.TotalCount - _tensors,
    };
}
