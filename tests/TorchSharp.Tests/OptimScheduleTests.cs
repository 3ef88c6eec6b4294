using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Tests;

public sealed class OptimScheduleTests
{
    [Fact]
    public void ALambdaMultipliesTheInitialRateFromTheFirstEpochOn()
    {
        Assert.Equal([1.0, 0.5, 0.25, 0.125], Rates(optimizer => lr_scheduler.LambdaLR(optimizer, epoch => Math.Pow(0.5, epoch + 1)), 4));
    }

    [Fact]
    public void AMultiplierMultipliesTheRateBefore()
    {
        Close([2, 1, 1.0 / 3, 1.0 / 12], Rates(optimizer => lr_scheduler.MultiplicativeLR(optimizer, epoch => 1.0 / (epoch + 1)), 4));
    }

    [Fact]
    public void StepsDecayEverySoManyEpochs()
    {
        Close([2, 2, 0.2, 0.2, 0.02], Rates(optimizer => lr_scheduler.StepLR(optimizer, 2), 5));
        Close([2, 1, 1, 0.5, 0.5], Rates(optimizer => lr_scheduler.MultiStepLR(optimizer, [1, 3], 0.5), 5));
        Close([2, 1, 0.5, 0.25], Rates(optimizer => lr_scheduler.ExponentialLR(optimizer, 0.5), 4));
    }

    [Fact]
    public void WarmingUpEndsAtTheInitialRate()
    {
        Close([1, 1, 2, 2], Rates(optimizer => lr_scheduler.ConstantLR(optimizer, 0.5, 2), 4));
        Close([0.5, 1, 1.5, 2, 2], Rates(optimizer => lr_scheduler.LinearLR(optimizer, 0.25, 1, 3), 5));
        Close([2, 1.5, 1, 0.5, 0.5], Rates(optimizer => lr_scheduler.LinearLR(optimizer, 1, 0.25, 3), 5));
    }

    [Fact]
    public void TheCosineGoesDownAndUpAgain()
    {
        double[] expected = [.. Enumerable.Range(0, 9).Select(epoch => 0.2 + (1.8 * (1 + Math.Cos(Math.PI * epoch / 4)) / 2))];

        Close(expected, Rates(optimizer => lr_scheduler.CosineAnnealingLR(optimizer, 4, 0.2), 9));
    }

    [Fact]
    public void SchedulesFollowOneAnotherOrWorkTogether()
    {
        Close([0.2, 0.2, 2, 1, 0.5], Rates(
            optimizer => lr_scheduler.SequentialLR(
                optimizer, [lr_scheduler.ConstantLR(optimizer, 0.1, 2), lr_scheduler.ExponentialLR(optimizer, 0.5)], [2]),
            5));

        using var parameter = nn.Parameter(zeros(1));
        using var optimizer = SGD([parameter], 2.0);
        var chain = lr_scheduler.ChainedLR([lr_scheduler.ExponentialLR(optimizer, 0.5), lr_scheduler.StepLR(optimizer, 2, 0.1)]);
        chain.step();
        Close([1], Current(optimizer));
        chain.step();
        Close([0.05], Current(optimizer));
    }

    [Fact]
    public void AGivenEpochIsReachedByTheClosedForm()
    {
        using var parameter = nn.Parameter(zeros(1));
        using var optimizer = SGD([parameter], 2.0);
        var schedule = lr_scheduler.StepLR(optimizer, 2);

        schedule.step(5);

        Close([0.02], [.. schedule.get_last_lr()]);
        Close([0.02], Current(optimizer));
    }

    [Fact]
    public void EveryGroupHasItsOwnRate()
    {
        using var first = nn.Parameter(zeros(1));
        using var second = nn.Parameter(zeros(1));
        using var optimizer = SGD([new SGD.ParamGroup([first], lr: 1), new SGD.ParamGroup([second], lr: 10)], 0.1);
        var both = lr_scheduler.LambdaLR(optimizer, epoch => 1.0 / (epoch + 1));

        both.step();
        Assert.Equal([0.5, 5], both.get_last_lr());

        var each = new lr_scheduler.impl.LambdaLR(optimizer, [_ => 1, epoch => epoch]);
        each.step();
        each.step();
        Assert.Equal([1, 20], each.get_last_lr());
        Assert.Equal([1, 10], optimizer.ParamGroups.Select(group => group.InitialLearningRate));
    }

    private static double[] Current(Optimizer optimizer) => [.. optimizer.ParamGroups.Select(group => group.LearningRate)];

    private static double[] Rates(Func<Optimizer, lr_scheduler.LRScheduler> schedule, int epochs)
    {
        using var parameter = nn.Parameter(zeros(1));
        using var optimizer = SGD([parameter], 2.0);
        var scheduler = schedule(optimizer);
        var rates = new double[epochs];
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            rates[epoch] = optimizer.ParamGroups.Single().LearningRate;
            Assert.Equal(rates[epoch], scheduler.get_last_lr().Single());
            scheduler.step();
        }

        return rates;
    }

    private static void Close(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-9);
        }
    }
}
