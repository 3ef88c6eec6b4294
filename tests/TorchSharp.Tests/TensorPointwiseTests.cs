using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class TensorPointwiseTests
{
    private static readonly double[] Points = [0.25, 0.5, 0.9];

    public static TheoryData<string> Names => [.. Functions.Keys];

    private static Dictionary<string, (Func<Tensor, Tensor> Pure, Func<Tensor, Tensor>? InPlace, Func<double, double> Expected)> Functions { get; } = new()
    {
        ["abs"] = (x => x.abs(), x => x.abs_(), Math.Abs),
        ["exp"] = (x => x.exp(), x => x.exp_(), Math.Exp),
        ["log"] = (x => x.log(), x => x.log_(), Math.Log),
        ["log2"] = (x => x.log2(), x => x.log2_(), Math.Log2),
        ["log10"] = (x => x.log10(), x => x.log10_(), Math.Log10),
        ["log1p"] = (x => x.log1p(), x => x.log1p_(), v => Math.Log(1 + v)),
        ["expm1"] = (x => x.expm1(), x => x.expm1_(), v => Math.Exp(v) - 1),
        ["sqrt"] = (x => x.sqrt(), x => x.sqrt_(), Math.Sqrt),
        ["rsqrt"] = (x => x.rsqrt(), x => x.rsqrt_(), v => 1 / Math.Sqrt(v)),
        ["square"] = (x => x.square(), null, v => v * v),
        ["reciprocal"] = (x => x.reciprocal(), x => x.reciprocal_(), v => 1 / v),
        ["sin"] = (x => x.sin(), x => x.sin_(), Math.Sin),
        ["cos"] = (x => x.cos(), x => x.cos_(), Math.Cos),
        ["tan"] = (x => x.tan(), x => x.tan_(), Math.Tan),
        ["asin"] = (x => x.asin(), x => x.asin_(), Math.Asin),
        ["acos"] = (x => x.acos(), x => x.acos_(), Math.Acos),
        ["atan"] = (x => x.atan(), x => x.atan_(), Math.Atan),
        ["sinh"] = (x => x.sinh(), x => x.sinh_(), Math.Sinh),
        ["cosh"] = (x => x.cosh(), x => x.cosh_(), Math.Cosh),
        ["tanh"] = (x => x.tanh(), x => x.tanh_(), Math.Tanh),
        ["sigmoid"] = (x => x.sigmoid(), x => x.sigmoid_(), v => 1 / (1 + Math.Exp(-v))),
        ["silu"] = (x => x.silu(), x => x.silu_(), v => v / (1 + Math.Exp(-v))),
        ["softplus"] = (x => x.softplus(), null, v => Math.Log(1 + Math.Exp(v))),
        ["log_sigmoid"] = (x => x.log_sigmoid(), null, v => -Math.Log(1 + Math.Exp(-v))),
        ["pow"] = (x => x.pow(3), x => x.pow_(3), v => v * v * v),
        ["pow tensor"] = (x => x.pow(tensor(2.5, dtype: float64)), null, v => Math.Pow(v, 2.5)),
        ["frac"] = (x => (x + 2).frac(), null, v => v),
        ["xlogy"] = (x => x.xlogy(x), null, v => v * Math.Log(v)),
        ["atan2"] = (x => x.atan2(x + 1), null, v => Math.Atan2(v, v + 1)),
        ["hypot"] = (x => x.hypot(x + 1), null, v => Math.Sqrt((v * v) + ((v + 1) * (v + 1)))),
        ["deg2rad"] = (x => x.deg2rad(), null, v => v * Math.PI / 180),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void AFunctionEqualsDotNets(string name)
    {
        using var scope = NewDisposeScope();
        var (pure, inPlace, expected) = Functions[name];
        var x = tensor(Points, dtype: float64);
        Expect.Close(pure(x), 1e-12, Points.Select(expected).ToArray());
        Expect.Values(x, Points);
        if (inPlace is not null)
        {
            Assert.Same(x, inPlace(x));
            Expect.Close(x, 1e-12, Points.Select(expected).ToArray());
        }
    }

    [Fact]
    public void RoundingGoesUpDownToZeroAndToEven()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { -1.5, -0.5, 0.5, 1.5, 2.5 });
        Expect.Values(x.ceil(), -1, 0, 1, 2, 3);
        Expect.Values(x.floor(), -2, -1, 0, 1, 2);
        Expect.Values(x.trunc(), -1, 0, 0, 1, 2);
        Expect.Values(x.round(), -2, 0, 0, 2, 2);
        Expect.Values(tensor(new double[] { 1.234, 5.678 }).round(1), 1.2, 5.7);
        Expect.Values(x.sign(), -1, -1, 1, 1, 1);
    }

    [Fact]
    public void ClampingKeepsWithinEitherBound()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { -2, 0, 2 });
        Expect.Values(x.clamp(-1, 1), -1, 0, 1);
        Expect.Values(x.clamp((Scalar?)null, 1), -2, 0, 1);
        Expect.Values(x.clamp(min: tensor(new float[] { 0, 1, 0 })), 0, 1, 2);
        Expect.Values(x.clamp_min(0), 0, 0, 2);
        Expect.Values(x.clamp_max(0), -2, 0, 0);
        Assert.Same(x, x.clamp_(-1, 1));
        Expect.Values(x, -1, 0, 1);
    }

    [Fact]
    public void ErrorFunctionsEqualTheTables()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 0, 0.5, 1 });
        Expect.Close(x.erf(), 1e-12, 0, 0.5204998778130465, 0.8427007929497149);
        Expect.Close(x.erfc(), 1e-12, 1, 0.4795001221869535, 0.15729920705028513);
        Expect.Close(x.erf().erfinv(), 1e-9, 0, 0.5, 1);
        // x (1 + erf(x / √2)) / 2
        Expect.Close(x.gelu(), 1e-12, 0, 0.34573123063700656, 0.8413447460685429);
        Expect.Close(tensor(new double[] { 4, 5 }).lgamma(), 1e-12, Math.Log(6), Math.Log(24));
    }

    [Fact]
    public void RectifiersCutBelow()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { -2, 0, 7 });
        Expect.Values(x.relu(), 0, 0, 7);
        Expect.Values(x.relu6(), 0, 0, 6);
        Expect.Values(x.leaky_relu(0.1), -0.2, 0, 7);
        Expect.Values(x.elu(), Math.Exp(-2) - 1, 0, 7);
        Expect.Values(x.threshold(1, 9), 9, 9, 7);
    }

    [Fact]
    public void NonNumbersAreFoundAndReplaced()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1 });
        Expect.Values(x.isnan(), 1, 0, 0, 0);
        Expect.Values(x.isinf(), 0, 1, 1, 0);
        Expect.Values(x.isfinite(), 0, 0, 0, 1);
        Expect.Values(x.isposinf(), 0, 1, 0, 0);
        Expect.Values(x.nan_to_num(0, 5, -5), 0, 5, -5, 1);
    }
}
