using System.Diagnostics;
using Wgqa.Decoding;
using Wgqa.Profiling;
using Wgqa.Runtime.Tests.Decoding;
using Wgqa.Runtime.Tests.Training;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Profiling;

/// <summary>Nothing else runs meanwhile: operators are timed for all threads together.</summary>
[Collection(nameof(GlobalGenerator))]
public sealed class ProfileTests
{
    [Fact]
    public void OperatorsAreCountedWhileAskedForEachWithoutThoseThatItCalls()
    {
        if (!OperatorTimes.Available)
        {
            Assert.Null(OperatorTimes.Take());
            return;
        }

        using var scope = NewDisposeScope();
        var (x, weight) = (ones([64, 256], requires_grad: true), ones([256, 256]));
        OperatorTimes.Begin();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 5; i++)
        {
            nn.functional.linear(x, weight).sum().backward();
        }

        clock.Stop();
        OperatorTimes.End();
        x.add(1);

        var times = OperatorTimes.Take()!;
        Assert.Equal(5, times.Single(one => one.Name == "aten::linear").Calls);
        Assert.Equal(10, times.Where(one => one.Name is "aten::mm" or "aten::addmm").Sum(one => one.Calls));   // once forward, once for the gradient
        Assert.Contains(times, one => one.Name == "SumBackward0");
        Assert.DoesNotContain(times, one => one.Name == "aten::add");
        Assert.All(times, one => Assert.True(one.Seconds >= 0));
        Assert.True(times.Sum(one => one.Seconds) <= clock.Elapsed.TotalSeconds);   // nothing counts twice
        Assert.Equal(times.OrderByDescending(one => one.Seconds), times);
        Assert.Empty(OperatorTimes.Take()!);
    }

    [Theory]
    [InlineData("aten::mm", "aten::mm")]
    [InlineData("torch::autograd::CppNode<(anonymous namespace)::Attend>", "wgqa::Attend backward")]
    public void AKernelsGradientIsCalledAfterTheKernel(string name, string shown) => Assert.Equal(shown, OperatorTimes.Named(name));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void DecodingWithAProfileFindsTheSameAndTheParts(int beams)
    {
        using var model = SmallT5.Create(SmallT5.Tied);
        using var inputs = SmallT5.Inputs();
        var options = new GenerationOptions { MaxLength = 12, NumBeams = beams };
        var profile = new DecodingProfile();
        Assert.Null(profile.Measured);

        var found = model.Generate(inputs, options, profile: profile);
        Thread.Sleep(200);
        var again = model.Generate(inputs, options, profile: profile);

        var expected = model.Generate(inputs, options).Tokens;
        Assert.Equal(expected, found.Tokens);
        Assert.Equal(expected, again.Tokens);
        var measured = profile.Measured!;
        Assert.Equal("decoding step", measured.Of);
        Assert.InRange(measured.Steps, 2, 22);
        Assert.Subset(measured.Parts.Select(part => part.Name).ToHashSet(), new HashSet<string> { "encode", "decode", "search" });
        Assert.Equal(beams > 1, measured.Parts.Any(part => part.Name == "reorder"));
        Assert.Equal(OperatorTimes.Available, measured.Operators is { Count: > 0 });
        Assert.Contains(measured.Lines(), line => line.StartsWith("operators", StringComparison.Ordinal));
    }

    [Fact]
    public void ASessionThatChoosesIsMeasuredToo()
    {
        using var model = SmallT5.Create(SmallT5.Tied);
        using var inputs = SmallT5.Inputs();
        var options = new GenerationOptions { MaxLength = 12 };
        using var session = Steady.Open(model, inputs, null, 12);
        var profile = new DecodingProfile();
        using (profile.Measure())
        {
            Assert.Equal(model.Generate(inputs, options, ones_like(inputs)).Tokens, SequenceDecoder.Decode(ProfiledSession.Over(session, profile), [[0], [0], [0]], options).Tokens);
        }

        Assert.Contains(profile.Measured!.Parts, part => part.Name == "decode");
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    [InlineData(9, 5)]
    [InlineData(6, 3)]
    public void AShortRunReportsWhatThereIs(int steps, int measured)
    {
        var reports = new List<Profile?>();
        var profile = new StepProfile(5, reports.Add);
        for (var step = 0; step < steps; step++)
        {
            profile.Begin();
            profile.Mark(StepPart.Forward);
        }

        profile.End();
        profile.End();

        Assert.Equal(measured, Assert.Single(reports)?.Steps ?? 0);
    }
}
