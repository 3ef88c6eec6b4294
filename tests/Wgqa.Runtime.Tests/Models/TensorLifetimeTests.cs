using TorchSharp;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Models;

/// <summary>No step leaves a tensor behind.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public class TensorLifetimeTests
{
    private static long Live => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    public static TheoryData<string?> Variants => [null, .. SmallModels.Variants.Where(v => v.Info.Name is "Col6" or "Row1" or "First6").Select(v => v.Info.Name)];

    private static AttentionVariant? Find(string? name) => SmallModels.Variants.FirstOrDefault(v => v.Info.Name == name);

    [Theory]
    [MemberData(nameof(Variants))]
    public void ATrainingStepLeavesNoTensorBehind(string? variant)
    {
        using var model = SmallModels.Create(SmallModels.Config with { FeedForward = FeedForwardKind.GatedGelu, TieWordEmbeddings = false }, Find(variant));
        model.train();
        var (input, mask, labels) = SmallModels.Batch();
        void Step()
        {
            using var decoder = T5.ShiftRight(labels);
            using var logits = model.forward(input, mask, decoder);
            using var loss = T5.Loss(logits, labels);
            loss.backward();
        }

        Step();   // the first one makes the gradients
        var before = Live;
        for (var i = 0; i < 100; i++)
        {
            Step();
        }

        Assert.Equal(before, Live);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void ADecodingStepLeavesNoTensorBehind(string? variant)
    {
        using var model = SmallModels.Create(variant: Find(variant));
        var (input, mask, decoder) = SmallModels.Batch();
        model.forward(input, mask, decoder).Dispose();   // on a device, a position bias keeps its last lengths
        var start = Live;
        using (var encoded = model.Encode(input, mask))
        using (var cache = model.NewCache(100))
        {
            void Step()
            {
                using var token = decoder.narrow(1, 0, 1);
                using var logits = model.Decode(token, encoded, mask, cache: cache);
                using var rows = tensor(new long[] { 1, 0 }, device: TestDevice.Current);
                cache.Reorder(rows);
            }

            Step();   // the first one fills the cache
            var before = Live;
            for (var i = 0; i < 99; i++)
            {
                Step();
            }

            Assert.Equal(before, Live);
        }

        Assert.Equal(start, Live);
    }

    [Fact]
    public void AModelMadeWithinADisposeScopeOutlivesIt()
    {
        T5 model;
        using (NewDisposeScope())
        {
            model = SmallModels.Create(variant: Find("Col6"));
        }

        using (model)
        {
            var (input, mask, decoder) = SmallModels.Batch();
            using var logits = model.forward(input, mask, decoder);
            Assert.Equal([2, 7, 40], logits.shape);
        }
    }

    [Fact]
    public void DisposingAModelDisposesItsParameters()
    {
        var before = Live;
        using (SmallModels.Create(variant: Find("Col6")))
        {
        }

        Assert.Equal(before, Live);
    }
}
