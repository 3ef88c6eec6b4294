using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>A part of a training step.</summary>
public enum StepPart
{
    /// <summary>Waiting for the next batch, and copying it to the device.</summary>
    Data,

    /// <summary>The model, from ids to logits.</summary>
    Forward,

    /// <summary>The loss; the forward pass too, where a task does not tell them apart.</summary>
    Loss,

    /// <summary>Gradients.</summary>
    Backward,

    /// <summary>What is left to wait for of other processes' gradients when one's own are there.</summary>
    Exchange,

    /// <summary>Gradient norm, clipping, the update itself.</summary>
    Optimizer,

    /// <summary>What lies between two steps: log, validation, checkpoint.</summary>
    Between,
}

/// <summary>A task that tells the parts of its work apart, for whoever measures them.</summary>
public interface IProfiledTask
{
    /// <summary>Whom to tell; null nobody.</summary>
    StepProfile? Profile { get; set; }
}

/// <summary>
/// Where the time of training steps goes, over some steps after the first few: those are slower, because memory is taken and
/// caches are filled. On a CUDA device each part is waited for, which makes the steps measured slower than others.
/// </summary>
/// <param name="steps">Steps to measure.</param>
/// <param name="report">Takes the sentences, line by line, when they are over.</param>
public sealed class StepProfile(int steps, Action<string> report)
{
    private const int FirstSteps = 3;

    private readonly TimeSpan[] _parts = new TimeSpan[Enum.GetValues<StepPart>().Length];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _step = -1;
    private TimeSpan _last;
    private long _allocated;
    private long _tensors;

    /// <summary>Whether all has been measured and said.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The time since the last mark belongs to this part.</summary>
    public void Mark(StepPart part)
    {
        if (IsOver)
        {
            return;
        }

        if (cuda.is_available())
        {
            cuda.synchronize();
        }

        var now = _clock.Elapsed;
        _parts[(int)part] += _step >= FirstSteps ? now - _last : TimeSpan.Zero;
        _last = now;
    }

    /// <summary>A step begins, and the one before has ended.</summary>
    public void Begin()
    {
        Mark(StepPart.Between);
        _step++;
        if (_step == FirstSteps)
        {
            Array.Clear(_parts);
            (_allocated, _tensors) = (GC.GetTotalAllocatedBytes(), Tensor.TotalCount);
        }
        else if (_step == FirstSteps + steps)
        {
            IsOver = true;
            Report();
        }
    }

    private void Report()
    {
        var all = _parts.Aggregate(TimeSpan.Zero, static (sum, part) => sum + part);
        Say($"where a step's time goes ({steps} steps of {all.TotalMilliseconds / steps:N1} ms)");
        foreach (var part in Enum.GetValues<StepPart>())
        {
            var time = _parts[(int)part];
            if (time == TimeSpan.Zero)
            {
                continue;   // a run of one process exchanges nothing
            }

            Say($"  {part.ToString().ToLowerInvariant(),-10} {time.TotalMilliseconds / steps,10:N2} ms {100 * (time / all),6:0.0} %");
        }

        Say($"  {(GC.GetTotalAllocatedBytes() - _allocated) / steps / 1024.0:N1} KiB of managed memory allocated in a step, {Tensor.TotalCount - _tensors} tensors more than before");
    }

    private void Say(FormattableString line) => report(line.ToString(CultureInfo.InvariantCulture));
}
