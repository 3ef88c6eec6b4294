using TorchSharp;
using Wgqa.Training.Distributed;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>What one update of a model's weights saw.</summary>
/// <param name="Loss">The mean of its batches' losses, before the update.</param>
/// <param name="GradientNorm">The norm of all gradients together, before clipping.</param>
/// <param name="Tokens">Elements that went through the model.</param>
/// <param name="LearningRate">The learning rate of the step.</param>
public readonly record struct Update(double Loss, double GradientNorm, long Tokens, double LearningRate)
{
    /// <summary>Whether loss and gradients are numbers; else the weights were left as they were.</summary>
    public bool IsFinite => double.IsFinite(Loss) && double.IsFinite(GradientNorm);
}

/// <summary>
/// A task's model, updated step by step: forward, backward, clipping, optimizer. <see cref="Trainer"/> does the rest of a run; a loop of one's own needs only this.
/// </summary>
/// <typeparam name="TBatch">A batch; it owns its tensors.</typeparam>
public sealed class Updates<TBatch> : IDisposable
    where TBatch : IDisposable
{
    private readonly ITrainingTask<TBatch> _task;
    private readonly TrainingOptions _options;
    private readonly int _rank;

    /// <summary>Makes an optimizer over the model's trainable parameters.</summary>
    /// <param name="task">Model and data.</param>
    /// <param name="options">What an update goes by.</param>
    /// <param name="group">The processes that share each batch, if there are several: their weights become the first one's, and stay alike.</param>
    /// <param name="exchange">How gradients are summed over them.</param>
    /// <exception cref="UserException">An option is out of range, or not for this model.</exception>
    public Updates(ITrainingTask<TBatch> task, TrainingOptions options, ProcessGroup? group = null, ExchangeOptions? exchange = null)
    {
        options.Validate();
        (_task, _options) = (task, options);
        if (task.Model is IMixedPrecision mixed)
        {
            mixed.Precision = options.Precision;
        }
        else if (options.Precision != Precision.Float32)
        {
            throw new UserException($"precision is {options.Precision}, and {task.Model.GetName()} computes in float32 only.");
        }

        Optimizer = Optimization.Create(task.Model, options);
        if (group is not null)
        {
            _rank = group.World.Rank;
            task.Divide(group.Share);
            Exchange = new(group, task.Model, exchange ?? ExchangeOptions.Default);
        }
    }

    /// <summary>Measures where the time goes; null measures nothing.</summary>
    public StepProfile? Profile
    {
        get;
        set
        {
            field = value;
            if (_task is IProfiledTask profiled)
            {
                profiled.Profile = value;
            }
        }
    }

    /// <summary>What the updates go by and remember.</summary>
    internal FlatOptimizer Optimizer { get; }

    /// <summary>What the processes tell each other; null where there is one.</summary>
    internal GradientExchange? Exchange { get; }

    /// <summary>Makes one update, which is a function of the weights, the batches, the seed and the number of the step.</summary>
    /// <param name="next">Gives the next batch, which is disposed once it has been seen; asked <see cref="TrainingOptions.Accumulation"/> times.</param>
    /// <param name="step">Updates made before.</param>
    /// <param name="stop">Asks to stop before the next batch.</param>
    /// <returns>What it saw; null when it was stopped before the weights changed.</returns>
    public Update? Next(Func<TBatch> next, int step, CancellationToken stop = default)
    {
        Profile?.Begin();
        Randomness.SeedStep(_options.Seed, step, _rank);
        _task.Model.train();
        if (Losses(next, stop) is not var (loss, tokens))
        {
            return null;
        }

        Update update;
        using (var gradients = Optimizer.Gather())
        {
            update = new(loss, gradients.Norm(), tokens, _options.LearningRateAt(step));
            if (update.IsFinite)
            {
                Optimizer.Step(gradients, update.LearningRate, Optimization.ClippingScale(update.GradientNorm, _options.ClipGradientNorm));
            }
        }

        _task.Model.zero_grad();
        Exchange?.ShareBuffers();
        Profile?.Mark(StepPart.Optimizer);
        return update;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Exchange?.Dispose();
        Optimizer.Dispose();
    }

    /// <summary>
    /// Leaves the gradients of the mean of the batches' losses, each a mean over its own targets, as the authors' script and Hugging Face's Trainer of the
    /// time do; null when it was stopped.
    /// </summary>
    private (double Loss, long Tokens)? Losses(Func<TBatch> next, CancellationToken stop)
    {
        if (Exchange is not null)
        {
            return SharedLosses(Exchange, next, stop);
        }

        using var losses = NewDisposeScope();
        var (seen, tokens) = (new List<Tensor>(_options.Accumulation), 0L);
        for (var index = 0; index < _options.Accumulation; index++)
        {
            if (stop.IsCancellationRequested)
            {
                return null;
            }

            using var batch = next();
            Profile?.Mark(StepPart.Data);
            using var scope = NewDisposeScope();
            var one = _task.Loss(batch);
            seen.Add(one.detach().MoveToOuterDisposeScope());
            tokens += _task.Size(batch).Tokens;
            Profile?.Mark(StepPart.Loss);
            using Scalar parts = _options.Accumulation;
            (_options.Accumulation == 1 ? one : one.div(parts)).backward();
            Profile?.Mark(StepPart.Backward);
        }

        // Asked for last, and at once: a device would have to finish before it is given more to do.
        using var all = stack(seen).to_type(ScalarType.Float64).cpu();
        return (all.data<double>().Sum(one => one / _options.Accumulation), tokens);
    }

    /// <summary>
    /// The same of batches that several processes have their shares of: each counts for as many of a batch's targets as it has, so that the sum over the
    /// processes is the mean over the whole batch. All stop together when one is asked to.
    /// </summary>
    private (double Loss, long Tokens)? SharedLosses(GradientExchange exchange, Func<TBatch> next, CancellationToken stop)
    {
        exchange.Begin(Optimizer);
        var (loss, tokens) = (0.0, 0L);
        for (var index = 0; index < _options.Accumulation; index++)
        {
            using var batch = next();
            Profile?.Mark(StepPart.Data);
            using var scope = NewDisposeScope();
            var own = _task.Size(batch);
            using var announced = exchange.Announce(own, stop.IsCancellationRequested);
            var one = own.Targets > 0 ? _task.Loss(batch) : null;   // a small batch leaves some processes with nothing
            var sums = announced.Wait();
            var (targets, all) = (sums[0], (long)sums[1]);
            if (sums[2] > 0)
            {
                return null;
            }

            if (index == _options.Accumulation - 1)
            {
                exchange.Arm();
            }

            tokens += all;
            if (one is not null)
            {
                var weight = own.Targets / targets / _options.Accumulation;
                loss += one.ToDouble() * weight;
                Profile?.Mark(StepPart.Loss);
                using Scalar share = weight;
                one.mul(share).backward();
                Profile?.Mark(StepPart.Backward);
            }
            else if (targets == 0)
            {
                loss = double.NaN;
            }
        }

        var mean = exchange.Reduce(loss);
        Profile?.Mark(StepPart.Exchange);
        return (mean, tokens);
    }
}
