using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class TensorArithmeticTests
{
    [Fact]
    public void OperatorsGoElementByElement()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new float[] { 1, 2, 3 });
        var b = tensor(new float[] { 10, 20, 30 });
        Expect.Values(a + b, 11, 22, 33);
        Expect.Values(a - b, -9, -18, -27);
        Expect.Values(a * b, 10, 40, 90);
        Expect.Values(b / a, 10, 10, 10);
        Expect.Values(-a, -1, -2, -3);
        Expect.Values(b % 7, 3, 6, 2);
    }

    [Fact]
    public void NumbersStandOnEitherSide()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new float[] { 1, 2, 4 });
        Expect.Values(a + 2, 3, 4, 6);
        Expect.Values(2 + a, 3, 4, 6);
        Expect.Values(2 - a, 1, 0, -2);
        Expect.Values(a - 2, -1, 0, 2);
        Expect.Values(3.0 * a, 3, 6, 12);
        Expect.Values(8f / a, 8, 4, 2);
        Expect.Values(a / 2L, 0.5, 1, 2);
    }

    [Fact]
    public void OperandsBroadcast()
    {
        using var scope = NewDisposeScope();
        var column = tensor(new float[] { 1, 2 }).unsqueeze(1);
        var row = tensor(new float[] { 10, 20, 30 });
        var sum = column + row;
        Expect.Shape(sum, 2, 3);
        Expect.Values(sum, 11, 21, 31, 12, 22, 32);
    }

    [Fact]
    public void AnInPlaceOperatorReturnsTheTensorItself()
    {
        using var a = tensor(new float[] { 1, 2, 3 });
        Assert.Same(a, a.add_(1));
        Assert.Same(a, a.mul_(2));
        Assert.Same(a, a.sub_(1));
        Assert.Same(a, a.div_(2));
        Assert.Same(a, a.neg_());
        Expect.Values(a, -1.5, -2.5, -3.5);
    }

    [Fact]
    public void DisposingTheResultOfAnInPlaceOperatorDisposesTheTensor()
    {
        var a = ones(2);
        using (a.add_(1))
        {
        }

        Assert.True(a.IsInvalid);
    }

    [Fact]
    public void AlphaScalesTheSecondOperand()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new float[] { 1, 2 });
        var b = tensor(new float[] { 10, 20 });
        Expect.Values(a.add(b, 0.5), 6, 12);
        Expect.Values(a.add_(b, 2), 21, 42);
    }

    [Fact]
    public void FusedFormsAddAMultipleOfAProductOrQuotient()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new float[] { 1, 1 });
        var b = tensor(new float[] { 2, 3 });
        var c = tensor(new float[] { 4, 6 });
        Expect.Values(a.addcmul(b, c, 0.5), 5, 10);
        Expect.Values(a.addcdiv(b, c, 2), 2, 2);
        Assert.Same(a, a.addcmul_(b, c, 1));
        Expect.Values(a, 9, 19);
        Assert.Same(a, a.addcdiv_(b, c, -2));
        Expect.Values(a, 8, 18);
        Expect.Values(a.lerp(b, tensor(0.5f)), 5, 10.5);
        Expect.Values(a.lerp_(b, tensor(0.5f)), 5, 10.5);
    }

    [Fact]
    public void DivisionRoundsAsAsked()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new long[] { 7, -7 });
        Expect.Values(a.div(2), 3.5, -3.5);
        Expect.Values(a.div(2, RoundingMode.trunc), 3, -3);
        Expect.Values(a.div(2, RoundingMode.floor), 3, -4);
        Expect.Values(a.div(tensor(2L), RoundingMode.floor), 3, -4);
        Expect.Values(a.floor_divide(tensor(2L)), 3, -4);
        Expect.Values(a.remainder(3), 1, 2);
        Expect.Values(a.fmod(3), 1, -1);
    }

    [Fact]
    public void ComparisonsGiveTruthValues()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new float[] { 1, 2, 3 });
        var b = tensor(new float[] { 3, 2, 1 });
        Expect.Values(a < b, 1, 0, 0);
        Expect.Values(a <= b, 1, 1, 0);
        Expect.Values(a > b, 0, 0, 1);
        Expect.Values(a >= 2, 0, 1, 1);
        Expect.Values(a == b, 0, 1, 0);
        Expect.Values(a != b, 1, 0, 1);
        Expect.Values(2 < a, 0, 0, 1);
        Assert.Equal(ScalarType.Bool, (a < b).dtype);
        Assert.False(a.Equals(b));
        Assert.True(a.Equals(a.clone()));
        Assert.True(a.allclose(a + 1e-7));
        Assert.False(a.allclose(a + 1e-2));
        Expect.Values(a.maximum(b), 3, 2, 3);
        Expect.Values(a.minimum(b), 1, 2, 1);
    }

    [Fact]
    public void LogicIsBitwiseOnIntegersAndTruthwiseOnAnything()
    {
        using var scope = NewDisposeScope();
        var a = tensor(new long[] { 0b1100, 0 });
        var b = tensor(new long[] { 0b1010, 5 });
        Expect.Values(a & b, 0b1000, 0);
        Expect.Values(a | b, 0b1110, 5);
        Expect.Values(a ^ b, 0b0110, 5);
        Expect.Values(~a, ~0b1100, -1);
        Expect.Values(a.logical_and(b), 1, 0);
        Expect.Values(a.logical_or(b), 1, 1);
        Expect.Values(a.logical_xor(b), 0, 1);
        Expect.Values(a.logical_not(), 0, 1);
    }
}
