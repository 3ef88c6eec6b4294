using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class OptimizerTests
{
    private static readonly float[] Start = [1f, -2f, 0.5f];
    private static readonly float[][] Gradients = [[0.1f, -0.2f, 0.3f], [-0.4f, 0.5f, 0f]];

    [Fact]
    public void SgdIsGradientDescentWithMomentum()
    {
        var (p, b) = (Doubles(Start), new double[3]);
        for (var t = 0; t < 2; t++)
        {
            for (var i = 0; i < 3; i++)
            {
                var g = Gradients[t][i] + (0.01 * p[i]);
                b[i] = t == 0 ? g : (0.9 * b[i]) + (0.8 * g);
                p[i] -= 0.1 * b[i];
            }
        }

        Close(p, After(parameter => optim.SGD([parameter], 0.1, momentum: 0.9, dampening: 0.2, weight_decay: 0.01)));
    }

    [Fact]
    public void NesterovLooksAhead()
    {
        var (p, b) = (Doubles(Start), new double[3]);
        for (var t = 0; t < 2; t++)
        {
            for (var i = 0; i < 3; i++)
            {
                b[i] = (0.9 * b[i]) + Gradients[t][i];
                p[i] -= 0.1 * (Gradients[t][i] + (0.9 * b[i]));
            }
        }

        Close(p, After(parameter => optim.SGD([parameter], 0.1, momentum: 0.9, nesterov: true)));
        Assert.Throws<ArgumentException>(() => After(parameter => optim.SGD([parameter], 0.1, nesterov: true)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AdamCorrectsBothMomentsAndAddsEpsilonLast(bool decoupled)
    {
        const double Rate = 0.01, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-3, Decay = 0.1;
        var (p, m, v) = (Doubles(Start), new double[3], new double[3]);
        for (var t = 1; t <= 2; t++)
        {
            for (var i = 0; i < 3; i++)
            {
                double g = Gradients[t - 1][i];
                if (decoupled)
                {
                    p[i] *= 1 - (Rate * Decay);
                }
                else
                {
                    g += Decay * p[i];
                }

                m[i] = (Beta1 * m[i]) + ((1 - Beta1) * g);
                v[i] = (Beta2 * v[i]) + ((1 - Beta2) * g * g);
                p[i] -= Rate * (m[i] / (1 - Math.Pow(Beta1, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(Beta2, t))) + Epsilon);
            }
        }

        Close(p, After(parameter => decoupled
            ? optim.AdamW([parameter], Rate, Beta1, Beta2, Epsilon, Decay)
            : optim.Adam([parameter], Rate, Beta1, Beta2, Epsilon, Decay)));
    }

    [Fact]
    public void AmsgradDividesByTheLargestSecondMoment()
    {
        float[][] gradients = [[1f], [0.1f]];
        var (p, m, v, largest) = (1.0, 0.0, 0.0, 0.0);
        for (var t = 1; t <= 2; t++)
        {
            double g = gradients[t - 1][0];
            m = (0.9 * m) + (0.1 * g);
            v = (0.5 * v) + (0.5 * g * g);
            largest = Math.Max(largest, v);
            p -= 0.1 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(largest / (1 - Math.Pow(0.5, t))) + 1e-8);
        }

        using var parameter = nn.Parameter(ones(1));
        using var optimizer = optim.AdamW([parameter], 0.1, beta2: 0.5, amsgrad: true);
        Run(optimizer, parameter, gradients);
        Close([p], parameter.data<float>().ToArray());
    }

    [Fact]
    public void MaximizingGoesTheOtherWay()
    {
        Close(
            [.. Start.Select((value, i) => (double)value + (0.5 * (Gradients[0][i] + Gradients[1][i])))],
            After(parameter => optim.SGD([parameter], 0.5, maximize: true)));

        var down = After(parameter => optim.AdamW([parameter], 0.1));
        var up = After(parameter => optim.AdamW([parameter], 0.1, maximize: true));
        Close([.. Start.Select((value, i) => (2.0 * value) - down[i])], up);
    }

    [Fact]
    public void GroupsHaveTheirOwnSettingsAndTheOptimizersDefaults()
    {
        using var first = nn.Parameter(ones(1));
        using var second = nn.Parameter(ones(1));
        using var third = nn.Parameter(ones(1));
        using var optimizer = optim.SGD(
            [
                new SGD.ParamGroup([first], lr: 0.5),
                new SGD.ParamGroup { Parameters = [second], Options = new SGD.Options { weight_decay = 1 } },
            ],
            0.25);
        optimizer.add_param_group(new SGD.ParamGroup { Parameters = [third] });

        Assert.Equal([0.5, 0.25, 0.25], optimizer.ParamGroups.Select(group => group.LearningRate));
        Assert.Equal([0.5, 0.25, 0.25], optimizer.ParamGroups.Select(group => group.InitialLearningRate));
        Assert.Equal([first, second, third], optimizer.parameters());

        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate *= 2;
        }

        foreach (var parameter in optimizer.parameters())
        {
            SetGradient(parameter, [1f]);
        }

        optimizer.step();
        Close([0.0, 0.0, 0.5], [first.item<float>(), second.item<float>(), third.item<float>()]);
    }

    [Fact]
    public void AParameterWithoutAGradientIsLeftAlone()
    {
        using var parameter = nn.Parameter(ones(2));
        using var optimizer = optim.AdamW([parameter], weight_decay: 0.5);

        optimizer.step();

        Assert.Equal([1f, 1f], parameter.data<float>().ToArray());
    }

    [Fact]
    public void TheClosureRunsWithGradientsAndTheStepWithout()
    {
        using var scope = NewDisposeScope();
        using var parameter = nn.Parameter(ones(1));
        using var optimizer = optim.SGD([parameter], 0.25);

        using (no_grad())
        {
            var loss = optimizer.step(() =>
            {
                Assert.True(is_grad_enabled());
                var value = parameter.mul(parameter).sum();
                value.backward();
                return value;
            });
            Assert.Equal(1f, loss.item<float>());
        }

        Assert.Equal(0.5f, parameter.item<float>());
        Assert.True(parameter.is_leaf);
        Assert.Null(optimizer.step());
        optimizer.zero_grad();
        Assert.Equal(0f, parameter.grad!.item<float>());
    }

    [Theory]
    [InlineData("SGD")]
    [InlineData("Adam")]
    [InlineData("AdamW")]
    public void StepsLeaveTheNumberOfLiveTensorsAndDisposingFreesTheState(string name)
    {
        using var parameter = nn.Parameter(tensor(Start));
        SetGradient(parameter, Gradients[0]);
        var statistics = DisposeScopeManager.Statistics;
        var before = statistics.ThreadTotalLiveCount;
        using (var outer = NewDisposeScope())
        {
            using var optimizer = Made(name, parameter);
            optimizer.step();
            var afterOne = statistics.ThreadTotalLiveCount;
            Assert.Equal(0, outer.DisposablesCount);
            for (var i = 0; i < 5; i++)
            {
                optimizer.step();
            }

            Assert.Equal(afterOne, statistics.ThreadTotalLiveCount);
        }

        Assert.Equal(before, statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData("SGD")]
    [InlineData("Adam")]
    [InlineData("AdamW")]
    public void ASavedOptimizerGoesOnAsIfItHadNotStopped(string name)
    {
        using var straight = nn.Parameter(tensor(Start));
        using var resumed = nn.Parameter(tensor(Start));
        using var first = Made(name, straight);
        using var stopped = Made(name, resumed);
        Run(first, straight, [.. Gradients, .. Gradients]);
        Run(stopped, resumed, Gradients);
        var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            stopped.save_state_dict(writer);
        }

        using var second = Made(name, resumed);
        foreach (var group in second.ParamGroups)
        {
            group.LearningRate = 0;
        }

        using (var reader = new BinaryReader(new MemoryStream(stream.ToArray())))
        {
            Run(second, resumed, [Gradients[0]]); // a rate of zero: only the state changes
            second.load_state_dict(reader);
        }

        Run(second, resumed, Gradients);
        Assert.Equal(straight.data<float>().ToArray(), resumed.data<float>().ToArray());
    }

    [Fact]
    public void AStateDictionaryCopiesIntoAnotherOptimizer()
    {
        using var parameter = nn.Parameter(tensor(Start));
        using var other = nn.Parameter(tensor(Start));
        using var source = (AdamW)Made("AdamW", parameter);
        using var target = (AdamW)Made("AdamW", other);
        Run(source, parameter, Gradients);

        target.load_state_dict(source.state_dict());

        var state = Assert.IsType<AdamW.State>(Assert.Single(target.state_dict().State));
        Assert.Equal(2, state.step);
        Assert.True(state.ApproximatelyEquals(source.state_dict().State[0]));
        Assert.NotSame(state, source.state_dict().State[0]);
        Assert.Equal([0], Assert.Single(target.state_dict().StateIndexRef));
    }

    [Fact]
    public void AnotherOptimizersStateIsRefused()
    {
        using var parameter = nn.Parameter(tensor(Start));
        using var source = Made("SGD", parameter);
        using var target = Made("AdamW", parameter);
        var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            source.save_state_dict(writer);
        }

        using var reader = new BinaryReader(new MemoryStream(stream.ToArray()));
        Assert.Throws<InvalidDataException>(() => target.load_state_dict(reader));
        using var none = optim.AdamW(Array.Empty<Parameter>());
        Assert.Throws<ArgumentException>(() => none.load_state_dict(target.state_dict()));
    }

    [Fact]
    public void SettingsOutOfRangeAreRefused()
    {
        using var parameter = nn.Parameter(ones(1));

        Assert.Throws<ArgumentException>(() => optim.AdamW([parameter], lr: -1));
        Assert.Throws<ArgumentException>(() => optim.AdamW([parameter], beta1: 1));
        Assert.Throws<ArgumentException>(() => optim.Adam([parameter], beta2: -0.1));
        Assert.Throws<ArgumentException>(() => optim.Adam([parameter], eps: -1));
        Assert.Throws<ArgumentException>(() => optim.SGD([parameter], 0.1, weight_decay: -1));
    }

    [Fact]
    public void DefaultsAreTorchSharps()
    {
        using var parameter = nn.Parameter(ones(1));
        using var optimizer = optim.AdamW([("p", parameter)]);
        var options = (AdamW.Options)optimizer.state_dict().Options[0];

        Assert.Equal(0, options.weight_decay);
        Assert.Equal(1e-3, options.LearningRate);
        Assert.Equal((0.9, 0.999), optimizer.Betas);
        Assert.Equal(1e-8, options.eps);
    }

    internal static OptimizerHelper Made(string name, Parameter parameter) => name switch
    {
        "SGD" => optim.SGD([parameter], 0.1, momentum: 0.9, weight_decay: 0.01),
        "Adam" => optim.Adam([parameter], 0.01, weight_decay: 0.1, amsgrad: true),
        _ => optim.AdamW([parameter], 0.01, weight_decay: 0.1),
    };

    internal static void SetGradient(Parameter parameter, float[] values)
    {
        using var gradient = tensor(values);
        using var shaped = gradient.reshape(parameter.shape);
        parameter.grad = shaped;
    }

    private static float[] After(Func<Parameter, optim.Optimizer> make)
    {
        using var parameter = nn.Parameter(tensor(Start));
        using var optimizer = make(parameter);
        Run(optimizer, parameter, Gradients);
        return parameter.data<float>().ToArray();
    }

    private static void Run(optim.Optimizer optimizer, Parameter parameter, float[][] gradients)
    {
        foreach (var gradient in gradients)
        {
            SetGradient(parameter, gradient);
            optimizer.step();
        }
    }

    private static double[] Doubles(float[] values) => [.. values.Select(value => (double)value)];

    private static void Close(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-6);
        }
    }
}
