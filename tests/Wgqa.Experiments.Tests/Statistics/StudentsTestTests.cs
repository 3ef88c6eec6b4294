using Wgqa.Experiments.Statistics;

namespace Wgqa.Experiments.Tests.Statistics;

public class StudentsTestTests
{
    // t and p by the formula; p for 4 and 2 degrees of freedom from the distribution's closed forms.
    [Fact]
    public void TheTestIsStudents()
    {
        var five = StudentsTest.Of([1, 2, 3, 4, 5])!;
        Assert.Equal(3, five.Mean);
        Assert.Equal(Math.Sqrt(0.5), five.StandardError, 1e-12);
        Assert.Equal(3 * Math.Sqrt(2), five.T, 1e-12);

        // With 4 degrees of freedom 1 − p = sin θ (1 + cos² θ / 2), θ = atan(t / √4).
        var angle = Math.Atan(five.T / 2);
        Assert.Equal(1 - (Math.Sin(angle) * (1 + (Math.Pow(Math.Cos(angle), 2) / 2))), five.PValue, 1e-9);

        // With 2 degrees of freedom p = 1 − t/√(t² + 2).
        var three = StudentsTest.Of([0.4, 0.9, 0.2])!;
        Assert.Equal(1 - (three.T / Math.Sqrt((three.T * three.T) + 2)), three.PValue, 1e-9);

        // And the 0.975 quantile is 4.302653.
        Assert.Equal(4.302653 * three.StandardError, three.HalfWidth, 1e-5);
    }

    [Fact]
    public void TheSignDoesNotMatter()
    {
        Assert.Equal(StudentsTest.Of([1, 2, 4])!.PValue, StudentsTest.Of([-1, -2, -4])!.PValue, 1e-15);
    }

    [Fact]
    public void WithoutSpreadThereIsNoTest()
    {
        Assert.Null(StudentsTest.Of([1.5]));
        Assert.Null(StudentsTest.Of([0.3, 0.3, 0.3]));
        Assert.Equal(1, StudentsTest.Of([0, 0, 0])!.PValue);
    }

    [Fact]
    public void HolmAdjustsInAscendingOrderAndNeverDecreases()
    {
        Assert.Equal([0.03, 0.06, 0.06, null], HolmAdjustment.Of([0.01, 0.04, 0.03, null]).Select(p => p is { } value ? Math.Round(value, 12) : (double?)null));
        Assert.Equal([1.0, 1.0], HolmAdjustment.Of([0.9, 0.6]));
        Assert.Empty(HolmAdjustment.Of([]));
    }
}
