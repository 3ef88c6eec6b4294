using System.Runtime.InteropServices;
using Wgqa.Decoding;
using Wgqa.Kernels;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>A decoding step can be recorded: replayed without the host, it gives what it gives step by step.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class RecordedStepTests(T5GoldenGenerationTests.Models models) : IClassFixture<T5GoldenGenerationTests.Models>
{
    // Each waits for the device, or makes a tensor whose size only the device knows.
    private static readonly string[] Waiting = ["item", "_local_scalar_dense", "is_nonzero", "equal", "nonzero", "masked_select", "unique", "_unique2", "repeat_interleave", "cpu"];

    public static TheoryData<string, string> Cases => T5GoldenGenerationTests.Cases;

    // But for one that asks for its map, which lies on the host wherever the model is: on the CPU the tape cannot tell it from the device's memory.
    public static TheoryData<string> Variants => [.. T5SteadySessionTests.VariantNames.Where(name => name != nameof(SteadyKeyDriven))];

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void ReplayedStepsGiveHuggingFacesIdsAndScores(string model, string name)
    {
        if (!TapeRecorder.Exists)
        {
            return;
        }

        using var operators = NativeKernels.Withhold();
        var recorder = new TapeRecorder();
        T5GoldenGenerationTests.AssertHuggingFaces(models, model, name, (t5, inputIds, options) => Steady.Generate(t5, inputIds, options, recorder));
        Assert.True(recorder.Replays > recorder.Recordings.Count, "nothing was replayed");
        Assert.Equal(0, recorder.Alive);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void EveryVariantsStepsCanBeReplayed(string name)
    {
        if (!TapeRecorder.Exists)
        {
            return;
        }

        using var operators = NativeKernels.Withhold();
        using var model = SmallModels.Create(variant: VariantCatalog.All.Single(variant => variant.Info.Name == name));
        using var inputIds = SmallModels.Batch().Input;
        foreach (var beams in new[] { 1, 2 })
        {
            var options = new GenerationOptions { MaxNewTokens = 24, MinNewTokens = 20, NumBeams = beams };
            var recorder = new TapeRecorder();
            Assert.Equal(model.Generate(inputIds, options).Tokens, Steady.Generate(model, inputIds, options, recorder).Tokens);
            Assert.True(recorder.Replays > recorder.Recordings.Count);
            Assert.All(recorder.Recordings, names => Assert.DoesNotContain(names, op => Waiting.Contains(op.Replace("aten::", "", StringComparison.Ordinal))));
        }
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void AStepIsFewOperators(Precision precision)
    {
        if (!TapeRecorder.Exists)
        {
            return;
        }

        using var withheld = NativeKernels.Withhold();
        using var model = SmallT5.Create(SmallT5.Grouped(2));
        model.Deploy(precision);
        using var inputIds = SmallT5.Inputs();
        var recorder = new TapeRecorder();
        var options = new GenerationOptions { MaxNewTokens = 8, MinNewTokens = 8 };
        Assert.Equal(Steady.Generate(model, inputIds, options).Tokens, Steady.Generate(model, inputIds, options, recorder).Tokens);

        // Two blocks and the head, views included: about half of them are work for a device.
        Assert.InRange(recorder.Recordings.Max(operators => operators.Length), 50, 260);
    }

    [Fact]
    public void ANumberOfTheHostsIsRecordedAsItWas()
    {
        if (!TapeRecorder.Exists)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var (sum, step) = (zeros(1, device: TestDevice.Current), 0);
        var recorder = new TapeRecorder();
        var work = new RepeatedWork(() => sum.add_(++step), recorder);
        for (var i = 0; i < 4; i++)
        {
            work.Run();
        }

        work.Dispose();
        Assert.Equal(1 + 2 + 2 + 2, sum.cpu().item<float>());   // done, recorded, replayed twice: such work must not be recorded
    }

    [Fact]
    public void WhatAGraphCannotHoldIsRefused()
    {
        if (!TapeRecorder.Exists)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var x = ones(3, device: TestDevice.Current);
        var recorder = new TapeRecorder();
        Assert.Contains("host", Assert.Throws<ExternalException>(() => recorder.Record(() => x.sum().item<float>())).Message, StringComparison.Ordinal);
        Assert.Contains("host", Assert.Throws<ExternalException>(() => recorder.Record(() => x.add(tensor(new[] { 1f, 2f, 3f })))).Message, StringComparison.Ordinal);
        Assert.Contains("host", Assert.Throws<ExternalException>(() => recorder.Record(() => _ = x.cpu().data<float>()[0])).Message, StringComparison.Ordinal);
    }
}
