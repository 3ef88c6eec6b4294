#nullable disable // As in TorchSharp, whose callers see no annotation here.

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            // The schedules of PyTorch's torch.optim.lr_scheduler, each with its recurrence and, where it has one, closed form.
            public static partial class impl
            {
                /// <summary>Initial rate · lambda(epoch).</summary>
                public class LambdaLR : LRScheduler
                {
                    private readonly List<Func<int, double>> _lambdas;

                    public LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, ForEach(optimizer, lr_lambda), last_epoch, verbose)
                    {
                    }

                    public LambdaLR(Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _lambdas = [.. lr_lambdas];
                        step();
                    }

                    protected override IEnumerable<double> get_lr() => _base_lrs.Select((rate, i) => rate * _lambdas[i](_last_epoch));
                }

                /// <summary>The rate before · lambda(epoch), from epoch 1 on.</summary>
                public class MultiplicativeLR : LRScheduler
                {
                    private readonly List<Func<int, double>> _lambdas;

                    public MultiplicativeLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                        : this(optimizer, ForEach(optimizer, lr_lambda), last_epoch, verbose)
                    {
                    }

                    public MultiplicativeLR(
                        Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _lambdas = [.. lr_lambdas];
                        step();
                    }

                    protected override IEnumerable<double> get_lr() =>
                        _last_epoch > 0 ? CurrentRates().Select((rate, i) => rate * _lambdas[i](_last_epoch)) : CurrentRates();
                }

                /// <summary>· gamma every step_size epochs.</summary>
                public class StepLR : LRScheduler
                {
                    private readonly int _stepSize;
                    private readonly double _gamma;

                    public StepLR(Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _stepSize = step_size;
                        _gamma = gamma;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() =>
                        _last_epoch == 0 || _last_epoch % _stepSize != 0 ? CurrentRates() : CurrentRatesTimes(_gamma);

                    protected override IEnumerable<double> get_closed_form_lr() => _base_lrs.Select(rate => rate * Math.Pow(_gamma, _last_epoch / _stepSize));
                }

                /// <summary>· gamma at each milestone.</summary>
                public class MultiStepLR : LRScheduler
                {
                    private readonly IList<int> _milestones;
                    private readonly double _gamma;

                    public MultiStepLR(Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _milestones = milestones;
                        _gamma = gamma;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() => _milestones.Contains(_last_epoch) ? CurrentRatesTimes(_gamma) : CurrentRates();

                    protected override IEnumerable<double> get_closed_form_lr()
                    {
                        var passed = _milestones.Distinct().Count(milestone => milestone <= _last_epoch);
                        return _base_lrs.Select(rate => rate * Math.Pow(_gamma, passed));
                    }
                }

                /// <summary>· gamma every epoch.</summary>
                public class ExponentialLR : LRScheduler
                {
                    private readonly double _gamma;

                    public ExponentialLR(Optimizer optimizer, double gamma = 0.1, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _gamma = gamma;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() => _last_epoch == 0 ? CurrentRates() : CurrentRatesTimes(_gamma);

                    protected override IEnumerable<double> get_closed_form_lr() => _base_lrs.Select(rate => rate * Math.Pow(_gamma, _last_epoch));
                }

                /// <summary>· factor before epoch total_iters, and then the initial rate.</summary>
                public class ConstantLR : LRScheduler
                {
                    private readonly double _factor;
                    private readonly int _total;

                    public ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _factor = factor;
                        _total = total_iters;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() =>
                        _last_epoch == 0 ? CurrentRatesTimes(_factor)
                        : _last_epoch == _total ? CurrentRatesTimes(1.0 / _factor)
                        : CurrentRates();

                    protected override IEnumerable<double> get_closed_form_lr() => _base_lrs.Select(rate => rate * (_last_epoch >= _total ? 1 : _factor));
                }

                /// <summary>From start_factor to end_factor of the initial rate over total_iters epochs, in a straight line.</summary>
                public class LinearLR : LRScheduler
                {
                    private readonly double _start;
                    private readonly double _end;
                    private readonly int _total;

                    public LinearLR(
                        Optimizer optimizer,
                        double start_factor = 1.0 / 3,
                        double end_factor = 1.0,
                        int total_iters = 5,
                        int last_epoch = -1,
                        bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _start = start_factor;
                        _end = end_factor;
                        _total = total_iters;
                        step();
                    }

                    protected override IEnumerable<double> get_lr() =>
                        _last_epoch == 0 ? CurrentRatesTimes(_start)
                        : _last_epoch > _total ? CurrentRates()
                        : CurrentRatesTimes(1 + ((_end - _start) / ((_total * _start) + ((_last_epoch - 1) * (_end - _start)))));

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        _base_lrs.Select(rate => rate * (_start + ((_end - _start) * Math.Min(_total, _last_epoch) / _total)));
                }

                /// <summary>Down to eta_min over T_max epochs along half a cosine, and up again.</summary>
                public class CosineAnnealingLR : LRScheduler
                {
                    private readonly double _period;
                    private readonly double _least;

                    public CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _period = T_max;
                        _least = eta_min;
                        step();
                    }

                    protected override IEnumerable<double> get_lr()
                    {
                        if (_last_epoch == 0)
                        {
                            return CurrentRates();
                        }

                        // At the bottom the recurrence divides by zero.
                        if ((_last_epoch - 1 - _period) % (2 * _period) == 0)
                        {
                            return CurrentRates().Zip(_base_lrs, (rate, initial) => rate + ((initial - _least) * (1 - Math.Cos(Math.PI / _period)) / 2));
                        }

                        var ratio = Height(_last_epoch) / Height(_last_epoch - 1);
                        return CurrentRates().Select(rate => (ratio * (rate - _least)) + _least);
                    }

                    protected override IEnumerable<double> get_closed_form_lr() =>
                        _base_lrs.Select(rate => _least + ((rate - _least) * Height(_last_epoch) / 2));

                    private double Height(int epoch) => 1 + Math.Cos(Math.PI * epoch / _period);
                }

                private static IEnumerable<Func<int, double>> ForEach(Optimizer optimizer, Func<int, double> lambda) =>
                    optimizer?.ParamGroups.Select(_ => lambda) ?? [];
            }
        }
    }
}
