#nullable disable // As in TorchSharp, whose callers see no annotation here.

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>
            /// Sets the groups' learning rates, epoch by epoch (or step by step: whoever calls <see cref="step()"/> decides).
            /// Every scheduler takes its first step, to epoch 0, in its constructor.
            /// </summary>
            public abstract class LRScheduler
            {
                protected int _step_count;

                internal Optimizer _optimizer;
                internal int _last_epoch = -1;
                internal IList<double> _last_lrs = [];
                internal IList<double> _base_lrs = [];

                private readonly bool _verbose;

                protected LRScheduler()
                {
                }

                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    ArgumentNullException.ThrowIfNull(optimizer);
                    _optimizer = optimizer;
                    _last_epoch = last_epoch;
                    _verbose = verbose;
                    _base_lrs = [.. optimizer.ParamGroups.Select(group => group.InitialLearningRate)];
                    _last_lrs = [.. optimizer.ParamGroups.Select(group => group.LearningRate)];
                }

                /// <summary>Goes to the next epoch.</summary>
                public virtual void step() => step(null);

                /// <summary>Goes to the next epoch or, by the closed form where there is one, to a given one.</summary>
                public virtual void step(int? epoch)
                {
                    _step_count++;
                    _last_epoch = epoch ?? (_last_epoch + 1);

                    // Once only: for some schedulers, asking changes what the next answer builds on.
                    var rates = (epoch.HasValue ? get_closed_form_lr() : get_lr()).ToList();
                    var groups = _optimizer.ParamGroups.ToList();
                    for (var i = 0; i < _base_lrs.Count; i++)
                    {
                        groups[i].LearningRate = rates[i];
                        if (_verbose && _last_lrs[i] != rates[i])
                        {
                            Console.WriteLine($"Adjusting learning rate to {rates[i]}");
                        }

                        _last_lrs[i] = rates[i];
                    }
                }

                /// <summary>Does not look at the metric.</summary>
                public virtual void step(double current, int? epoch = null) => step(epoch);

                /// <summary>The groups' rates after the last step.</summary>
                public IEnumerable<double> get_last_lr() => _last_lrs;

                /// <summary>The rates for the epoch just reached, from those of the one before.</summary>
                protected virtual IEnumerable<double> get_lr() => CurrentRates();

                /// <summary>The rates for the epoch just reached, from the initial ones.</summary>
                protected virtual IEnumerable<double> get_closed_form_lr() => get_lr();

                internal IEnumerable<double> CurrentRates() => _optimizer.ParamGroups.Select(group => group.LearningRate);

                internal IEnumerable<double> CurrentRatesTimes(double factor) => CurrentRates().Select(rate => rate * factor);
            }
        }
    }
}
