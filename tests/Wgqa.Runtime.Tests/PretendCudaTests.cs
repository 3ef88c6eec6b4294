using System.Runtime.InteropServices;
using TorchSharp;
using Wgqa.Data;
using Wgqa.Decoding;
using Wgqa.Kernels;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Decoding;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Runtime.Tests.Training;
using Wgqa.Testing;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests;

/// <summary>A test that needs the stand-in for a CUDA device.</summary>
public sealed class PretendFactAttribute : FactAttribute
{
    /// <summary>Skips without it.</summary>
    public PretendFactAttribute() => Skip = PretendCuda.Exists ? null : PretendCuda.Missing;
}

/// <summary>A theory that needs the stand-in for a CUDA device.</summary>
public sealed class PretendTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips without it.</summary>
    public PretendTheoryAttribute() => Skip = PretendCuda.Exists ? null : PretendCuda.Missing;
}

/// <summary>What a CUDA device would refuse is refused by its stand-in, and the host waits for the device no oftener than it has to.</summary>
[Collection(nameof(GlobalGenerator))]
[Trait(TestDevice.Trait, TestDevice.Pretend)]
public sealed class PretendCudaTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _scratch = new();

    // A variant of each kind that computes in its own way, but for the one whose noise each device draws for itself.
    public static TheoryData<string> Variants => [.. VariantCatalog.All.Select(static variant => variant.Info.Name).Where(static name => name.Contains("teady", StringComparison.Ordinal) && name != nameof(UnsteadyPerturbed))];

    public void Dispose()
    {
        _scope.Dispose();
        _scratch.Dispose();
    }

    [PretendFact]
    public void TensorsOfDifferentDevicesDoNotMeet()
    {
        var (here, there, elsewhere) = (ones(2, 2), ones(2, 2, device: "cuda:0"), ones(2, 2, device: "cuda:1"));
        foreach (var mixed in (Func<Tensor>[])[() => there.add(here), () => there.matmul(here), () => here.matmul(there), () => there.add(elsewhere), () => cat([there, elsewhere]), () => there.add_(here)])
        {
            Assert.Contains("same device", Assert.Throws<ExternalException>(mixed).Message, StringComparison.Ordinal);
        }

        Assert.Equal(3, there.add(tensor(2f)).max().item<float>());   // a number of the CPU is welcome
        Assert.Equal(1, there.to("cuda:1").mul(elsewhere).cpu().data<float>()[3]);
    }

    [PretendFact]
    public unsafe void ItsMemoryIsNoneOfTheHosts()
    {
        var there = ones(3, device: "cuda");
        var address = (delegate* unmanaged<nint, out ulong, int>)StandIn.Entry("wgqa_data");
        Assert.Equal(0, address(there.Handle, out var data));
        Assert.True(data >= 1UL << 52, "no processor has such an address");
        Assert.Throws<InvalidOperationException>(() => there.bytes.Length);
        Assert.Throws<InvalidOperationException>(() => there.ReadCpuSingle(0));
        Assert.Equal([1f, 1f, 1f], there.data<float>());   // a copy
    }

    [PretendFact]
    public void WhatMakesTheHostWaitIsHeard()
    {
        var there = zeros(3, device: "cuda:1");
        Assert.Equal(["write copy"], PretendCuda.Waits(() => there.add_(tensor(new[] { 1f, 2f, 3f }, device: "cuda:1"))));
        Assert.Equal(["read _local_scalar_dense"], PretendCuda.Waits(() => there.sum().ToDouble()));
        Assert.Equal(["read nonzero"], PretendCuda.Waits(() => there[there.gt(1)].add_(1)));
        Assert.Equal(["read copy"], PretendCuda.Waits(() => there.cpu()));
        Assert.Equal(["wait stream"], PretendCuda.Waits(() => cuda.synchronize()));
        Assert.Empty(PretendCuda.Waits(() => there.mul(2).softmax(0).copy_(there).index_select(0, arange(2, device: "cuda:1"))));
    }

    [PretendFact]
    public void ATrainingStepWaitsForItsLossAndForTheNormOfItsGradients()
    {
        using var model = SmallModels.Create(variant: AttentionVariant.Of<GoldenColG2>());
        Seq2SeqExample[] examples = [.. Enumerable.Range(0, 12).Select(i => new Seq2SeqExample([.. Enumerable.Range(2, 3 + i), 1], [.. Enumerable.Range(4, 2 + i), 1]))];
        var task = new Seq2SeqTask(model, examples, batchSize: 4, seed: 1);
        using var updates = new Updates<Seq2SeqBatch>(task, new TrainingOptions { Steps = 3, ClipGradientNorm = 1, Accumulation = 2 });
        var batches = Enumerable.Range(0, 3).SelectMany(epoch => task.Epoch(epoch, 0)).GetEnumerator();

        Seq2SeqBatch Next()
        {
            batches.MoveNext();
            return batches.Current;
        }

        Assert.True(updates.Next(Next, 0)!.Value.IsFinite);
        Assert.Equal(["read copy", "read _local_scalar_dense"], PretendCuda.Waits(() => updates.Next(Next, 1)));
    }

    [PretendTheory]
    [InlineData(1)]
    [InlineData(3)]
    public void ATokenIsWaitedForOnlyWhereARowMayEnd(int rows)
    {
        using var model = SmallT5.Create(SmallT5.Tied);
        using var inputs = SmallT5.Inputs().narrow(0, 0, rows);
        string[] Waits(int least) => PretendCuda.Waits(() => model.Generate(inputs, new() { MaxLength = 21, MinLength = least, EosTokenIds = [39] }));

        var (closed, open) = (Waits(21), Waits(1));
        Assert.Equal(["read copy", "read copy"], closed);   // whether the mask hides anything, and all tokens
        Assert.Equal(19, open.Length - closed.Length);
    }

    [PretendTheory]
    [MemberData(nameof(Variants))]
    public void EveryVariantComputesWhatItDoesOnTheCpu(string name)
    {
        var variant = VariantCatalog.All.Single(variant => variant.Info.Name == name);
        using var model = SmallModels.Create(SmallModels.Config with { DropoutRate = 0 }, variant);
        var (input, mask, labels) = SmallModels.Batch();

        Dictionary<string, Tensor> Gradients(string device)
        {
            model.to(device);
            model.zero_grad();
            var (ids, seen, wanted) = (input.to(device), mask.to(device), labels.to(device));
            T5.Loss(model.forward(ids, seen, T5.ShiftRight(wanted)), wanted).backward();
            return model.named_parameters().Where(static named => named.parameter.grad is not null).ToDictionary(static named => named.name, static named => named.parameter.grad!.cpu());
        }

        var (there, here) = (Gradients("cuda:1"), Gradients("cpu"));
        Assert.Equal(here.Keys, there.Keys);
        Assert.All(here, named => Closeness.AssertRelativelyWithin(1e-3, named.Value, there[named.Key], named.Key));
    }
}
