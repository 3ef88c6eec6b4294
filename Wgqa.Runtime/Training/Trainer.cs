using System.Diagnostics;
using TorchSharp;
using Wgqa.Training.Distributed;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>
/// The training loop. Stopped or killed at any moment and started again on the same folder, a run ends with the very weights
/// that it would have had uninterrupted: all that a step depends on is in the checkpoint or a function of the seed and the step.
/// </summary>
public static class Trainer
{
    /// <summary>Trains a task to the end, from the run's last checkpoint if it has one; a finished run is left as it is.</summary>
    /// <param name="task">Model and data; the model's initial weights matter only where there is no checkpoint.</param>
    /// <param name="options">The rest of what determines the run.</param>
    /// <param name="run">Where the run is kept.</param>
    /// <param name="display">Where progress shows; nowhere if null.</param>
    /// <param name="stop">Asks the run to keep a checkpoint and stop; with several processes, asking one is enough.</param>
    /// <param name="group">The processes that share the work, if there are several: all of them call this, and the first keeps the run.</param>
    /// <param name="exchange">How gradients are summed over them.</param>
    /// <param name="profile">Measures where the time of the first steps goes, and does not change them.</param>
    /// <exception cref="UserException">An option is out of range, there is no data, or the loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled; the message says where the run goes on.</exception>
    /// <exception cref="PeerLostException">Another process is gone; the message says where the run goes on.</exception>
    public static RunSummary Fit<TBatch>(
        ITrainingTask<TBatch> task,
        TrainingOptions options,
        RunFolder run,
        IProgressDisplay? display = null,
        CancellationToken stop = default,
        ProcessGroup? group = null,
        ExchangeOptions? exchange = null,
        StepProfile? profile = null)
        where TBatch : IDisposable
    {
        try
        {
            return Run(task, options, run, display ?? new NoProgress(), stop, group, exchange, profile);
        }
        catch (PeerLostException lost)
        {
            throw new PeerLostException(lost, run.Checkpoints.Latest is { } folder ? $"the same command goes on from {folder}" : "there is no checkpoint yet, so the same command begins anew");
        }
        finally
        {
            profile?.End();
        }
    }

