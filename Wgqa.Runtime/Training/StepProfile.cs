using Wgqa.Profiling;

namespace Wgqa.Training;

/// <summary>A part of a training step.</summary>
public enum StepPart
{
    /// <summary>Waiting for the next batch, and copying it to the device.</summary>
    Data,

    /// <summary>The model, from ids to logits; to what the head reads, where head and loss are one.</summary>
    Forward,

    /// <summary>The loss; with it the head and its gradients, where they are one, and the forward pass, where a task does not tell them apart.</summary>
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
/// <param name="report">Takes what was measured, once: when those steps are over, or the run is; null where the run was over within its first steps.</param>
/// <param name="warmUp">The first steps, which are not measured.</param>
public sealed class StepProfile(int steps, Action<Profile?> report, int warmUp = 3)
{
    private readonly PartClock<StepPart> _clock = new();
    private int _step = -1;

    /// <summary>Whether all has been measured and said.</summary>
    public bool IsOver { get; private set; }

    private bool IsMeasuring => !IsOver && _step >= warmUp;

    /// <summary>The time since the last mark belongs to this part.</summary>
    public void Mark(StepPart part)
    {
        if (IsMeasuring)
        {
            _clock.Mark(part);
        }
    }

    /// <summary>The time since the last mark was spent on something else.</summary>
    public void Skip()
    {
        if (IsMeasuring)
        {
            _clock.Skip();
        }
    }

    /// <summary>A step begins, and the one before has ended.</summary>
    public void Begin()
    {
        Mark(StepPart.Between);
        _step++;
        if (_step == warmUp)
        {
            _clock.Clear();
            _clock.Skip();
            OperatorTimes.Begin();
        }
        else if (_step == warmUp + steps)
        {
            Report(steps);
        }
    }

    /// <summary>The run is over: what has been measured of it is all there is.</summary>
    public void End()
    {
        if (!IsOver)
        {
            Report(_step + 1 - warmUp);
        }
    }

    private void Report(int measured)
    {
        IsOver = true;
        OperatorTimes.End();
        report(measured > 0 ? _clock.Measured("step", measured) : null);
    }
}