    private static RunSummary Run<TBatch>(
        ITrainingTask<TBatch> task, TrainingOptions options, RunFolder run, IProgressDisplay display, CancellationToken stop, ProcessGroup? group, ExchangeOptions? exchange, StepProfile? profile)
        where TBatch : IDisposable
    {
        var first = group is null or { IsFirst: true };
        if (FromFirst(group, () => run.Summary) is { } finished)
        {
            return finished;
        }

        // Setup.
        display = first ? display : new NoProgress();
        var model = task.Model;
        using var updates = new Updates<TBatch>(task, options, group, exchange) { Profile = profile };
        var optimizer = updates.Optimizer;
        var state = FromFirst(group, () => run.Checkpoints.Restore(model, optimizer)) ?? new TrainingState();
        using var batches = new BatchStream<TBatch>(task, state.Epoch, state.Batch);
        using var log = first ? MetricsLog.Open(run.MetricsFile, state.Step) : null;
        using var progress = display.Start(run.Name, options.Steps, state.Step);
        var clock = Stopwatch.StartNew();
        var secondsBefore = state.Seconds;

        // Fit.
        while (state.Step < options.Steps)
        {
            var started = clock.Elapsed;
            if (updates.Next(batches.Next, state.Step, stop) is not { } update)
            {
                throw Interrupted(run, model, optimizer, state, options.Steps, first);
            }

            if (!update.IsFinite)
            {
                throw Diverged(run, state.Step, update.LearningRate, update.Loss, update.GradientNorm);
            }

            var seconds = (clock.Elapsed - started).TotalSeconds;
            state = state with
            {
                Step = state.Step + 1,
                Epoch = batches.Epoch,
                Batch = batches.Position,
                Tokens = state.Tokens + update.Tokens,
                TrainingSeconds = state.TrainingSeconds + seconds,
                Window = state.Window.Add(update.Loss, update.Tokens, seconds),
            };
            var last = state.Step == options.Steps;

            var validation = last || Every(options.ValidateEvery, state.Step) ? Validate(task, group) : null;
            if (validation is { } measured)
            {
                state = state with { ValidationLoss = measured };
                if (measured < (state.BestValidationLoss ?? double.PositiveInfinity))
                {
                    state = state with { BestValidationLoss = measured, BestStep = state.Step };
                    if (options.KeepBest && first)
                    {
                        RunFolder.WriteWholeFolder(run.BestModelFolder, task.SaveModel);
                    }
                }
            }

            var window = state.Window;
            var tokensPerSecond = window.Tokens / window.Seconds;
            state = state with { Seconds = secondsBefore + clock.Elapsed.TotalSeconds };
            if (last || validation is not null || Every(options.LogEvery, state.Step))
            {
                state = state with { Loss = window.LossSum / window.Steps, Window = default };
                log?.Write(new()
                {
                    Step = state.Step,
                    Epoch = state.Epoch,
                    Loss = state.Loss,
                    Lr = update.LearningRate,
                    GradNorm = update.GradientNorm,
                    TokensPerSecond = tokensPerSecond,
                    Seconds = state.Seconds,
                    ValidationLoss = validation,
                });
            }

            progress.Report(state.Step, $"loss {window.LossSum / window.Steps:F3}, {tokensPerSecond:N0} tokens/s");
            if (first && (last || Every(options.CheckpointEvery, state.Step)))
            {
                run.Checkpoints.Save(model, optimizer, state);
            }
        }

        // The result. The summary comes last: it is what says that the run is finished.
        if (first)
        {
            RunFolder.WriteWholeFolder(run.ModelFolder, task.SaveModel);
        }

        var summary = new RunSummary
        {
            Steps = state.Step,
            Parameters = optimizer.Elements,
            Loss = state.Loss,
            ValidationLoss = state.ValidationLoss,
            BestValidationLoss = state.BestValidationLoss,
            BestStep = state.BestStep,
            Tokens = state.Tokens,
            Seconds = secondsBefore + clock.Elapsed.TotalSeconds,
            TokensPerSecond = state.Tokens / state.TrainingSeconds,
        };
        if (first)
        {
            run.Finish(summary);
        }

        return summary;
    }

    /// <summary>The loss per target over all the held-out batches, of which each process sees its share; null where there are none.</summary>
    private static double? Validate<TBatch>(ITrainingTask<TBatch> task, ProcessGroup? group)
        where TBatch : IDisposable
    {
        task.Model.eval();
        using var frozen = no_grad();
        var (total, targets) = (0.0, 0.0);
        foreach (var next in task.Validation())
        {
            using var batch = next;
            using var scope = NewDisposeScope();
            var size = task.Size(batch).Targets;
            total += task.Loss(batch).ToDouble() * size;
            targets += size;
        }

        if (group is not null)
        {
            var sums = group.Sum(total, targets);
            (total, targets) = (sums[0], sums[1]);
        }

        return targets > 0 ? total / targets : null;
    }

    private static bool Every(int interval, int step) => interval > 0 && step % interval == 0;

    private static T FromFirst<T>(ProcessGroup? group, Func<T> compute) => group is null ? compute() : group.FromFirst(compute);

    private static OperationCanceledException Interrupted(RunFolder run, nn.Module model, FlatOptimizer optimizer, TrainingState state, int steps, bool keep)
    {
        model.zero_grad();
        if (keep)
        {
            run.Checkpoints.Save(model, optimizer, state);
        }

        return new($"Stopped after step {state.Step} of {steps}; a checkpoint is in {run.Checkpoints.Path}, and the same command goes on from there.");
    }

    private static UserException Diverged(RunFolder run, int step, double lr, double loss, double gradNorm)
    {
        var what = double.IsFinite(loss) ? $"gradient norm became {gradNorm}" : $"loss became {loss}";
        var kept = run.Checkpoints.Latest is { } folder ? $"; the last checkpoint is kept in {folder}" : "";
        return new($"The {what} in step {step + 1} at learning rate {lr}; try a lower learning rate or clip the gradient norm{kept}.");
    }
}
